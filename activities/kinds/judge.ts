import { judgeMessages, opinionOf, requestOf } from '../../items/index.ts';
import { gradedColumns } from '../../plan/columns.ts';
import type { Digest } from '../../plan/index.ts';
import type { Row } from '../../ports/artifacts.ts';
import type { Dependencies } from '../dependencies.ts';
import { ask, failureOf, generationOf, modelOf } from '../group/ask.ts';
import { onlyColumns, rowsByQuestion, statusesOf } from '../group/members.ts';
import { readTemplate } from '../group/templates.ts';
import type { ChunkWork } from '../group/work.ts';
import type { ChunkOf, MapKind, MemberOf } from './kind.ts';

/** Has a model say of every graded solution whether it is right. */
export const judge: MapKind<'judge'> = {
  shape: 'map',
  work: judgeChunk,
  close: closeJudged,
};

async function judgeChunk(dependencies: Dependencies, chunk: ChunkOf<'judge'>): Promise<ChunkWork> {
  const template = await readTemplate(dependencies, chunk);
  const { accept } = modelOf(chunk);
  const key = generationOf(chunk, template.body);
  const asked = chunk.rows.graded.map((row) => {
    const { origin, ordinal } = row;
    const messages = judgeMessages(template, { rm_prompt: String(row['rm_prompt']), gold: String(row['gold']), text: String(row['text']) });
    return { row, ...requestOf({ key, origin, ordinal, input: { messages } }) };
  });
  const { answers, paid } = await ask(dependencies, chunk, key, asked);
  const rows = asked.flatMap(({ row, request }) => {
    const record = answers.get(request);
    if (!record) return [];
    return [{ ...row, solution_status: row['status'] ?? null, ...opinionOf(record, accept), ...failureOf(record) } as typeof row];
  });
  return { rows, paid };
}

/** The graded solutions in their order, with a column for the model's opinion, and how often it differs from the grader's verdict. */
async function closeJudged(dependencies: Dependencies, { node, shards, inputs }: MemberOf<'judge'>): Promise<Digest> {
  const { artifacts } = dependencies;
  const own = shards.get(node.id) ?? [];
  const disagreement = { rows: 0, differ: 0 };
  async function* judgedRows(): AsyncGenerator<Row> {
    for await (const row of rowsByQuestion(dependencies, own, 'ordinal')) {
      if (row['judged'] !== null) disagreement.rows += 1;
      if (row['judged'] !== null && differs(row)) disagreement.differ += 1;
      yield onlyColumns({ ...row, status: row['solution_status'] ?? null }, gradedColumns);
    }
  }
  const parquet = await artifacts.writeParquet({ columns: gradedColumns, rows: judgedRows() });
  const { meta } = await artifacts.readManifest(inputs.graded[0] ?? '');
  const judged = { model: node.models['model']?.identity ?? '', statuses: statusesOf(own), disagreement };
  const rows = own.reduce((sum, shard) => sum + shard.rows, 0);
  return artifacts.writeManifest({ type: 'graded', rows, shards: parquet, meta: { ...meta, judged } });
}

function differs({ correct, judged }: Row): boolean {
  return (judged === 'right') !== correct;
}
