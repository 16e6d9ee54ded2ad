import { open } from 'node:fs/promises';
import type { JsonObject } from '../../plan/index.ts';

/** One line that a process wrote about itself. */
interface ProgressLine {
  done: number;
  total: number | null;
  unit: 'items' | 'steps';
  detail: JsonObject;
}

export interface ProcessProgress {
  last: ProgressLine | null;
  /** Lines of any kind so far. */
  lines: number;
  /** Seconds within which the process itself, by its latest line, will write another; null: it has not said. */
  within: number | null;
  /** When the latest line was written, milliseconds since the epoch. */
  written: number;
  /** Optimiser steps run since the given moment; repeated ones count each time. */
  steps: number;
}

/**
 * Opens a progress file, which need not exist yet. Each call reads what was added since the last one; an incomplete line is left for
 * the next, and one that a process could not write whole is passed over. Steps are counted since a moment, milliseconds since the epoch.
 */
export function openProgress(path: string, since: number): () => Promise<ProcessProgress> {
  const progress: ProcessProgress = { last: null, lines: 0, within: null, written: 0, steps: 0 };
  let offset = 0;
  return async () => {
    const added = await readFrom(path, offset);
    const whole = added.subarray(0, added.lastIndexOf('\n') + 1);
    offset += whole.length;
    for (const entry of whole.toString().split('\n').flatMap((line) => entryIn(line))) {
      progress.lines++;
      progress.within = typeof entry['within'] === 'number' ? entry['within'] : null;
      progress.written = Number(entry['time']) * 1000;
      if ('step' in entry && Number(entry['time']) * 1000 >= since) progress.steps++;
      if ('step' in entry || 'done' in entry) progress.last = asLine(entry);
    }
    return { ...progress };
  };
}

/** What a line of JSON that a process has written says; nothing if it is not whole, because the disk was full or the process was killed. */
export function entryIn<T = JsonObject>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}

/** The bytes of a file from an offset on; none if there is no such file. */
async function readFrom(path: string, offset: number): Promise<Buffer> {
  const file = await open(path).catch(() => null);
  if (!file) return Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function asLine(entry: JsonObject): ProgressLine {
  const { step, steps, done, total, within: _, ...detail } = entry;
  if (step !== undefined) return { done: Number(step), total: Number(steps), unit: 'steps', detail };
  return { done: Number(done), total: total === undefined ? null : Number(total), unit: 'items', detail };
}
