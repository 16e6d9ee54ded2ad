import { readFile } from 'node:fs/promises';
import type { JsonObject } from '../plan/index.ts';

/** One line that a process wrote about itself. */
export interface ProgressLine {
  done: number;
  total: number | null;
  unit: 'items' | 'steps';
  detail: JsonObject;
}

/**
 * The last line of a progress file and the optimiser steps run since a moment (milliseconds since the epoch), repeated
 * ones counted each time. A line that is being written is left for the next look.
 */
export async function readProgress(path: string, since: number): Promise<{ last: ProgressLine | null; steps: number }> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter((line) => line !== '');
  const entries = lines.map((line) => JSON.parse(line) as JsonObject);
  const steps = entries.filter((entry) => 'step' in entry && Number(entry['time']) * 1000 >= since).length;
  const last = entries.findLast((entry) => 'step' in entry || 'done' in entry);
  return { last: last ? asLine(last) : null, steps };
}

function asLine(entry: JsonObject): ProgressLine {
  const { step, steps, done, total, ...detail } = entry;
  if (step !== undefined) return { done: Number(step), total: Number(steps), unit: 'steps', detail };
  return { done: Number(done), total: total === undefined ? null : Number(total), unit: 'items', detail };
}
