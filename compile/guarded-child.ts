import { compile } from './compile.ts';
import type { CompileOptions, Compiled } from './compile.ts';

/** What the process says of one file; an error is a fault of the compiler. */
export type Answer = { compiled: Compiled } | { error: string };

process.on('message', (options: CompileOptions) => process.send?.(answerTo(options)));
process.on('disconnect', () => process.exit());

function answerTo(options: CompileOptions): Answer {
  try {
    return { compiled: compile(options) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** The first file pays for compiling the schemas; this one does it before anybody waits. */
const small = 'codepmp: 1\nname: warm\nsteps:\n  data: {uses: dataset/arithmetic}\ntargets: [data]\n';
compile({
  source: small,
  file: 'warm.yaml',
  config: { store: '', temporal: null, endpoints: {}, weights: {}, sources: {}, pools: {}, file: null },
});
process.send?.('ready');
