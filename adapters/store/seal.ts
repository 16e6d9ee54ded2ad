import { crc32 } from 'node:zlib';

const mark = '\ncrc32:';
const length = mark.length + 8 + 1;

/** Bytes as they are kept under a name, or in a note: with their CRC-32 on a line behind them. */
export function seal(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.from(`${mark}${checksumOf(bytes)}\n`)]);
}

/**
 * The bytes of a sealed file; null if they are not those that were sealed. A file without a seal, as names of format 2 and
 * notes of format 3 are, is returned as it is.
 */
export function unseal(file: Uint8Array): Uint8Array | null {
  const bytes = file.subarray(0, Math.max(0, file.length - length));
  const end = Buffer.from(file.subarray(bytes.length)).toString('latin1');
  if (!end.startsWith(mark)) return file;
  return end === `${mark}${checksumOf(bytes)}\n` ? bytes : null;
}

/** CRC-32 of bytes, eight digits. */
export function checksumOf(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
