import type { BlobContent } from '../../ports/repositories.ts';

/**
 * Reads what `git cat-file --batch` prints: a line `<id> <type> <bytes>`, the content and a newline for each object, or a line
 * `<id> missing`. Contents above `largest` bytes are skipped and come as null. It ends before the first that is missing or not whole.
 */
export async function* readBatch(output: AsyncIterable<Uint8Array>, largest: number): AsyncGenerator<BlobContent> {
  const reader = createReader(output);
  for (let line = await reader.line(); line !== null; line = await reader.line()) {
    const [blob = '', , size] = line.split(' ');
    if (size === undefined) return;
    const bytes = await reader.bytes(Number(size), Number(size) <= largest);
    const newline = await reader.bytes(1, false);
    if (bytes === undefined || newline === undefined) return;
    yield { blob, bytes };
  }
}

function createReader(output: AsyncIterable<Uint8Array>) {
  const chunks = output[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const { done, value } = await chunks.next();
    if (!done) rest = Buffer.from(value);
    return !done;
  };
  /** The next bytes, or null where they are not kept; undefined where the output ends before. */
  const bytes = async (count: number, kept: boolean): Promise<Uint8Array | null | undefined> => {
    const pieces: Uint8Array[] = [];
    for (let left = count; left > 0; ) {
      if (rest.length === 0 && !(await more())) return undefined;
      const piece = rest.subarray(0, left);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      if (kept) pieces.push(piece);
    }
    return kept ? Buffer.concat(pieces) : null;
  };
  const line = async (): Promise<string | null> => {
    let text = '';
    for (;;) {
      const end = rest.indexOf('\n');
      text += rest.subarray(0, end < 0 ? rest.length : end).toString();
      rest = end < 0 ? Buffer.alloc(0) : rest.subarray(end + 1);
      if (end >= 0) return text;
      if (!(await more())) return text === '' ? null : text;
    }
  };
  return { bytes, line };
}
