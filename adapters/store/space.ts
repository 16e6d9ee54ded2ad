import { statfs } from 'node:fs/promises';

const usualReserve = 64 * 1024 * 1024;

/** Free bytes of the file system a folder is on, and those that must stay free. */
export async function readSpace(folder: string, reserve?: number): Promise<{ free: number; reserve: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, reserve: reserve ?? Math.min(usualReserve, Math.floor((blocks * bsize) / 5)) };
}
