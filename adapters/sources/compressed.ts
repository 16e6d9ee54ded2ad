import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';

/** Dumps are compressed with windows of up to 2 GB. */
const zstd = { params: { [constants.ZSTD_d_windowLogMax]: 31 } };

/** The bytes of a file, read out of gzip or zstd where its name says so. */
export function bytesOfFile(path: string): Readable {
  if (path.endsWith('.zst')) return Readable.from(zstdBytes(path), { objectMode: false });
  const bytes = createReadStream(path);
  return /\.(gz|tgz)$/.test(path) ? pipeline(bytes, createGunzip(), () => undefined) : bytes;
}

/**
 * The bytes of a file of zstd frames, of which some tools write many one after the other. A decoder of Node may end with any of them
 * (nodejs/node#64741), so the next one goes on where it ended.
 */
async function* zstdBytes(path: string): AsyncGenerator<Buffer> {
  const { size } = await stat(path);
  for (let start = 0; start < size; ) {
    const decoder = pipeline(createReadStream(path, { start }), createZstdDecompress(zstd), () => undefined);
    for await (const bytes of decoder as AsyncIterable<Buffer>) yield bytes;
    if (decoder.bytesWritten === 0) throw new Error('unexpected end of file');
    start += decoder.bytesWritten;
  }
}
