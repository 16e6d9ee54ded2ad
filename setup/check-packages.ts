import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Fails if a package for this machine is missing, and names it: npm counts an installation as complete when it could not download the
 * prebuilt half of a package, since these are optional. Argument: the folder of the lock file and of `node_modules`.
 */
const folder = process.argv[2] ?? '.';

interface LockedPackage {
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages?: { [path: string]: LockedPackage } };
const missing = Object.entries(packages ?? {}).flatMap(([path, { os, cpu, libc }]) => {
  if (!os && !cpu) return [];
  const isForHere = allows(os, process.platform) && allows(cpu, process.arch) && (process.platform !== 'linux' || allows(libc, libcHere()));
  return isForHere && !existsSync(join(folder, path, 'package.json')) ? [path.replace(/^.*node_modules\//, '')] : [];
});
if (missing.length > 0) {
  console.error(`npm did not install ${missing.join(', ')}, which this machine needs; above, npm says why`);
  process.exitCode = 1;
}

/** Whether a list of a lock file allows a value; `!x` allows all but x. */
function allows(list: string[] | undefined, value: string): boolean {
  if (!list) return true;
  const refused = list.filter((each) => each.startsWith('!'));
  return refused.length === list.length ? !list.includes(`!${value}`) : list.includes(value);
}

function libcHere(): string {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}
