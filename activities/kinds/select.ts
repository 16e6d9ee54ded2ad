import { rankOf, type DataPair } from '../../items/index.ts';
import { pairColumns } from '../../plan/columns.ts';
import type { JsonObject } from '../../plan/index.ts';
import { createPairLengths, describePairs } from '../../stats/index.ts';
import { drawRows } from '../draw.ts';
import type { StepKind } from './kind.ts';
import { notingLengths } from './pair/pair-lengths.ts';

/** Pairs that are sorted in memory together: a few hundred megabytes. */
const pairsOfPart = 100_000;

/** Takes so many pairs, in the order that the seed draws them: a smaller take is the beginning of a larger one. */
export const select: StepKind<'select'> = {
  shape: 'step',
  async work({ artifacts, store }, { node, inputs }) {
    const [pairs = ''] = inputs.pairs;
    const { rows: count, meta } = await artifacts.readManifest(pairs);
    const parts = Math.max(1, Math.ceil(count / pairsOfPart));
    const { take, seed } = node.settings;
    const placeOf = ({ origin, ordinal }: DataPair): number => rankOf(seed, origin, ordinal);
    const drawn = drawRows(artifacts.rows<DataPair>(pairs), { store, parts, take, placeOf });
    const lengths = createPairLengths();
    const shards = await artifacts.writeParquet({ columns: pairColumns, rows: notingLengths(drawn, lengths) });
    const from = node.inputs['pairs']?.[0]?.node ?? '';
    const waterfall = [{ stage: from, count, reason: '' }, { stage: node.id, count: lengths.count(), reason: '' }];
    const own = { ...meta, statistics: describePairs({ lengths, waterfall }) } as unknown as JsonObject;
    return { out: await artifacts.writeManifest({ type: 'pairs', rows: lengths.count(), shards, meta: own }) };
  },
};
