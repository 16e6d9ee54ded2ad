import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { jobFolder, rankPrefix } from '../../records/names.ts';
import type { Store } from '../../ports/store.ts';
import type { UnitProgress } from '../../plan/index.ts';
import { plainText } from '../../text/index.ts';

/** The log files of a unit: its progress, then the output of each attempt. */
export function logsOfUnit(store: Store, { key }: UnitProgress): string[] {
  if (key === undefined) return [];
  const job = jobFolder(store, key);
  const entries = pathsIn(job);
  const attempts = entries.filter((path) => statSync(path).isDirectory());
  const byAge = attempts.toSorted((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  return [...entries.filter((path) => path.endsWith('.jsonl')), ...byAge.flatMap(logsIn)];
}

/** The log files in a folder; none where there is no such folder. */
export function logsIn(folder: string): string[] {
  return pathsIn(folder).filter((path) => path.endsWith('.log'));
}

/** Reads log files as they grow: each call returns the lines that a file has since the last one, without one that is still being written. */
export function openLogs({ rank }: { rank: number | null }): (path: string, options: { isOver: boolean }) => string[] {
  const states = new Map<string, { offset: number; isRanked: boolean }>();
  return (path, { isOver }) => {
    const state = states.get(path) ?? { offset: 0, isRanked: false };
    states.set(path, state);
    const added = readFrom(path, state.offset);
    const whole = isOver ? added : added.subarray(0, added.lastIndexOf('\n') + 1);
    state.offset += whole.length;
    const lines = plainText(whole.toString()).trimEnd().split('\n').filter((line, index) => line !== '' || index > 0);
    if (rank === null) return lines;
    if (path.endsWith('.jsonl')) return [];
    state.isRanked ||= lines.some((line) => ranked.test(line));
    return linesOfRank(lines, { rank, isRanked: state.isRanked });
  };
}

const ranked = new RegExp(`^${rankPrefix('\\d+')}`);

/** What one process has written of these lines; a process that is alone names no rank. */
function linesOfRank(lines: string[], { rank, isRanked }: { rank: number; isRanked: boolean }): string[] {
  if (!isRanked) return rank === 0 ? lines : [];
  const prefix = rankPrefix(`${rank}`);
  return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
}

function readFrom(path: string, offset: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, statSync(path).size - offset));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(file);
  }
}

function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted().map((name) => join(folder, name));
  } catch {
    return [];
  }
}
