import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';

/** Dumps are compressed with windows of up to 2 GB. */
const zstd = { params: { [constants.ZSTD_d_windowLogMax]: 31 } };

/** The bytes of a file, read out of gzip or zstd where its name says so. */
export function bytesOfFile(path: string): Readable {
  const bytes = createReadStream(path);
  if (/\.(gz|tgz)$/.test(path)) return pipeline(bytes, createGunzip(), () => undefined);
  return path.endsWith('.zst') ? pipeline(bytes, createZstdDecompress(zstd), () => undefined) : bytes;
}
