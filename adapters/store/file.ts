import { join, resolve } from 'node:path';
import type { Store } from '../../ports/store.ts';
import { diskFull, orDiskFull } from '../../ports/failure.ts';
import { openLedger } from './ledger.ts';
import { readSpace } from './space.ts';
import { openBlobs } from './blobs.ts';
import { prepareStore } from './format.ts';
import { listDamaged } from './damaged.ts';
import { openNames } from './names.ts';
import { openStoredFiles } from './stored-files.ts';

export interface FileStoreOptions {
  /** Folder of the store; created with its parents if missing. */
  root: string;
  /** Bytes that must stay free; default: 64 MiB, on a small file system a fifth of it. */
  reserve?: number;
  /** The store in a bucket that the folder has copies of. Default: none, the folder is the store. */
  copyOf?: { id: string; bucket: string };
}

/** Opens the store in a folder, which is created if there is none. Any number of processes may have it open. */
export async function openFileStore(options: FileStoreOptions): Promise<Store> {
  const root = resolve(options.root);
  const temporary = join(root, 'tmp');
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw orDiskFull(error, root);
    });
  const id = await guard(prepareStore(root, temporary, options.copyOf));
  const blobs = openBlobs({ root, temporary });
  const names = openNames({ root, temporary });

  return {
    id,
    root,
    bucket: null,
    ledger: openLedger(root),
    files: openStoredFiles(root),
    ...blobs,
    ...names,
    putBytes: (bytes) => guard(blobs.putBytes(bytes)),
    putFile: (path) => guard(blobs.putFile(path)),
    publish: (name, bytes) => guard(names.publish(name, bytes)),
    note: (name, bytes) => guard(names.note(name, bytes)),
    setAside: (name) => guard(names.setAside(name)),
    damaged: () => listDamaged(root),
    scratch: (name) => guard(names.scratch(name)),
    assertSpace: async () => {
      const { free, reserve } = await readSpace(root, options.reserve);
      if (free < reserve) throw diskFull({ where: root, detail: `${mebibytes(free)} MiB free, ${mebibytes(reserve)} MiB must stay free` });
    },
  };
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
