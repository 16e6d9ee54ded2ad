import { promisify } from 'node:util';
import { crc32, zstdCompress, zstdDecompressSync } from 'node:zlib';
import type { LedgerRecord } from '../../ports/ledger.ts';

const compress = promisify(zstdCompress);
const magic = Buffer.from('cpmpseg1');
const head = 8;

/** First bytes of every segment file. */
export const segmentHeader: Uint8Array = magic;

/**
 * One commit group as bytes: length and CRC-32 of what follows (the CRC covers the length too), each 4 bytes little
 * endian, then one zstd frame of JSON lines.
 */
export async function encodeFrame(records: readonly LedgerRecord[]): Promise<Uint8Array> {
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const body = await compress(Buffer.from(lines));
  const frame = Buffer.alloc(head + body.length);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(checksum(frame.subarray(0, 4), body), 4);
  frame.set(body, head);
  return frame;
}

/** The records of a segment up to its first torn or damaged frame. */
export function* decodeSegment(bytes: Uint8Array): Generator<LedgerRecord> {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!data.subarray(0, magic.length).equals(magic)) return;
  for (let at = magic.length; at + head <= data.length; ) {
    const end = at + head + data.readUInt32LE(at);
    const body = data.subarray(at + head, end);
    if (end > data.length || checksum(data.subarray(at, at + 4), body) !== data.readUInt32LE(at + 4)) return;
    for (const line of zstdDecompressSync(body).toString().trimEnd().split('\n')) yield JSON.parse(line) as LedgerRecord;
    at = end;
  }
}

function checksum(length: Uint8Array, body: Uint8Array): number {
  return crc32(body, crc32(length));
}
