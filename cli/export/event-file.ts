import { Writer } from 'protobufjs/minimal.js';
import type { TrainingCurve, TrainingStep } from '../../plan/index.ts';

/** What a step says besides what it has measured. */
const notMeasured = ['step', 'steps', 'time', 'within', 'seconds', 'ranks'];

/**
 * A training as an event file of TensorBoard: each number of a step is a scalar, under `train/` or, of the held-out pairs, under
 * `held_out/`. There is no clock in it, so that equal trainings make equal files.
 */
export function eventFile(curve: TrainingCurve): Buffer {
  const version = Writer.create().uint32(fields.version).string('brain.Event:2').finish();
  return Buffer.concat([version, ...curve.map(eventOf)].flatMap(framed));
}

/** Fields of the messages Event, Summary and Summary.Value, each as the number and the type of its value. */
const fields = { step: 16, version: 26, summary: 42, value: 10, tag: 10, simpleValue: 21 };

function eventOf({ held_out = {}, ...step }: TrainingStep): Uint8Array {
  const event = Writer.create().uint32(fields.step).int64(step.step).uint32(fields.summary).fork();
  const measured = Object.entries(step).filter(([name]) => !notMeasured.includes(name));
  for (const [group, values] of [['train', measured], ['held_out', Object.entries(held_out)]] as const)
    for (const [name, value] of values)
      if (typeof value === 'number')
        event.uint32(fields.value).fork().uint32(fields.tag).string(`${group}/${name}`).uint32(fields.simpleValue).float(value).ldelim();
  return event.ldelim().finish();
}

/** A record: its length and its bytes, each with a checksum. */
function framed(bytes: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return [length, checksum(length), bytes, checksum(bytes)];
}

/** CRC-32C, turned and shifted as TFRecord files have it, so that the checksum of a checksum is an ordinary one. */
function checksum(bytes: Uint8Array): Buffer {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  const turned = ~crc;
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((turned >>> 15) | (turned << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

const table = Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
  return rest;
});
