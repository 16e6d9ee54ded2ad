import { firstByRank, heldOut, pairRow, rankOf, splitOf, type DataRow, type DataPair, type PairTexts } from '../../../items/index.ts';
import type { Digest, JsonObject, PlanNode } from '../../../plan/index.ts';
import { promptFormatOf } from '../../../schemas/index.ts';
import type { Dependencies } from '../../dependencies.ts';
import { alone } from './alone.ts';
import { openDataset } from './open.ts';
import { writePairs } from './write.ts';

interface PreferenceSet {
  parts: readonly string[];
  reader: (row: DataRow) => PairTexts | string;
  licence: string;
}

type PreferenceSettings = { take: number | null; seed: number; test_share: number };

/**
 * Reads preference pairs. A test part that was published is the test; else a share of the prompts is held out. A test part alone is a
 * benchmark: nothing is trained on.
 */
export function readPreferences(
  dependencies: Dependencies,
  node: PlanNode & { settings: PreferenceSettings },
  set: PreferenceSet,
): Promise<{ train: Digest; test: Digest }> {
  return alone(() => readPairs(dependencies, node, set));
}

async function readPairs(
  dependencies: Dependencies,
  node: PlanNode & { settings: PreferenceSettings },
  { parts, reader, licence }: PreferenceSet,
): Promise<{ train: Digest; test: Digest }> {
  const { take, seed, test_share: share } = node.settings;
  const dataset = await openDataset(dependencies, node, {
    layout: { parts, partOf: (path) => splitOf(path) || 'train' },
    needs: parts.includes('test') ? [] : ['train'],
  });
  const read = async (part: string): Promise<DataPair[]> =>
    (await dataset.read(part, reader)).map(({ item, path }) => pairRow({ ...item, repository: dataset.name, path, licence }));
  const pairs = dataset.parts.includes('train') ? await read('train') : [];
  const hasTest = dataset.parts.includes('test');
  const { train, test } = hasTest ? { train: pairs, test: await read('test') } : heldOut(pairs, { share, groupOf: ({ origin }) => origin });
  await dataset.compare({ train: train.map(({ prompt }) => prompt), test: test.map(({ prompt }) => prompt) });
  const meta = { prompt_format: promptFormatOf(node.kind), checks: dataset.checks } as unknown as JsonObject;
  return {
    train: await writePairs(dependencies, firstByRank(train, take, ({ origin, path }) => rankOf(seed, origin, path)), meta),
    test: await writePairs(dependencies, test, meta),
  };
}
