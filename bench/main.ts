/** `npm run bench -- NAME`: runs `bench/NAME.ts`, or says which there are. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && name !== 'main.ts')
  .map((name) => name.replace(/\.ts$/, ''));
const [name = ''] = process.argv.slice(2);
if (names.includes(name)) await import(join(import.meta.dirname, `${name}.ts`));
else {
  console.error(`usage: npm run bench -- ${names.join(' | ')}`);
  process.exitCode = 2;
}
