import { basename } from 'node:path';
import type { Store, StoredFile, StoredFiles } from '../../ports/store.ts';
import { decodeSegment, encodeSegment } from './ledger-frames.ts';
import { rewrittenName } from './ledger-names.ts';
import { unseal } from './seal.ts';

/** A file of a store after it was read as a whole. */
export interface VerifiedFile extends StoredFile {
  /** What is wrong with it, and what was done about it; null if it is as it was written. */
  damage: string | null;
}

/** The folders of a store whose files are checked, with what a damaged file becomes. */
const checks: { [folder: string]: FileCheck } = {
  blobs: checkBlob,
  names: checkSealed,
  notes: checkSealed,
  ledger: checkSegment,
};

/** Reads a file; null if it is as it was written, or no longer exists. */
type FileCheck = (files: StoredFiles, file: StoredFile, mend: Mend) => Promise<string | null>;

/**
 * What becomes of a damaged name or note, by its path, that is not set aside; null: it is. What is set aside counts as missing, which some
 * of them may not.
 */
export type Mend = (file: string) => Promise<string | null>;

/** Files read at the same time. */
const atOnce = 4;

/**
 * Reads every file of a store and checks it: blobs by the hash that is their name, names, notes and frames of the ledger by their
 * checksums. Damaged files that `mend` leaves alone are moved to the folder of damaged files, so that they count as missing; of a segment
 * of the ledger the sound answers stay, in a new file.
 */
export async function* verifyFiles({ files }: Pick<Store, 'files'>, mend: Mend = async () => null): AsyncGenerator<VerifiedFile> {
  for (const [folder, check] of Object.entries(checks)) {
    const some: StoredFile[] = [];
    const checkSome = (): Promise<VerifiedFile[]> =>
      Promise.all(some.splice(0).map(async (file) => ({ ...file, damage: await check(files, file, mend) })));
    for await (const file of files.list(folder)) if (some.push(file) === atOnce) yield* await checkSome();
    yield* await checkSome();
  }
}

async function checkBlob(files: StoredFiles, { file }: StoredFile): Promise<string | null> {
  const actual = await files.hash(file);
  if (actual === null || actual === basename(file)) return null;
  await files.setAside(file);
  return `its bytes hash to ${actual}; moved to damaged/`;
}

async function checkSealed(files: StoredFiles, { file }: StoredFile, mend: Mend): Promise<string | null> {
  const sealed = await files.read(file);
  const bytes = sealed && unseal(sealed);
  if (!sealed || (bytes && isJson(bytes))) return null;
  const mended = await mend(file);
  if (mended === null) await files.setAside(file);
  return `${bytes ? 'it is not JSON' : 'its checksum is wrong'}; ${mended ?? 'moved to damaged/'}`;
}

/** A segment that was written to in this time, milliseconds, may still have a writer. */
const settledAfter = 10 * 60_000;

async function checkSegment(files: StoredFiles, { file, used }: StoredFile): Promise<string | null> {
  let lost = 0;
  const sound = [...decodeSegment((await files.read(file)) ?? new Uint8Array(), (bytes) => (lost += bytes))];
  if (lost === 0) return null;
  const found = `${lost} bytes cannot be read, ${sound.length} answers can`;
  if (Date.now() - used < settledAfter) return `${found}; it may still be written to: verify again in ten minutes`;
  const mended = rewrittenName(file);
  await files.create(mended, encodeSegment(sound));
  await files.setAside(file);
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
