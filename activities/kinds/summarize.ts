import { requestOf, summaryMessages, summaryOf } from '../../items/index.ts';
import type { SummarySettings } from '../../items/index.ts';
import type { ChunkInput, ChunkOutput } from '../../plan/index.ts';
import { ask, generationOf, modelOf } from '../group/ask.ts';
import { onChunk } from '../group/chunk.ts';
import type { Chunk, ChunkWork } from '../group/chunk.ts';
import type { Dependencies } from '../dependencies.ts';
import { readTemplate } from '../group/templates.ts';
import type { Opened } from '../run/unit-work.ts';

/** Has a model describe every file of a chunk; the description becomes a prompt that keeps the file's provenance. */
export function summarize(dependencies: Dependencies) {
  return (input: Opened<ChunkInput>): Promise<ChunkOutput> => onChunk(dependencies, input, (chunk) => summarizeChunk(dependencies, chunk));
}

async function summarizeChunk(dependencies: Dependencies, chunk: Chunk): Promise<ChunkWork> {
  const template = await readTemplate(dependencies, String(chunk.node.settings['template']));
  const model = modelOf(chunk);
  const key = generationOf(chunk, template);
  const files = (chunk.rows['corpus'] ?? []).map((row) => {
    const messages = summaryMessages(template, { text: String(row['text']), language: String(row['language']) });
    return { row, ...requestOf({ key, origin: row.origin, ordinal: row.ordinal, messages }) };
  });
  const { answers, paid } = await ask(dependencies, chunk, key, files);
  const settings = chunk.node.settings as unknown as SummarySettings;
  const rows = files.flatMap(({ row, request }) => {
    const record = answers.get(request);
    if (!record) return [];
    const { text: _source, ...provenance } = row;
    return [{ ...provenance, ...summaryOf(record, model.accept, settings), request, answer_digest: record.answer_digest, generation_key: key }];
  });
  return { rows, paid };
}
