import type { Row } from '../../ports/artifacts.ts';
import type { Json } from '../../plan/index.ts';
import { candidatesPage, pageSize, questionsPage } from '../../report/explorer/index.ts';
import type { Markup, ShownCandidate, ShownOutput, ShownQuestion } from '../../report/explorer/index.ts';
import { CommandFailure } from '../terminal/failure.ts';
import type { InspectedRun, NodeOutput } from './inspected-run.ts';
import { fromOf, listOfItems, scored } from './item-list.ts';
import type { ItemTable } from './item-table.ts';
import { pageOfRows } from './item-table.ts';

/** Candidates of an output, as a page asks for them. */
interface AskedCandidates {
  head: ShownOutput;
  output: NodeOutput;
  table: ItemTable;
  asked: URLSearchParams;
}

/** A question as SQL counts its candidates. */
type FoundQuestion = Omit<ShownQuestion, 'question' | 'candidates' | 'right'> & { question: string; candidates: string; right: string | null };

/** The questions of candidates, in their order. */
export async function questions(run: InspectedRun, { head, output, table, asked }: AskedCandidates): Promise<Markup> {
  const { table: all, fields, scorer } = await scored(run, output, { table, asked, right: null });
  const [counted] = await run.database.query<{ count: string }>(`select count(distinct question) as count from ${table.relation()}`);
  const total = Number(counted?.count ?? 0);
  const from = fromOf(asked, total);
  const graded = table.columns.has('correct');
  const found = await run.database.query<FoundQuestion>(
    `select question, any_value(rm_prompt) as prompt, any_value(gold) as gold, count(*) as candidates,
      ${graded ? 'count(*) filter (correct)' : 'null'} as "right",
      ${graded && scorer ? 'arg_max(correct, scores[1])' : 'null::boolean'} as best
    from ${all.relation()} group by question order by question limit ${pageSize} offset ${from}`,
  );
  const shown = found.map(({ question, candidates, right, ...rest }): ShownQuestion => {
    return { ...rest, question: Number(question), candidates: Number(candidates), right: right === null ? null : Number(right) };
  });
  const query = { node: head.node, output: head.output, by: scorer?.node ?? '' };
  return questionsPage({ head, fields, query, part: { from, total }, questions: shown });
}

/** The candidates of one question, from the highest score down; in their order where none has a score. */
export async function candidates(run: InspectedRun, { head, output, table, asked }: AskedCandidates): Promise<Markup> {
  const { database } = run;
  if (!table.columns.has('question')) throw new CommandFailure(`${head.node} has no questions`);
  const question = Number(asked.get('question'));
  const right = table.columns.has('correct') ? 'correct' : null;
  const { conditions, scorer, ...list } = await scored(run, output, { table, asked, right });
  const ofQuestion = { sql: `question = ${Number.isSafeInteger(question) ? question : -1}` };
  const [first] = await pageOfRows(database, table, { conditions: [ofQuestion], from: 0, most: 1 });
  const order = scorer ? { sql: 'scores[1]' } : null;
  const query = { node: head.node, output: head.output, question };
  const found = await listOfItems(database, { ...list, conditions: [ofQuestion, ...conditions], order }, { query, asked });
  return candidatesPage({
    fields: list.fields,
    query: found.query,
    head,
    part: found,
    prompt: textOf(first?.item, 'rm_prompt'),
    gold: textOf(first?.item, 'gold'),
    candidates: found.items.map(shownCandidate),
  });
}

function shownCandidate({ row, item }: { row: number; item: Row }): ShownCandidate {
  const { ordinal, correct, answer, scores, grader, status } = item;
  const score = Array.isArray(scores) ? scores[0] : null;
  return {
    row,
    ordinal: Number(ordinal),
    text: textOf(item, 'text'),
    answer: typeof answer === 'string' ? answer : null,
    correct: typeof correct === 'boolean' ? correct : null,
    score: typeof score === 'number' ? score : null,
    notes: [...noteOf('status', status), ...noteOf('graded by', grader)],
  };
}

function noteOf(name: string, value: Json | undefined): string[] {
  return typeof value === 'string' ? [`${name} ${value}`] : [];
}

function textOf(item: Row | undefined, column: string): string {
  const value = item?.[column];
  return typeof value === 'string' ? value : '';
}
