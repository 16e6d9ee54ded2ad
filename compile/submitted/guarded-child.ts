import { compile } from '../compile.ts';
import { warm, type GuardedAnswer, type GuardedOptions } from './protocol.ts';

process.on('message', (options: GuardedOptions) => process.send?.(answerTo(options)));
process.on('disconnect', () => process.exit());

function answerTo(options: GuardedOptions): GuardedAnswer {
  try {
    return { compiled: compile(options) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Rounds of warming up, about two seconds in all, before the process gets its first file. */
const rounds = 3;

/** Compiles large files, valid and invalid, so that the compiler's code is optimized before anybody waits. */
function warmUp(): void {
  const steps = Array.from({ length: 360 }, (_, step) => `  s${step}: {uses: dataset/arithmetic, with: {seed: ${step}}}\n`).join('');
  const right = `codepmp: 1\nname: warm\nsteps:\n${steps}targets: [s0]\n`;
  const config = { store: '', temporal: null, endpoints: {}, weights: {}, sources: {}, github: { url: '' }, pools: {}, file: null };
  const sources = [right, right.replaceAll('seed', 'sed'), right.replaceAll('{seed', '{seed: 1, seed'), right.replaceAll('{', '@{')];
  for (let round = 0; round < rounds; round++) for (const source of sources) compile({ source, file: 'warm.yaml', config });
}

if (process.argv.includes(warm)) warmUp();
process.send?.('ready');
