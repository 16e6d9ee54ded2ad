import { availableParallelism } from 'node:os';
import { Context } from '@temporalio/activity';
import { rankOf, type DataPair } from '../../items/index.ts';
import { pairColumns } from '../../plan/columns.ts';
import type { DataStatistics, Digest, JsonObject, WaterfallStage } from '../../plan/index.ts';
import { createPairLengths, describePairs } from '../../stats/index.ts';
import { namedBenchmarks, writeBenchmarks } from '../cleaning/benchmarks.ts';
import { openThreads } from '../cleaning/threads.ts';
import { drawRows } from '../draw.ts';
import type { ItemCounts } from '../keep.ts';
import type { StepKind } from './kind.ts';
import { notingLengths } from './pair/pair-lengths.ts';
import { withoutTestSets } from './pair/without-test-sets.ts';

/** Pairs that are sorted in memory together, or fewer where they are large. */
const pairsOfPart = 20_000;

/**
 * Takes so many pairs, in the order that the seed draws them: a smaller take is the beginning of a larger one. Those that have a text of a
 * test set go before.
 */
export const select: StepKind<'select'> = {
  shape: 'step',
  async work({ artifacts, store }, { node, inputs }) {
    const [pairs = ''] = inputs.pairs;
    const { rows: count, meta } = await artifacts.readManifest(pairs);
    const parts = Math.max(1, Math.ceil(count / pairsOfPart));
    const { take, seed } = node.settings;
    const placeOf = ({ origin, ordinal }: DataPair): number => rankOf(seed, origin, ordinal);
    const { decontaminate = [] } = inputs as { decontaminate?: Digest[] };
    const tests = namedBenchmarks(decontaminate, node.inputs['decontaminate'] ?? []);
    const gone: ItemCounts = {};
    await using threads = openThreads({ size: availableParallelism(), signal: Context.current().cancellationSignal });
    const all = artifacts.rows<DataPair>(pairs);
    const benchmarks = tests.length === 0 ? null : await store.pathOf(await writeBenchmarks(artifacts, tests));
    const clean = benchmarks === null ? all : withoutTestSets(all, { threads, benchmarks, gone });
    const drawn = drawRows(clean, { store, parts, take, placeOf });
    const lengths = createPairLengths();
    const shards = await artifacts.writeParquet({ columns: pairColumns, rows: notingLengths(drawn, lengths) });
    const earlier = meta['statistics'] as DataStatistics | undefined;
    const source = { stage: node.inputs['pairs']?.[0]?.node ?? '', count, reason: '' };
    const before = earlier && earlier.waterfall.length > 0 ? earlier.waterfall : [source];
    const waterfall = [...before, ...stagesOf(node.id, { count, taken: lengths.count(), gone })];
    const statistics = { ...describePairs({ lengths, waterfall }), keep: earlier?.keep ?? null };
    const own = { ...meta, statistics } as unknown as JsonObject;
    return { out: await artifacts.writeManifest({ type: 'pairs', rows: lengths.count(), shards, meta: own }) };
  },
};

/** What became of so many pairs: those that were taken, those with a text of a test set, and those that the draw left. */
function stagesOf(stage: string, { count, taken, gone }: { count: number; taken: number; gone: ItemCounts }): WaterfallStage[] {
  const contaminated = Object.entries(gone).map(([testSet, pairs]) => ({ stage, count: pairs, reason: `contaminated by ${testSet}` }));
  const left = contaminated.reduce((rest, { count: pairs }) => rest - pairs, count - taken);
  return [{ stage, count: taken, reason: '' }, ...contaminated, ...(left > 0 ? [{ stage, count: left, reason: 'not taken' }] : [])];
}
