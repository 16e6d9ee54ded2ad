import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { works } from '../../../activities/kinds/index.ts';
import { workOf } from '../../../activities/works.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import type { Artifacts, Row } from '../../../ports/artifacts.ts';
import type { Store } from '../../../ports/store.ts';
import { keepScores, textName } from '../../../records/scores.ts';
import { planOf, quickstart } from '../../compile/rig.ts';

let root: string;
let store: Store;
let artifacts: Artifacts;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-collect-'));
  store = await openFileStore({ root });
  artifacts = createArtifacts(store);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const node = planOf(quickstart).nodes.find(({ id }) => id === 'accuracy-pmp');
const model = 'a'.repeat(64);
const prompt = 'Two and two?\n';
const pairs = [
  { prompt, chosen: '4', rejected: '5', kind: 'slip', origin: 'a', level: '' },
  { prompt, chosen: 'four', rejected: '5', kind: 'slip', origin: 'b', level: '' },
];

/** What is made of the scores that answers to the question have. */
async function collected(scores: { [answer: string]: number }) {
  if (!node) throw new Error('no step accuracy-pmp');
  const named = Object.entries(scores).map(([response, score]) => ({ text: textName({ prompt, response }), score, cut: response === 'four' }));
  await keepScores({ store, artifacts }, model, named);
  const input = await artifacts.writeManifest({ type: 'pairs', rows: 2, shards: [await artifacts.writeJsonl(pairs)], meta: {} });
  const result = { status: 'succeeded' as const, class: null, message: '' };
  const process = { node, inputs: { model: [model], pairs: [input] }, folder: { shared: root, attempt: root }, result };
  const { out = '' } = await workOf(works, node, 'process').collect({ store, artifacts } as unknown as Dependencies, process);
  return artifacts.readManifest(out);
}

it('metrics lie beside the scores they come from, and say how many of the different texts were cut', async () => {
  const { meta, shards } = await collected({ 4: 1, 5: 0.5, four: -1 });
  expect(meta).toEqual({ kind: 'eval/accuracy', scored: { texts: 3, cut: 1 } });
  expect(shards.map(({ name }) => name)).toEqual(['metrics.json', 'scores-0.parquet']);
  expect(JSON.parse(new TextDecoder().decode(await store.getBytes(shards[0]?.digest ?? '')))).toMatchObject({
    accuracy: { n: 2, value: 0.5 },
    counts: { texts: 3, cut: 1 },
  });
  const scores: Row[] = [];
  for await (const row of artifacts.rows(await artifacts.writeManifest({ type: 'scores', rows: 4, shards: shards.slice(1), meta: {} })))
    scores.push(row);
  expect(scores).toEqual([
    { row: 0, text: 0, score: 1 },
    { row: 0, text: 1, score: 0.5 },
    { row: 1, text: 0, score: -1 },
    { row: 1, text: 1, score: 0.5 },
  ]);
});

it('a text without a score makes no metrics', async () => {
  await expect(collected({ 4: 1, 5: 0.5 })).rejects.toThrow('accuracy-pmp: a text of row 1 has no score: retry the step');
});
