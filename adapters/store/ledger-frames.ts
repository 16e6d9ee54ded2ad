import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Digest } from '../../plan/index.ts';
import { hashInOrder } from '../../plan/keys.ts';
import type { LedgerRecord } from '../../ports/ledger.ts';

const head = 8;

/** The first bytes of a segment file, with the version of its records. */
export const segmentHeader: Uint8Array = Buffer.from('cpmpseg2');

/** Readers of the lines of a segment, by the first bytes of the file. */
const readers: { readonly [header: string]: (line: string) => LedgerRecord } = {
  cpmpseg1: (line) => fromVersion1(JSON.parse(line) as Version1),
  cpmpseg2: (line) => JSON.parse(line) as LedgerRecord,
};

/** A record that also has the verdict of the step that asked, which its digest includes. */
interface Version1 extends Omit<LedgerRecord, 'answer_digest'> {
  outcome: string;
  answer: Digest;
}

function fromVersion1({ outcome: _outcome, answer: _answer, ...rest }: Version1): LedgerRecord {
  return { ...rest, answer_digest: answerDigest(rest) };
}

/**
 * One commit group as bytes: length and CRC-32 of what follows (the CRC also covers the length), each 4 bytes little endian, then one zstd
 * frame of JSON lines. In another thread, and without the size, a compression would take ten times the CPU: zstd then sets up and frees
 * memory for texts of any size.
 */
export function encodeFrame(records: readonly LedgerRecord[]): Uint8Array {
  const lines = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const body = zstdCompressSync(lines, { pledgedSrcSize: lines.length });
  const frame = Buffer.alloc(head + body.length);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(checksum(frame.subarray(0, 4), body), 4);
  frame.set(body, head);
  return frame;
}

/** Records in a frame at most. */
export const recordsOfFrame = 64;

/** Records as frames. */
export function encodeFrames(records: readonly LedgerRecord[]): Uint8Array {
  const groups: LedgerRecord[][] = [];
  for (let at = 0; at < records.length; at += recordsOfFrame) groups.push(records.slice(at, at + recordsOfFrame));
  return Buffer.concat(groups.map(encodeFrame));
}

/** A whole segment with these records. */
export function encodeSegment(records: readonly LedgerRecord[]): Uint8Array {
  return Buffer.concat([segmentHeader, encodeFrames(records)]);
}

/**
 * The records of a segment. Bytes that are not a frame are skipped up to the next frame, and reported to `onDamage`, except at the end of a
 * segment, whose writer may have been killed.
 */
export function* decodeSegment(bytes: Uint8Array, onDamage: (bytes: number) => void = () => {}): Generator<LedgerRecord> {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[data.subarray(0, segmentHeader.length).toString('latin1')];
  if (!read) return data.length > segmentHeader.length ? onDamage(data.length) : undefined;
  let sound = segmentHeader.length;
  for (let at: number | null = sound; at !== null; at = nextFrame(data, at)) {
    const end = endOfFrame(data, at);
    if (end === null) continue;
    if (at > sound) onDamage(at - sound);
    for (const line of zstdDecompressSync(data.subarray(at + head, end)).toString().trimEnd().split('\n')) yield read(line);
    sound = end;
    at = end - 1;
  }
}

/** Whether nothing of a segment is damaged or missing at its end, by its checksums. */
export function isWholeSegment(bytes: Uint8Array): boolean {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at: number | null = segmentHeader.length;
  while (at !== null && at < data.length) at = endOfFrame(data, at);
  return at === data.length && data.subarray(0, segmentHeader.length).toString('latin1') in readers;
}

/** The end of the frame at this position; null if there is none or it is damaged. */
function endOfFrame(data: Buffer, at: number): number | null {
  if (at + head > data.length) return null;
  const end = at + head + data.readUInt32LE(at);
  if (end > data.length) return null;
  return checksum(data.subarray(at, at + 4), data.subarray(at + head, end)) === data.readUInt32LE(at + 4) ? end : null;
}

/** First bytes of a zstd frame. */
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** The next position at which a frame may begin. */
function nextFrame(data: Buffer, at: number): number | null {
  const body = data.indexOf(magic, at + 1 + head);
  return body < 0 ? null : body - head;
}

function checksum(length: Uint8Array, body: Uint8Array): number {
  return crc32(body, crc32(length));
}

/** Hash of the canonical JSON of an answer. */
export function answerDigest({
  finish_reason,
  model,
  text,
  usage: reported,
}: Pick<LedgerRecord, 'finish_reason' | 'model' | 'text' | 'usage'>): Digest {
  const usage = reported && {
    completion_tokens: reported.completion_tokens,
    prompt_tokens: reported.prompt_tokens,
    ...(reported.reasoning_tokens !== undefined && { reasoning_tokens: reported.reasoning_tokens }),
  };
  return hashInOrder({ finish_reason, model, text, usage });
}
