import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ageOf } from '../../../adapters/launchers/lease.ts';
import { holderOf, takeLock } from '../../../adapters/launchers/lock.ts';
import { canDivide, onHost } from '../../hosts.ts';

const lockFile = join(import.meta.dirname, '..', '..', '..', 'adapters', 'launchers', 'lock.ts');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that takes the lock, says so, and says when it has lost it. */
const holding = () => [
  process.execPath,
  '--input-type=module',
  '-e',
  `import { takeLock } from ${JSON.stringify(lockFile)};
   console.log('release' in takeLock(${JSON.stringify(folder)}, () => console.log('lost')) ? 'taken' : 'held');
   setInterval(() => {}, 1000);`,
];

/** Makes files of the lock look as if nobody had written to them for a minute. */
async function silence(): Promise<void> {
  const before = new Date(Date.now() - 60_000);
  for (const name of await readdir(folder)) await utimes(join(folder, name), before, before);
}

describe('a lock of a folder', () => {
  it('is free again when its holder has released it', () => {
    const lock = takeLock(folder);
    expect(holderOf(folder)).toEqual({ pid: process.pid, elsewhere: null, silent: 0 });
    if ('release' in lock) lock.release();
    expect(holderOf(folder)).toBeNull();
    expect(takeLock(folder)).toHaveProperty('release');
  });

  it('belongs to its process on this machine however long that is silent, and to nobody once it has ended', async () => {
    const [program = '', ...args] = holding();
    const holder = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    await silence();
    expect(takeLock(folder)).toMatchObject({ holder: { pid: holder.pid, elsewhere: null } });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(takeLock(folder)).toHaveProperty('release');
  });

  it('belongs to a process of another machine as long as that renews it, whatever process has its number here', async () => {
    const name = `lock-${process.pid}-1@0123456789ab@other.example`;
    await writeFile(join(folder, name), '');
    expect(takeLock(folder)).toMatchObject({ holder: { pid: process.pid, elsewhere: 'other.example' } });
    await silence();
    expect(takeLock(folder)).toHaveProperty('release');
    expect(existsSync(join(folder, name))).toBe(false);
  });

  it('leaves nothing beside its file in the folder', async () => {
    await writeFile(join(folder, 'lock-1-1@0123456789ab@other'), '');
    takeLock(folder);
    expect(await readdir(folder)).toEqual(['lock-1-1@0123456789ab@other']);
  });

  it.skipIf(!canDivide)('is not taken from a machine that lives, and is when that is lost', async () => {
    const other = onHost('other', holding());
    expect(String((await once(other.stdout, 'data'))[0])).toBe('taken\n');
    const [name = ''] = await readdir(folder);
    await silence();
    await expect.poll(() => ageOf(join(folder, name))).toBeLessThan(10_000);
    expect(takeLock(folder)).toMatchObject({ holder: { elsewhere: 'other' } });
    other.kill('SIGKILL');
    await other;
    expect(takeLock(folder)).toMatchObject({ holder: { elsewhere: 'other' } });
    await silence();
    expect(takeLock(folder)).toHaveProperty('release');
  });

  it.skipIf(!canDivide)('tells a machine that was silent for too long that it has lost it', async () => {
    const other = onHost('other', holding());
    await once(other.stdout, 'data');
    await silence();
    expect(takeLock(folder)).toHaveProperty('release');
    expect(String((await once(other.stdout, 'data'))[0])).toBe('lost\n');
    other.kill('SIGKILL');
    await other;
  });
});
