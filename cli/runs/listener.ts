import { readdir, readFile, readlink } from 'node:fs/promises';

/** The process that listens on a TCP port of this machine, if this user may see it (Linux only). */
export async function whoListens(port: number): Promise<{ pid: number; command: string } | null> {
  const inodes = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => listeningInodes(table, port)))).flat());
  if (inodes.size === 0) return null;
  for (const name of (await readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
    const files = await readdir(`/proc/${name}/fd`).catch(() => []);
    for (const file of files) {
      const inode = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${name}/fd/${file}`).catch(() => ''))?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      const command = (await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
      return { pid: Number(name), command: command.slice(0, 100) };
    }
  }
  return null;
}

async function listeningInodes(table: string, port: number): Promise<string[]> {
  const listening = '0A';
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const text = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return local?.endsWith(`:${hexPort}`) && state === listening && inode !== undefined ? [inode] : [];
  });
}
