import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../ports/store.ts';
import { dataLost } from '../../plan/index.ts';
import { classified, type ClassifiedError } from '../../ports/failure.ts';
import { setAside } from './damaged.ts';
import { seal, unseal } from './seal.ts';
import { renewFile } from './unused.ts';
import { listFiles, makeFolders, publishFile, readIfThere, removeFile, syncFolder, writeTemporary } from './files.ts';

export type StoreNames = Pick<
  Store,
  'publish' | 'read' | 'renew' | 'setAside' | 'list' | 'note' | 'readNote' | 'listNotes' | 'removeNote' | 'scratch'
>;

/** Milliseconds in which a published name can be read everywhere: a client of NFS may keep for a minute that it is not there. */
const visibleWithin = 90_000;

/** The store's write-once names, overwritable notes and scratch folders. */
export function openNames(options: { root: string; temporary: string }): StoreNames {
  const { root, temporary } = options;
  const read = async (name: string): Promise<Uint8Array | null> => {
    const path = namePath(root, 'names', name);
    const file = await readIfThere(path);
    const bytes = file && unseal(file);
    if (file && !bytes) await setAside(root, path);
    return bytes;
  };
  return {
    async publish(name, bytes) {
      const to = namePath(root, 'names', name);
      const end = performance.now() + visibleWithin;
      for (let pause = 0; performance.now() < end; pause = Math.min(pause * 2 + 10, 1000)) {
        await sleep(pause);
        const winner = await read(name);
        if (winner && (await renewFile(to))) return { won: false, bytes: winner };
        if (await publishFile({ root, from: await writeTemporary(temporary, seal(bytes)), to })) return { won: true, bytes };
      }
      throw classified(
        'unavailable',
        `${to} exists, but cannot be read on this machine for ${visibleWithin / 1000} s. If it is on NFS, mount it with lookupcache=positive, then run again`,
      );
    },
    read,
    async renew(name) {
      await renewFile(namePath(root, 'names', name));
    },
    async setAside(name) {
      await setAside(root, namePath(root, 'names', name));
    },
    list: (prefix) => listFiles(join(root, 'names'), prefix),

    async note(name, bytes) {
      const to = namePath(root, 'notes', name);
      const from = await writeTemporary(temporary, seal(bytes));
      try {
        await makeFolders(root, dirname(to));
        await rename(from, to);
        await syncFolder(dirname(to));
      } catch (error) {
        await removeFile(from);
        throw error;
      }
    },
    readNote: async (name) => unsealNote(await readIfThere(namePath(root, 'notes', name)), { name, place: root }),
    listNotes: (prefix) => listFiles(join(root, 'notes'), prefix),
    removeNote: (name) => removeFile(namePath(root, 'notes', name)),

    async scratch(name) {
      const path = namePath(root, 'jobs', name);
      await makeFolders(root, path);
      return path;
    },
  };
}

/** The bytes of a sealed note of the store at `place`, a folder or a bucket; null where there is none. */
export function unsealNote(file: Uint8Array | null, { name, place }: { name: string; place: string }): Uint8Array | null {
  const bytes = file && unseal(file);
  if (file && !bytes) throw damagedNote(name, place);
  return bytes;
}

function damagedNote(name: string, place: string): ClassifiedError {
  const message = `notes/${name} of the store ${place} is damaged: its checksum is wrong. codepmp verify names what is damaged and mends what it can`;
  return classified(dataLost, message, { name: 'NoteDamaged' });
}

/** Path of a name below one of the store's folders. */
function namePath(root: string, folder: string, name: string): string {
  return join(root, folder, ...checkName(name).split('/'));
}

/** The name itself, if it may be one; names cannot leave their folder. */
export function checkName(name: string): string {
  const parts = name.split('/');
  const bad = parts.find((part) => part === '' || part === '.' || part === '..' || part.includes('\0') || part.length > 200);
  if (bad === undefined) return name;
  throw classified(
    'invalid',
    `${JSON.stringify(name)} cannot be a name in the store: the part ${JSON.stringify(bad)} is empty, a dot, or longer than 200 characters`,
  );
}
