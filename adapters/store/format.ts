import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { classified } from '../../ports/failure.ts';
import { isThere, linkOnce, readIfThere, removeFile, syncFolder, writeTemporary } from './files.ts';

/**
 * 1: the ledger has segments of version 1 only. 2: of both versions. 3: names may end with a checksum. Opening a store upgrades it to 3.
 */
const format = 3;

interface StoreFormat {
  format: number;
  id: string;
}

const abandonedAfter = 24 * 60 * 60 * 1000;

/** Creates what is missing, checks the format and returns the store's id. */
export async function prepareStore(root: string, temporary: string): Promise<string> {
  await mkdir(temporary, { recursive: true });
  await removeAbandoned(temporary);
  const path = join(root, 'FORMAT');
  if (!(await isThere(path))) {
    const from = await writeTemporary(temporary, formatBytes(randomBytes(8).toString('hex')));
    await linkOnce(from, path).finally(() => removeFile(from));
  }
  const found = await readFormat(path, root);
  if (found.format < format) {
    await rename(await writeTemporary(temporary, formatBytes(found.id)), path);
    await syncFolder(root);
  }
  return found.id;
}

function formatBytes(id: string): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ format, id })}\n`);
}

async function readFormat(path: string, root: string): Promise<StoreFormat> {
  const text = new TextDecoder().decode((await readIfThere(path)) ?? new Uint8Array());
  const found = parseFormat(text);
  if (!found)
    throw classified(
      'invalid',
      `${path} is not the format file of a store: expected {"format":${format},"id":"…"}, got ${JSON.stringify(text.slice(0, 80))}. Name another folder as the store, or restore this file`,
    );
  if (found.format > format)
    throw classified(
      'invalid',
      `the store ${root} has format ${found.format}, this codepmp reads formats up to ${format}. Use the newer codepmp that wrote it, or another folder`,
    );
  return found;
}

function parseFormat(text: string): StoreFormat | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('format' in value) || !('id' in value)) return null;
    const { format: number, id } = value;
    return Number.isInteger(number) && typeof number === 'number' && number >= 1 && typeof id === 'string' ? { format: number, id } : null;
  } catch {
    return null;
  }
}

async function removeAbandoned(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    const state = await stat(path).catch(() => null);
    if (state && Date.now() - state.ctimeMs > abandonedAfter) await removeFile(path);
  }
}
