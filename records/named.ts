import { dataLost, parseJson, type Digest, type Json } from '../plan/index.ts';
import { canonicalBytes } from '../plan/keys.ts';
import type { ClassifiedError } from '../ports/failure.ts';
import type { Store } from '../ports/store.ts';
import type { WrittenName } from './names.ts';

/** The JSON under a write-once name; null if there is none. Unreadable content is set aside, as if it had never existed. */
export async function readNamed<T>(store: Store, name: string): Promise<T | null> {
  const bytes = await store.read(name);
  if (bytes === null) return null;
  const value = parsed<T>(bytes);
  if (value === null) await store.setAside(name);
  return value;
}

/** Publishes JSON under a write-once name and returns the value that counts; existing damaged content is replaced. */
export async function publishNamed<T extends object>(store: Store, name: WrittenName, value: T): Promise<T> {
  const { bytes } = await store.publish(name, canonicalBytes(value as unknown as Json));
  const winner = parsed<T>(bytes);
  if (winner !== null) return winner;
  await store.setAside(name);
  await store.publish(name, canonicalBytes(value as unknown as Json));
  return value;
}

/** The JSON of a note; null if there is none or it is damaged: the next note overwrites it. */
export async function readNoted<T>(store: Store, name: string): Promise<T | null> {
  const bytes = await store.readNote(name).catch(nullIfLost);
  return bytes === null ? null : parsed<T>(bytes);
}

/** Whether a blob exists and is not damaged. */
export async function isSound(store: Store, digest: Digest): Promise<boolean> {
  return (await store.pathOf(digest).catch(nullIfLost)) !== null;
}

/** null for the error of a blob that is missing or damaged; any other, as of a store that does not answer, is thrown. */
export function nullIfLost(error: unknown): null {
  if ((error as Partial<ClassifiedError>).class === dataLost) return null;
  throw error;
}

function parsed<T>(bytes: Uint8Array): T | null {
  try {
    return parseJson<T>(bytes);
  } catch {
    return null;
  }
}
