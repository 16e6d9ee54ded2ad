import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Adds prebuilt packages of other platforms that npm left out of a lock file because the registry in use does not have them: `npm ci`
 * refuses a lock file without them, on every platform. The versions are exactly those that their parents name.
 */
function completeLock(path: string): string[] {
  const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: { [place: string]: LockedPackage } };
  const added: string[] = [];
  for (const parent of Object.values(lock.packages))
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const place = `node_modules/${name}`;
      if (lock.packages[place] || !/^\d/.test(version)) continue;
      lock.packages[place] = { version, ...platformOf(name), optional: true };
      added.push(`${name}@${version}`);
    }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  return added;
}

interface LockedPackage {
  version?: string;
  optional?: true;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: { [name: string]: string };
}

/** What a prebuilt package runs on, by its name: `binding-linux-arm64-musl` is Linux, arm64, musl. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const os = /android|darwin|freebsd|linux|openharmony|win32/.exec(name)?.[0];
  const cpu = /arm64|x64|ia32|ppc64|riscv64|s390x|arm(?=-)/.exec(name)?.[0];
  if (!os || !cpu) throw new Error(`${name}: no platform in the name; add its entry to the lock file by hand`);
  const libc = name.includes('musl') ? 'musl' : os === 'linux' ? 'glibc' : undefined;
  return { os: [os], cpu: [cpu], ...(libc ? { libc: [libc] } : {}) };
}

for (const each of completeLock(process.argv[2] ?? 'package-lock.json')) process.stdout.write(`added ${each}\n`);
