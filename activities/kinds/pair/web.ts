import { pairOfAnswers, pairRow, promptFormats, rankOf } from '../../../items/index.ts';
import type { DataPair, RankedRow } from '../../../items/index.ts';
import { pairColumns } from '../../../plan/columns.ts';
import type { JsonObject } from '../../../plan/index.ts';
import { promptFormatOf } from '../../../schemas/index.ts';
import { createPairLengths, describePairs } from '../../../stats/index.ts';
import { checkKept, type ItemCounts } from '../../keep.ts';
import type { NodeOf, StepKind } from '../kind.ts';
import { notingLengths } from './pair-lengths.ts';
import { stayingPairs } from './symmetric.ts';

/** A pair of each question, of two of its answers. */
export const pairWeb: StepKind<'pair/web'> = {
  shape: 'step',
  async work({ artifacts }, { node, inputs }) {
    const [answers = ''] = inputs.answers;
    const { meta } = await artifacts.readManifest(answers);
    const judged = () => judgedQuestions(artifacts.rows<RankedRow>(answers), node.settings);
    const stays = await stayingPairs(node.settings, () => pairsOf(judged()));
    const statuses: ItemCounts = {};
    async function* kept(): AsyncGenerator<DataPair> {
      for await (const { status: made, pair } of judged()) {
        const status = pair && !stays(pair) ? 'resampled' : made;
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (pair && status === 'ok') yield pair;
      }
    }
    const lengths = createPairLengths();
    const shards = await artifacts.writeParquet({ columns: pairColumns, rows: notingLengths(kept(), lengths) });
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

interface JudgedQuestion {
  /** `ok`, or why it has no pair. */
  status: string;
  pair?: DataPair;
}

async function* judgedQuestions(rows: AsyncIterable<RankedRow>, settings: NodeOf<'pair/web'>['settings']): AsyncGenerator<JudgedQuestion> {
  for await (const { origin, ordinal, repository, path, licence, question, answers } of rows) {
    const made = pairOfAnswers(answers, { ...settings, place: rankOf('pair', settings.seed, origin, ordinal) });
    if (made.status !== 'ok') yield made;
    else {
      const { status, ...texts } = made;
      const prompt = promptFormats['question-answer'](question);
      yield { status, pair: pairRow({ ...texts, prompt, origin, ordinal, repository, path, licence }) };
    }
  }
}

async function* pairsOf(questions: AsyncIterable<JudgedQuestion>): AsyncGenerator<DataPair> {
  for await (const { pair } of questions) if (pair) yield pair;
}
