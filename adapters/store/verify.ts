import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hashFile } from './blobs.ts';
import { moveAside } from './damaged.ts';
import { isThere, listFiles } from './files.ts';
import { decodeSegment } from './ledger-frames.ts';
import { openSegment } from './ledger-segment.ts';
import { unseal } from './seal.ts';

/** A file of a store after it was read as a whole. */
export interface VerifiedFile {
  /** Path in the store. */
  file: string;
  bytes: number;
  /** What is wrong with it, and what was done about it; null if it is as it was written. */
  damage: string | null;
}

/** The folders of a store whose files are checked, with what a damaged file becomes. */
const checks: { [folder: string]: (file: CheckedFile) => Promise<string | null> } = {
  blobs: checkBlob,
  names: checkName,
  notes: checkNote,
  ledger: checkSegment,
};

interface CheckedFile {
  root: string;
  /** Path in the store. */
  file: string;
  path: string;
}

/** Files read at the same time. */
const atOnce = 4;

/**
 * Reads every file of a store and checks it: blobs by the hash that is their name, names and frames of the ledger by their checksums.
 * Damaged files are moved to the folder of damaged files, so that they count as missing; of a segment of the ledger the sound answers
 * stay, in a new file.
 */
export async function* verifyFiles(root: string): AsyncGenerator<VerifiedFile> {
  for (const [folder, check] of Object.entries(checks)) {
    const names = await listFiles(join(root, folder), '');
    for (let at = 0; at < names.length; at += atOnce) {
      const files = names.slice(at, at + atOnce).map((name) => ({ root, file: `${folder}/${name}`, path: join(root, folder, name) }));
      yield* (await Promise.all(files.map((file) => verifyFile(file, check)))).filter((each) => each !== null);
    }
  }
}

/** null for a file that no longer exists. */
async function verifyFile(file: CheckedFile, check: (file: CheckedFile) => Promise<string | null>): Promise<VerifiedFile | null> {
  if (!(await isThere(file.path))) return null;
  const { size } = await stat(file.path);
  return { file: file.file, bytes: size, damage: await check(file) };
}

async function checkBlob({ root, path }: CheckedFile): Promise<string | null> {
  const actual = await hashFile(path);
  if (actual === basename(path)) return null;
  await moveAside(root, path);
  return `its bytes hash to ${actual}; moved to damaged/`;
}

async function checkName({ root, path }: CheckedFile): Promise<string | null> {
  const bytes = unseal(await readFile(path));
  if (bytes && isJson(bytes)) return null;
  await moveAside(root, path);
  return `${bytes ? 'it is not JSON' : 'its checksum is wrong'}; moved to damaged/`;
}

async function checkNote({ root, path }: CheckedFile): Promise<string | null> {
  if (isJson(await readFile(path))) return null;
  await moveAside(root, path);
  return 'it is not JSON; moved to damaged/';
}

/** A segment that was written to in this time, milliseconds, may still have a writer. */
const settledAfter = 10 * 60_000;

async function checkSegment({ root, path }: CheckedFile): Promise<string | null> {
  let lost = 0;
  const sound = [...decodeSegment(await readFile(path), (bytes) => (lost += bytes))];
  if (lost === 0) return null;
  const found = `${lost} bytes cannot be read, ${sound.length} answers can`;
  const { mtimeMs } = await stat(path);
  if (Date.now() - mtimeMs < settledAfter) return `${found}; it may still be written to: verify again in ten minutes`;
  const mended = join(dirname(path), basename(path).replace(/[0-9a-f]{16}\.seg$/, `${randomBytes(8).toString('hex')}.seg`));
  const segment = openSegment({ path: mended, root });
  await Promise.all(sound.map((record) => segment.append(record)));
  await segment.close();
  await moveAside(root, path);
  return `${found} and are now in ${basename(mended)}; moved to damaged/`;
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(bytes));
    return true;
  } catch {
    return false;
  }
}
