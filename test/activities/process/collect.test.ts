import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { works } from '../../../activities/kinds/index.ts';
import { workOf } from '../../../activities/works.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';
import type { Store } from '../../../ports/store.ts';
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
const pairs = [
  { chosen: '4', rejected: '5', kind: 'slip' },
  { chosen: '6', rejected: '7', kind: 'slip' },
];

/** What is made of scores, one line of them for each row. */
async function collected(scores: { chosen: number; rejected: number }[]) {
  if (!node) throw new Error('no step accuracy-pmp');
  const input = await artifacts.writeManifest({ type: 'pairs', rows: 2, shards: [await artifacts.writeJsonl(pairs)], meta: {} });
  await writeFile(join(root, 'scores.jsonl'), scores.map((score, row) => `${JSON.stringify({ row, ...score })}\n`).join(''));
  const result = {
    status: 'succeeded' as const,
    class: null,
    message: '',
    meta: { distinct: 4, cut: 1 } as unknown as Record<string, never>,
  };
  const process = { node, inputs: { pairs: [input] }, folder: { shared: root, attempt: root }, result };
  const { out = '' } = await workOf(works, node, 'process').collect({ store, artifacts } as unknown as Dependencies, process);
  return artifacts.readManifest(out);
}

it('metrics say how many of the scored texts were cut', async () => {
  const { meta, shards } = await collected([{ chosen: 1, rejected: 0 }, { chosen: 0, rejected: 1 }]);
  expect(meta).toEqual({ kind: 'eval/accuracy', scored: { texts: 4, cut: 1 } });
  expect(JSON.parse(new TextDecoder().decode(await store.getBytes(shards[0]?.digest ?? '')))).toMatchObject({
    accuracy: { n: 2, value: 0.5 },
  });
});

it('a score for every row, or the process has not done its work', async () => {
  await expect(collected([{ chosen: 1, rejected: 0 }])).rejects.toThrow(
    `accuracy-pmp: ${join(root, 'scores.jsonl')} has 1 scores, expected one for each of 2 rows`,
  );
});
