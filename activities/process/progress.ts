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
  /** Optimiser steps run since the moment asked for, repeated ones counted each time. */
  steps: number;
}

/**
 * Opens a progress file, which need not be there yet. Each call reads what was added since the one before; a line that is
 * being written is left for the next. Steps count since a moment, milliseconds since the epoch.
 */
export function openProgress(path: string, since: number): () => Promise<ProcessProgress> {
  const progress: ProcessProgress = { last: null, steps: 0 };
  let offset = 0;
  return async () => {
    const added = await readFrom(path, offset);
    const whole = added.subarray(0, added.lastIndexOf('\n') + 1);
    offset += whole.length;
    for (const line of whole.toString().split('\n').filter((each) => each !== '')) {
      const entry = JSON.parse(line) as JsonObject;
      if ('step' in entry && Number(entry['time']) * 1000 >= since) progress.steps++;
      if ('step' in entry || 'done' in entry) progress.last = asLine(entry);
    }
    return { ...progress };
  };
}

/** The bytes of a file behind so many; none of a file that is not there. */
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
  const { step, steps, done, total, ...detail } = entry;
  if (step !== undefined) return { done: Number(step), total: Number(steps), unit: 'steps', detail };
  return { done: Number(done), total: total === undefined ? null : Number(total), unit: 'items', detail };
}
