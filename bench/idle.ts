import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { config } from '../test/e2e/pipelines.ts';
import { project, tinyWeights } from '../test/e2e/rig.ts';

/**
 * How long a machine stands idle between two steps that are ready: three small trainings on one machine, through the real
 * command line, each gap measured from the end of one process to the start of the next. Less than a second is expected.
 */
const most = 1;

const pipeline = `codepmp: 1
name: idle
params:
  seed: {type: integer, default: 1}
steps:
  arithmetic: {uses: dataset/arithmetic, with: {train: 12, test: 8, choices: 4, questions: 2, seed: 3}}
  rm: {uses: train/rm, with: {init: tiny, pairs: arithmetic.train, schedule: {kind: wcd, lr: 2e-4, warmup: 0.1}, batch_size: 4, max_length: 256, presentations: 12, seed: $seed}}
targets: [rm]
sweeps:
  seeds: {seeds: [1, 2, 3]}
`;

await using user = await project({ 'codepmp.config.yaml': config({ weights: await tinyWeights() }), 'idle.yaml': pipeline });
const { status, nodes } = await user.run('idle.yaml');
if (status !== 'succeeded') throw new Error(`the run ${status}`);
const spans = attemptsIn(join(user.store, 'jobs')).toSorted(([one], [other]) => one - other);
const gaps = spans.slice(1).map(([from], index) => (from - (spans[index]?.[1] ?? from)) / 1000);
console.log(`${nodes.ran} nodes ran, ${spans.length} of them as processes`);
for (const [index, gap] of gaps.entries()) console.log(`idle between process ${index + 1} and ${index + 2}: ${gap.toFixed(2)} s`);
const isBusy = gaps.length === 2 && gaps.every((gap) => gap >= 0 && gap < most);
console.log(isBusy ? `no gap of ${most} s` : `EXPECTED TWO GAPS BELOW ${most} s`);
process.exitCode = isBusy ? 0 : 1;

/** When the attempts of all jobs began and ended, milliseconds since the epoch. */
function attemptsIn(jobs: string): [from: number, to: number][] {
  const names = readdirSync(jobs, { recursive: true, encoding: 'utf8' }).filter((name) => /^[^/]+\/[^/]+\/exit$/.test(name));
  return names.map((name) => [statSync(join(jobs, name, '..', 'pid')).mtimeMs, statSync(join(jobs, name)).mtimeMs]);
}
