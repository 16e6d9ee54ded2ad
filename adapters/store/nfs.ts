import { readFile, realpath } from 'node:fs/promises';

/** Why machines may not share a store in this folder, and what to do before they do; null: they may. */
export async function sharingTrouble(folder: string): Promise<{ found: string; next: string } | null> {
  if (await isShareable(folder)) return null;
  return {
    found: `${folder} is on NFS and mounted for a store that one machine uses at a time`,
    next: 'to share the store with other machines, mount it with lookupcache=positive and without nocto',
  };
}

/**
 * Whether several machines may share a store in this folder: its file system is not of NFS, or is mounted so that each machine sees at once
 * what the others write.
 */
export async function isShareable(folder: string): Promise<boolean> {
  return isShareableBy(await readFile('/proc/self/mounts', 'utf8').catch(() => ''), await realpath(folder));
}

/** The same by a list of mounts in the format of Linux. */
export function isShareableBy(mounts: string, folder: string): boolean {
  const lines = mounts.split('\n').map((line) => line.split(' ').map((field) => field.replaceAll('\\040', ' ')));
  const covering = lines.filter(([, point = '']) => `${folder}/`.startsWith(point === '/' ? point : `${point}/`));
  const [, , type = '', options = ''] = covering.toSorted(([, a = ''], [, b = '']) => a.length - b.length).at(-1) ?? [];
  const set = options.split(',');
  const seesNames = ['noac', 'lookupcache=pos', 'lookupcache=none'].some((each) => set.includes(each));
  return !/^nfs4?$/.test(type) || (seesNames && !set.includes('nocto'));
}
