import { requestOf, responseInput, responseOf, tokensOfPart } from '../../items/index.ts';
import { ask, failureOf, generationOf, modelOf } from '../group/ask.ts';
import type { ChunkWork } from '../group/work.ts';
import type { Dependencies } from '../dependencies.ts';
import type { OriginRow } from '../group/slices.ts';
import { readTemplate, stoppingAt } from '../group/templates.ts';
import type { ChunkOf, MapKind } from './kind.ts';

/** Has a model answer every prompt of a chunk with code. A prompt that is not there leaves a row that says so. */
export const respond: MapKind<'respond'> = {
  shape: 'map',
  work: respondToChunk,
};

/** Asks for every prompt of a chunk by the template of its step, and takes the code out of the answers. */
export async function respondToChunk(
  dependencies: Dependencies,
  given: ChunkOf<'respond'> | ChunkOf<'write-tests'>,
): Promise<ChunkWork> {
  const template = await readTemplate(dependencies, given);
  const chunk = stoppingAt(given, template);
  const model = modelOf(chunk);
  const key = generationOf(chunk, template.body);
  const { prompts } = chunk.rows;
  const asked = prompts.filter(isUsable).map((row) => {
    const input = responseInput(template, { prompt: String(row['prompt']), language: String(row['language']) });
    return { row, ...requestOf({ key, origin: row.origin, ordinal: row.ordinal, input }) };
  });
  chunk.meter.add(chunk.node.id, prompts.length - asked.length);
  const { answers, paid } = await ask(dependencies, chunk, key, asked);
  const requests = new Map(asked.map(({ row, request }) => [row, request]));
  const rows = prompts.map((row): OriginRow => {
    const { origin, ordinal } = row;
    const record = answers.get(requests.get(row) ?? '');
    if (!record) return { origin, ordinal, status: 'no-prompt' };
    const { request, answer_digest } = record;
    const response = responseOf(record, model.accept, template.extract);
    const tokens = tokensOfPart(response.code ?? '', record);
    return { origin, ordinal, ...response, tokens, request, answer_digest, generation_key: key, ...failureOf(record) };
  });
  return { rows, paid };
}

function isUsable(row: OriginRow): boolean {
  return row['status'] === 'ok';
}
