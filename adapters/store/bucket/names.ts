import type { Store } from '../../../ports/store.ts';
import { checkName, unsealNote, type StoreNames } from '../names.ts';
import { seal, unseal } from '../seal.ts';
import { setObjectAside, type CopiedBucket } from './set-aside.ts';

/** Write-once names and notes in a bucket. They are asked for there each time: this machine keeps no copies. */
export function openBucketNames(place: CopiedBucket): Omit<StoreNames, 'scratch'> {
  const { bucket } = place;
  const keyOf = (name: string): string => `names/${checkName(name)}`;
  const noteKeyOf = (name: string): string => `notes/${checkName(name)}`;
  const namesIn = async (folder: string, prefix: string): Promise<string[]> =>
    (await bucket.list(folder + prefix)).map((key) => key.slice(folder.length));

  const read = async (name: string): Promise<Uint8Array | null> => {
    const object = await bucket.get(keyOf(name));
    const bytes = object && unseal(object);
    if (object && !bytes) await setObjectAside(place, keyOf(name));
    return bytes;
  };

  const publish: Store['publish'] = async (name, bytes) => {
    if (await bucket.create(keyOf(name), seal(bytes))) return { won: true, bytes };
    const winner = await read(name);
    return winner && (await bucket.renew(keyOf(name))) ? { won: false, bytes: winner } : publish(name, bytes);
  };

  return {
    publish,
    read,
    renew: async (name) => void (await bucket.renew(keyOf(name))),
    setAside: async (name) => void (await setObjectAside(place, keyOf(name))),
    list: (prefix) => namesIn('names/', prefix),
    note: async (name, bytes) => bucket.put(noteKeyOf(name), seal(bytes)),
    readNote: async (name) => unsealNote(await bucket.get(noteKeyOf(name)), { name, place: bucket.url }),
    listNotes: (prefix) => namesIn('notes/', prefix),
    removeNote: async (name) => bucket.remove(noteKeyOf(name)),
  };
}
