import { availableParallelism } from 'node:os';
import { Context } from '@temporalio/activity';
import type { Digest, JsonObject, WaterfallStage } from '../../plan/index.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import { countsText, type ItemCounts } from '../keep.ts';
import { namedBenchmarks, writeBenchmarks } from '../cleaning/benchmarks.ts';
import { cleanShards } from '../cleaning/clean.ts';
import { openThreads } from '../cleaning/threads.ts';
import { metaOfSorted, sortedCopy, sortedShards } from '../group/slices.ts';
import { stagesOfCorpus } from './corpus.ts';
import type { StepKind } from './kind.ts';

/** Half a gigabyte of memory for a thread at most, with texts of 10 kB. */
const sizes = { shardRows: 10_000, entriesOfRank: 2 ** 22 };

/** Cleans a corpus: its rows that stay, in the order of their origins, and beside them why the others went. */
export const clean: StepKind<'clean'> = {
  shape: 'step',
  async work({ artifacts, store }, { node, inputs }) {
    const [given = ''] = inputs.corpus;
    const { grow: [grow] = [], decontaminate = [] } = inputs as { grow?: Digest[]; decontaminate?: Digest[] };
    const corpus = await artifacts.readManifest(given);
    const isGrown = sortedShards(corpus)?.growths.some((growth) => growth > 0);
    const manifest = isGrown ? await artifacts.readManifest(await sortedCopy({ artifacts, store }, given)) : corpus;
    const earlier = grow === undefined ? null : await artifacts.readManifest(grow);
    const { near, ...settings } = node.settings;
    const tests = namedBenchmarks(decontaminate, node.inputs['decontaminate'] ?? []);
    const rules = { ...settings, benchmarks: tests.length === 0 ? null : await writeBenchmarks(artifacts, tests) };
    await using threads = openThreads({ size: availableParallelism(), signal: Context.current().cancellationSignal });
    const input = { manifest, earlier, rules, near, sizes };
    const { shards, dropped, reasons, ...order } = await cleanShards({ store, threads }, input);
    const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
    if (rows === 0) throw nothingKept(node.id, manifest.rows, reasons);
    const from = (input: 'corpus' | 'grow'): string => node.inputs[input]?.[0]?.node ?? '';
    const gone = Object.values(reasons).reduce((sum, count) => sum + count, 0);
    const added = rows + gone - manifest.rows;
    const waterfall: WaterfallStage[] = [
      ...stagesOfCorpus(from('corpus'), corpus),
      ...(added > 0 ? [{ stage: from('grow'), count: added, reason: '' }] : []),
      { stage: node.id, count: rows, reason: '' },
      ...Object.entries(reasons).map(([reason, count]) => ({ stage: node.id, count, reason })),
    ];
    const meta = { ...metaOfSorted(order), dropped, waterfall } as unknown as JsonObject;
    return { out: await artifacts.writeManifest({ type: 'corpus', rows, shards, meta }) };
  },
};

function nothingKept(id: string, rows: number, reasons: ItemCounts): Error {
  const message = `${id}: none of the ${rows} texts stays: ${countsText(reasons)}. Choose another profile, or another corpus`;
  return withDetails(classified('quality', message), { node: id });
}
