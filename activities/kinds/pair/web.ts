import { pairOfAnswers, pairRow, promptFormats, rankOf } from '../../../items/index.ts';
import type { DataPair, RankedRow } from '../../../items/index.ts';
import { pairColumns } from '../../../plan/columns.ts';
import type { JsonObject } from '../../../plan/index.ts';
import { promptFormatOf } from '../../../schemas/index.ts';
import { createPairLengths, describePairs } from '../../../stats/index.ts';
import { checkKept, type ItemCounts } from '../../keep.ts';
import type { StepKind } from '../kind.ts';
import { notingLengths } from './pair-lengths.ts';

/** A pair of each question, of two of its answers. */
export const pairWeb: StepKind<'pair/web'> = {
  shape: 'step',
  async work({ artifacts }, { node, inputs }) {
    const { margin, seed } = node.settings;
    const [answers = ''] = inputs.answers;
    const { meta } = await artifacts.readManifest(answers);
    const statuses: ItemCounts = {};
    const lengths = createPairLengths();
    async function* pairs(): AsyncGenerator<DataPair> {
      for await (const row of artifacts.rows<RankedRow>(answers)) {
        const { status, ...texts } = pairOfAnswers(row.answers, { margin, place: rankOf('pair', seed, row.origin, row.ordinal) });
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (!('chosen' in texts)) continue;
        const { origin, ordinal, repository, path, licence, question } = row;
        yield pairRow({ ...texts, prompt: promptFormats['question-answer'](question), origin, ordinal, repository, path, licence });
      }
    }
    const shards = await artifacts.writeParquet({ columns: pairColumns, rows: notingLengths(pairs(), lengths) });
    checkKept(node, statuses);
    const { ok = 0, ...dropped } = statuses;
    const read = Object.values(statuses).reduce((sum, count) => sum + count, 0);
    const from = node.inputs['answers']?.[0]?.node ?? '';
    const waterfall = [
      { stage: from, count: read, reason: '' },
      ...Object.entries(dropped).map(([reason, count]) => ({ stage: node.id, count, reason })),
      { stage: node.id, count: ok, reason: '' },
    ];
    const statistics = describePairs({ lengths, waterfall });
    const own = { ...meta, prompt_format: promptFormatOf(node.kind), statistics } as unknown as JsonObject;
    return { out: await artifacts.writeManifest({ type: 'pairs', rows: ok, shards, meta: own }) };
  },
};
