import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { classified } from '../../ports/failure.ts';
import { isThere, linkOnce, readIfThere, removeFile, writeTemporary } from './files.ts';

const format = 1;
const abandonedAfter = 24 * 60 * 60 * 1000;

/** Makes what is missing, checks the format and returns the store's id. */
export async function prepareStore(root: string, temporary: string): Promise<string> {
  await mkdir(temporary, { recursive: true });
  await removeAbandoned(temporary);
  const path = join(root, 'FORMAT');
  if (!(await isThere(path))) {
    const made = new TextEncoder().encode(`${JSON.stringify({ format, id: randomBytes(8).toString('hex') })}\n`);
    const from = await writeTemporary(temporary, made);
    await linkOnce(from, path).finally(() => removeFile(from));
  }
  return readFormat(path, root);
}

async function readFormat(path: string, root: string): Promise<string> {
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
  return found.id;
}

function parseFormat(text: string): { format: number; id: string } | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('format' in value) || !('id' in value)) return null;
    const { format: number, id } = value;
    return Number.isInteger(number) && typeof number === 'number' && number >= 1 && typeof id === 'string'
      ? { format: number, id }
      : null;
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
