import { dataLost, parseJson, type Json } from '../plan/index.ts';
import { canonicalBytes, canonicalText } from '../plan/keys.ts';
import { classified, type ClassifiedError } from '../ports/failure.ts';
import type { Store } from '../ports/store.ts';
import type { NoteName } from './names.ts';

/**
 * Notes that decide what runs make or what must go, and that nothing else in the store says: by the beginning of their names, what to do
 * where one is lost. Each is kept twice, and counts as absent only where both are.
 */
const held: { readonly [prefix: string]: string } = {
  'forgotten.json':
    'It says what no run may read. Restore one of the two from a backup, or delete both and run codepmp forget again for everything that it named',
  'pins/': 'It says which run has last refreshed a source. Delete both, and run with --refresh STEP; without it, the first result counts again',
  'exports/':
    'It says which folder holds exported rows. Restore one of the two from a backup, or delete both; codepmp forget then does not know of that folder',
};

const copies = 'copies/';

/** Keeps a value under the name of a held note. */
export async function noteHeld(store: Store, name: NoteName, value: object): Promise<void> {
  const bytes = canonicalBytes(value as Json);
  await store.note(name, bytes);
  await store.note(copies + name, bytes);
}

/** The value of a held note, or of its copy where the note is damaged or missing; null if there is neither. */
export async function readHeld<T>(store: Store, name: string): Promise<T | null> {
  const own = await valueOf<T>(store, name);
  if (own !== null && own !== damaged) return own;
  const copy = await valueOf<T>(store, copies + name);
  if (copy === null && own === null) return null;
  if (copy === null || copy === damaged) throw lostNote(store, name);
  if (own === damaged) warnOfCopy(store, name);
  return copy;
}

/** Names of held notes that start with the prefix, also of those of which only the copy is left. */
export async function listHeld(store: Store, prefix: string): Promise<string[]> {
  const copied = (await store.listNotes(copies + prefix)).map((name) => name.slice(copies.length));
  return [...new Set([...(await store.listNotes(prefix)), ...copied])].toSorted();
}

/** Removes a held note. */
export async function removeHeld(store: Store, name: string): Promise<void> {
  await store.removeNote(copies + name);
  await store.removeNote(name);
}

/**
 * Writes the damaged file of a held note again from the other one, if that is sound, and says what was done; the file stays in any case.
 * null: it is another file.
 */
export async function mendHeld(store: Store, file: string): Promise<string | null> {
  const own = file.startsWith('notes/') ? file.slice('notes/'.length) : '';
  const name = own.startsWith(copies) ? own.slice(copies.length) : own;
  if (!Object.keys(held).some((prefix) => name.startsWith(prefix))) return null;
  const value = await valueOf<object>(store, own === name ? copies + name : name);
  if (value === null || value === damaged) return `it stays, and what needs it is refused. ${nextOf(name)}`;
  await store.note(own, canonicalBytes(value as Json));
  return writtenFrom(name, own);
}

/**
 * Writes the other file of each held note of which there is only one, and each copy that is not what it is a copy of: a store of an earlier
 * format has no copies, and a process may end between the two. Damaged files stay. Returns the files that were written, with the reason.
 */
export async function completeHeld(store: Store): Promise<{ file: string; damage: string }[]> {
  const written: { file: string; damage: string }[] = [];
  for (const prefix of Object.keys(held))
    for (const name of await listHeld(store, prefix)) {
      const own = await valueOf<Json>(store, name);
      const copy = await valueOf<Json>(store, copies + name);
      if (own === damaged || copy === damaged) continue;
      const value = own ?? copy;
      if (value === null) continue;
      if (own !== null && copy !== null && canonicalText(own) === canonicalText(copy)) continue;
      const to = own === null ? name : copies + name;
      await store.note(to, canonicalBytes(value));
      const wrong = own === null || copy === null ? 'it is missing' : 'it is out of date';
      written.push({ file: `notes/${to}`, damage: `${wrong}; ${writtenFrom(name, to)}` });
    }
  return written;
}

const writtenFrom = (name: string, to: string): string => `written again from ${to === name ? 'its copy' : 'what it is a copy of'}`;

const damaged = Symbol('damaged');

async function valueOf<T>(store: Store, name: string): Promise<T | typeof damaged | null> {
  try {
    const bytes = await store.readNote(name);
    return bytes && parseJson<T>(bytes);
  } catch (error) {
    if (error instanceof SyntaxError || (error as Partial<ClassifiedError>).class === dataLost) return damaged;
    throw error;
  }
}

function lostNote({ bucket, root }: Store, name: string): ClassifiedError {
  return classified(
    'invalid',
    `notes/${name} of the store ${bucket ?? root} is damaged, and so is its copy notes/${copies}${name}, or there is none. ${nextOf(name)}`,
    { name: 'NoteDamaged' },
  );
}

function nextOf(name: string): string {
  return Object.entries(held).find(([prefix]) => name.startsWith(prefix))?.[1] ?? '';
}

function warnOfCopy({ bucket, root }: Store, name: string): void {
  const what = `its copy notes/${copies}${name} is used. codepmp verify writes it again`;
  process.emitWarning(`damage in notes/${name} of the store ${bucket ?? root}: ${what}`, { type: 'DamagedFile' });
}
