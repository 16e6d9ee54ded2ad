import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { isWanted, type FileChoice } from '../../items/index.ts';
import type { ItemCounts } from '../keep.ts';

interface FoundFiles {
  /** Paths inside the folder, with `/` between their parts, sorted. */
  paths: string[];
  /** Requested files that cannot be read. */
  leftOut: ItemCounts;
}

/**
 * The requested files in a folder and its subfolders. Links are not followed, except those of Hugging Face's cache to its own
 * blobs. Anything that is not a plain file, has a name that is not UTF-8, or is in a folder that cannot be read, is left out. Throws
 * the system error if the folder itself cannot be read.
 */
export async function walkFolder(folder: string, choice: FileChoice): Promise<FoundFiles> {
  const found: FoundFiles = { paths: [], leftOut: {} };
  const waiting = [''];
  for (let inside = waiting.pop(); inside !== undefined; inside = waiting.pop()) {
    const entries = await readdir(join(folder, inside), { withFileTypes: true }).catch((error: unknown) => {
      if (inside === '') throw error;
      return null;
    });
    if (!entries && mayHold(inside, choice)) leaveOut(found.leftOut, 'unreadable-folder');
    for (const entry of entries ?? []) {
      const path = inside + entry.name;
      const isBlob = entry.isSymbolicLink() && isWanted(path, choice) && (await isCacheBlob(folder, path));
      const reason = isBlob ? null : reasonAgainst(entry);
      if (entry.isDirectory() && reason === null) waiting.push(`${path}/`);
      else if (reason === null && isWanted(path, choice)) found.paths.push(path);
      else if (reason !== null && (entry.isDirectory() ? mayHold(`${path}/`, choice) : isWanted(path, choice)))
        leaveOut(found.leftOut, reason);
    }
  }
  found.paths.sort();
  return found;
}

/** Counts a file that is left out. */
export function leaveOut(leftOut: ItemCounts, reason: string): void {
  leftOut[reason] = (leftOut[reason] ?? 0) + 1;
}

/** A name that is not UTF-8 is listed with this character, and the file cannot be opened by the listed name. */
const unknownCharacter = '\uFFFD';

function reasonAgainst(entry: Dirent): string | null {
  if (entry.name.includes(unknownCharacter)) return 'odd-name';
  return entry.isFile() || entry.isDirectory() ? null : 'no-plain-file';
}

/**
 * Whether a link is one of Hugging Face's cache, where `snapshots/REVISION/FILE` leads to `blobs/DIGEST` of the same data set. The
 * declared folder may be the data set's or the snapshot's.
 */
async function isCacheBlob(folder: string, path: string): Promise<boolean> {
  const [own, target] = await Promise.all([realpath(folder), realpath(join(folder, path)).catch(() => null)]);
  if (target === null || basename(dirname(target)) !== 'blobs') return false;
  const dataset = dirname(dirname(target));
  return own === dataset || own.startsWith(`${join(dataset, 'snapshots')}${sep}`);
}

/** Whether a folder may contain requested files. */
function mayHold(folder: string, { exclude }: FileChoice): boolean {
  return isWanted(`${folder}any/any`, { include: ['**/*'], exclude });
}
