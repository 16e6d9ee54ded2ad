import { bytesOfFile } from './compressed.ts';
import { linesOf } from './lines.ts';

/** Rows of a file of JSON: an array, one object, or a row a line; undefined for a line that is no JSON. */
export async function* jsonRows(path: string): AsyncGenerator<unknown> {
  const lines = textLines(path);
  const { value: first, done } = await lines.next();
  if (done) return;
  const row = jsonOf(first);
  if (first?.startsWith('[') || (row === undefined && /\.json(\.gz|\.zst)?$/.test(path))) yield* rowsOfDocument(first, lines);
  else {
    yield row;
    for await (const line of lines) yield jsonOf(line);
  }
}

/** Lines that are not blank; undefined for one that is not UTF-8. */
async function* textLines(path: string): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const line of linesOf(bytesOfFile(path))) {
    const text = decoded(decoder, line);
    if (text === undefined || text.trim() !== '') yield text?.trim();
  }
}

function decoded(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function* rowsOfDocument(first: string | undefined, rest: AsyncIterable<string | undefined>): AsyncGenerator<unknown> {
  const lines = [first];
  for await (const line of rest) lines.push(line);
  if (lines.includes(undefined)) throw new SyntaxError('it is not UTF-8');
  const document: unknown = JSON.parse(lines.join('\n'));
  if (Array.isArray(document)) yield* document;
  else yield document;
}
