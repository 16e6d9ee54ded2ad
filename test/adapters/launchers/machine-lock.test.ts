import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLauncher, createMachineLock, openFileStore } from '../../../adapters/index.ts';

const lockFile = join(import.meta.dirname, '..', '..', '..', 'adapters', 'launchers', 'machine-lock.ts');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-machine-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('the lock of a machine', () => {
  it('is held by one worker at a time, and ends with it', async () => {
    const holding = `import { createMachineLock } from ${JSON.stringify(lockFile)};
      console.log('release' in (await createMachineLock({ root: ${JSON.stringify(root)} }).take(null)));
      setInterval(() => {}, 1000);`;
    const worker = spawn(process.execPath, ['--input-type=module', '-e', holding], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(worker.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('true\n');
    const lock = createMachineLock({ root });
    expect(await lock.take('job')).toEqual({ holder: `another worker, process ${worker.pid}, uses the machine` });
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(await lock.take('job')).toHaveProperty('release');
  });

  it('is held by a process that outlived its worker until that ends; only its own job may take it', async () => {
    const launcher = createLauncher({ folder: (await openFileStore({ root })).scratch });
    const ref = { job: 'old', attempt: 'first' };
    expect(await launcher.submit({ ...ref, argv: ['/bin/sleep', '600'], env: {}, cwd: root })).toMatchObject({ state: 'running' });
    const lock = createMachineLock({ root });
    for (const job of ['new', null])
      expect(await lock.take(job)).toEqual({ holder: expect.stringMatching(/^process \d+ of job old still runs$/) });
    const own = await lock.take('old');
    expect(own).toHaveProperty('release');
    if ('release' in own) own.release();
    await launcher.cancel(ref, { graceMs: 100 });
    expect(await lock.take('new')).toHaveProperty('release');
  });
});
