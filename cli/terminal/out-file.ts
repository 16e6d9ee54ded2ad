import { realpathSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { CommandFailure, exit } from './failure.ts';

export interface OutFile {
  /** As --out gives it. */
  out: string;
  text: string;
  /** What the text is, for messages. */
  what: string;
  /** Files it is made from. */
  sources: string[];
}

/** Writes the file of --out; one that is made from it ends the command: a file that is read is never written over. */
export function writeOut({ folder }: Context, { out, text, what, sources }: OutFile): void {
  const place = placeOf(folder, out);
  if (sources.some((source) => placeOf(folder, source) === place)) throw new CommandFailure(`--out ${out}: the ${what} is made from this file. Name another one`, exit.usage);
  try {
    writeFileSync(place, text);
  } catch (error) {
    throw new CommandFailure(`${out} can not be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Where a path leads, links followed. */
function placeOf(folder: string, path: string): string {
  const place = resolve(folder, path);
  try {
    return realpathSync(place);
  } catch {
    return place;
  }
}
