import { requestOf, summaryInput, summaryOf, tokensOfPart, withRepeats } from '../../items/index.ts';
import { ask, failureOf, generationOf, modelOf } from '../group/ask.ts';
import type { ChunkWork } from '../group/work.ts';
import type { Dependencies } from '../dependencies.ts';
import { readTemplate, stoppingAt } from '../group/templates.ts';
import type { ChunkOf, MapKind } from './kind.ts';

/** Has a model describe every file of a chunk; the description becomes a prompt that keeps the file's provenance. */
export const summarize: MapKind<'summarize'> = {
  shape: 'map',
  work: summarizeChunk,
};

async function summarizeChunk(dependencies: Dependencies, given: ChunkOf<'summarize'>): Promise<ChunkWork> {
  const template = await readTemplate(dependencies, given);
  const chunk = stoppingAt(given, template);
  const model = modelOf(chunk);
  const { settings } = chunk.node;
  const key = generationOf(chunk, template.body);
  const files = chunk.rows.corpus.map((row) => {
    const input = summaryInput(template, { text: String(row['text']), language: String(row['language']) });
    return { row, ...requestOf({ key, origin: row.origin, ordinal: row.ordinal, input }) };
  });
  const { answers, paid } = await ask(dependencies, chunk, key, files);
  const rows = files.flatMap(({ row, request }) => {
    const record = answers.get(request);
    if (!record) return [];
    const { text, ...provenance } = row;
    const summary = withRepeats(summaryOf(record, model.accept, settings), String(text), settings.max_repeated);
    return [
      {
        ...provenance,
        ...summary,
        ...failureOf(record),
        tokens: tokensOfPart(summary.prompt ?? '', record),
        request,
        answer_digest: record.answer_digest,
        generation_key: key,
      },
    ];
  });
  return { rows, paid };
}
