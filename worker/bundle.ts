import { execa } from 'execa';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const home = dirname(import.meta.dirname);

/** Rooms whose files the workflows consist of, and the versions of the packages. */
const sources = ['workflows', 'plan', 'package-lock.json'];

/**
 * The workflows as the script that workers run and that recorded histories are replayed against. A script is kept beside the
 * installed packages for as long as its sources stay the same. It is made in a process of its own, because making it takes more
 * memory than a worker needs afterwards.
 */
export async function bundleWorkflows(): Promise<{ code: string }> {
  const folder = join(home, '.setup', 'workflows');
  const name = `${await digestOfSources()}.js`;
  const kept = await readFile(join(folder, name), 'utf8').catch(() => null);
  if (kept !== null) return { code: kept };
  const maker = join(import.meta.dirname, 'make-bundle.ts');
  const { stdout: code } = await execa(process.execPath, ['--disable-warning=ExperimentalWarning', maker], { stripFinalNewline: false });
  await keep(folder, name, code).catch(unlessReadOnly);
  return { code };
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) for (const file of await filesIn(source)) hash.update(`${file}\n`).update(await readFile(join(home, file)));
  return hash.digest('hex');
}

async function filesIn(source: string): Promise<string[]> {
  if (source.includes('.')) return [source];
  const names = await readdir(join(home, source), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(source, name)).sort();
}

/** Replaces what was kept of other sources. */
async function keep(folder: string, name: string, code: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const others = (await readdir(folder)).filter((other) => other.endsWith('.js') && other !== name);
  const unfinished = join(folder, `${name}.${randomBytes(8).toString('hex')}`);
  await writeFile(unfinished, code);
  await rename(unfinished, join(folder, name));
  for (const other of others) await rm(join(folder, other), { force: true });
}

/** An installation of somebody else works as well: there the script is made at each start. */
function unlessReadOnly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EACCES' && error.code !== 'EROFS' && error.code !== 'EPERM') throw error;
}
