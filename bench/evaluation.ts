/** `npm run bench -- evaluation [PART]`: what evaluation and report take, one file a part in `bench/evaluation/`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'evaluation');
const parts = readdirSync(folder).filter((file) => file.endsWith('.ts')).map((file) => file.replace(/\.ts$/, ''));
const [, asked] = process.argv.slice(2);
for (const part of parts.filter((each) => asked === undefined || each === asked)) {
  console.log(`\n# ${part}`);
  await import(join(folder, `${part}.ts`));
}
