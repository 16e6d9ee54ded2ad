import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStep, python } from './rig.ts';

it.each([
  ['TERM', 'preempted', 'data had to make room: something outside ended it; its output: '],
  ['KILL', 'node-lost', 'data was killed without a result; its output: '],
])('a process that somebody ends by SIG%s counts as %s', async (signal, name, message) => {
  const step = await openStep(['/bin/sh', '-c', `kill -${signal} $$`]);
  expect(await step.fail()).toMatchObject({ class: name, message: expect.stringContaining(message) });
});

it('a torchrun that somebody asks to end counts as preempted, although it ends as after any failure', async () => {
  const script = 'import pathlib, time; pathlib.Path("begun").touch(); time.sleep(60)';
  const torchrun = ['-m', 'torch.distributed.run', '--standalone', '--no-python', '--nproc-per-node', '2', python, '-c', script] as const;
  const { fail, folder } = await openStep([python, ...torchrun]);
  const failure = fail();
  await expect.poll(() => readFile(join(folder, 'begun'))).toBeDefined();
  process.kill(Number(await readFile(join(folder, 'child'), 'utf8')), 'SIGTERM');
  expect(await failure).toMatchObject({ class: 'preempted' });
  expect(await readFile(join(folder, 'exit'), 'utf8')).toBe('1\n');
});
