/**
 * Loaded before any program by `NODE_OPTIONS`: a worker writes its longest break since it polls, in milliseconds, every second into the
 * file that `CODEPMP_BENCH_BREAKS` names. Other programs do nothing.
 */
import { writeFileSync } from 'node:fs';
import { watchBreaks } from './longest.ts';

const file = process.env['CODEPMP_BENCH_BREAKS'];
if (file !== undefined && process.argv[1]?.endsWith('worker/main.ts') === true) {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text: string | Uint8Array, ...rest: never[]): boolean => {
    if (text.toString().includes('"type":"ready"')) watch(file);
    return write(text, ...rest);
  };
}

function watch(into: string): void {
  const breaks = watchBreaks();
  setInterval(() => writeFileSync(into, `${breaks.longest().toFixed(0)}`), 1000).unref();
}
