import { realpathSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { CommandFailure, exit } from './failure.ts';
import { messageOfError } from '../../ports/failure.ts';

interface OutFile {
  /** As given with --out. */
  out: string;
  text: string;
  /** What the text is, for messages. */
  what: string;
  /** Files it was made from. */
  sources: string[];
}

/** Writes the file of --out; ends the command instead of overwriting a file that was read. */
export function writeOut({ folder }: Context, { out, text, what, sources }: OutFile): void {
  const place = realPath(folder, out);
  if (sources.some((source) => realPath(folder, source) === place))
    throw new CommandFailure(`--out ${out}: the ${what} is made from this file. Choose another name`, exit.usage);
  try {
    writeFileSync(place, text);
  } catch (error) {
    throw new CommandFailure(`${out} cannot be written: ${messageOfError(error)}`);
  }
}

/** The real path, with links followed. */
function realPath(folder: string, path: string): string {
  const place = resolve(folder, path);
  try {
    return realpathSync(place);
  } catch {
    return place;
  }
}
