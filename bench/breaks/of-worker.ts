/**
 * Loaded before any program by `NODE_OPTIONS`: a worker writes its longest break, in milliseconds, every second into the file that
 * `CODEPMP_BENCH_BREAKS` names. Other programs do nothing.
 */
import { writeFileSync } from 'node:fs';
import { watchBreaks } from './longest.ts';

const file = process.env['CODEPMP_BENCH_BREAKS'];
if (file !== undefined && process.argv[1]?.endsWith('worker/main.ts') === true) {
  const breaks = watchBreaks();
  setInterval(() => writeFileSync(file, `${breaks.longest().toFixed(0)}`), 1000).unref();
}
