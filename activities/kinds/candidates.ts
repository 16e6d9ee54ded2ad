import { judgeAnswer, questionInput, requestOf } from '../../items/index.ts';
import { candidateColumns } from '../../plan/columns.ts';
import type { Digest } from '../../plan/index.ts';
import { hashOf } from '../../plan/keys.ts';
import type { Row } from '../../ports/artifacts.ts';
import { ask, failureOf, generationOf, modelOf } from '../group/ask.ts';
import type { ChunkWork } from '../group/work.ts';
import { onlyColumns, rowsByQuestion, statusesOf } from '../group/members.ts';
import { readTemplate, stoppingAt } from '../group/templates.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ChunkOf, MapKind, MemberOf } from './kind.ts';

/** Samples n answers to every question of a chunk. An answer that is not whole stays: it is graded like the others. */
export const candidates: MapKind<'candidates'> = {
  shape: 'map',
  work: sampleChunk,
  close: closeCandidates,
};

async function sampleChunk(dependencies: Dependencies, given: ChunkOf<'candidates'>): Promise<ChunkWork> {
  const template = await readTemplate(dependencies, given);
  const chunk = stoppingAt(given, template);
  const model = modelOf(chunk);
  const key = generationOf(chunk, template.body);
  const { n } = chunk.node.settings;
  const samples = chunk.rows.questions.flatMap((row) =>
    Array.from({ length: n }, (_, sample) => {
      const input = questionInput(template, { prompt: String(row['prompt']), text: String(row['text']) });
      return { row, sample, ...requestOf({ key, origin: row.origin, ordinal: row.ordinal, sample, input }) };
    }),
  );
  const { answers, paid } = await ask(dependencies, chunk, key, samples);
  const rows = samples.flatMap(({ row, sample, request }) => {
    const record = answers.get(request);
    if (!record) return [];
    const { origin, ordinal, question, rm_prompt, gold } = row;
    const { status, text } = judgeAnswer(record, model.accept);
    const about = { request, answer_digest: record.answer_digest, ...failureOf(record) };
    return [{ origin, ordinal, question, sample, rm_prompt, gold, text, status, ...about } as typeof row];
  });
  return { rows, paid };
}

/** All candidates in parquet, by question and sample: the bytes do not depend on the size of the chunks. */
async function closeCandidates(dependencies: Dependencies, member: MemberOf<'candidates'>): Promise<Digest> {
  const { artifacts } = dependencies;
  const { node, shards, inputs } = member;
  const own = shards.get(node.id) ?? [];
  const rows = own.reduce((sum, shard) => sum + shard.rows, 0);
  const parquet = await artifacts.writeParquet({ columns: candidateColumns, rows: asCandidates(rowsByQuestion(dependencies, own, 'sample')) });
  const { meta } = await artifacts.readManifest(inputs.questions[0] ?? '');
  const { body, system, examples, stop } = await readTemplate(dependencies, member);
  const digest = hashOf({ body, ...(system !== undefined && { system }), examples, stop });
  const template = { name: node.settings.template, digest };
  const about = { ...meta, template, statuses: statusesOf(own) };
  return artifacts.writeManifest({ type: 'candidates', rows, shards: parquet, meta: about });
}

async function* asCandidates(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  for await (const row of rows) yield onlyColumns({ ...row, ordinal: row['sample'] ?? null }, candidateColumns);
}
