import { judgeAnswer, requestOf } from '../../items/index.ts';
import type { ChunkInput, ChunkOutput } from '../../plan/index.ts';
import { ask, generationOf, modelOf } from '../group/ask.ts';
import { onChunk } from '../group/chunk.ts';
import type { Chunk, ChunkWork } from '../group/chunk.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Opened } from '../run/unit-work.ts';

/** Samples n answers to every question of a chunk. An answer that is not whole stays: it is graded like the others. */
export function candidates(dependencies: Dependencies) {
  return (input: Opened<ChunkInput>): Promise<ChunkOutput> => onChunk(dependencies, input, (chunk) => sampleChunk(dependencies, chunk));
}

async function sampleChunk(dependencies: Dependencies, chunk: Chunk): Promise<ChunkWork> {
  const model = modelOf(chunk);
  const key = generationOf(chunk, 'the question is the message');
  const n = Number(chunk.node.settings['n']);
  const samples = (chunk.rows['questions'] ?? []).flatMap((row) =>
    Array.from({ length: n }, (_, sample) => {
      const messages = [{ role: 'user' as const, content: String(row['prompt']) }];
      return { row, sample, ...requestOf({ key, origin: row.origin, ordinal: row.ordinal, sample, messages }) };
    }),
  );
  const { answers, paid } = await ask(dependencies, chunk, key, samples);
  const rows = samples.flatMap(({ row, sample, request }) => {
    const record = answers.get(request);
    if (!record) return [];
    const { origin, ordinal, question, rm_prompt, gold } = row;
    const { finish_reason, answer_digest } = record;
    const { status, text } = judgeAnswer(record, model.accept);
    return [{ origin, ordinal, question, sample, rm_prompt, gold, text, finish_reason, status, request, answer_digest } as typeof row];
  });
  return { rows, paid };
}
