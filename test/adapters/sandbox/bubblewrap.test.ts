import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSandbox } from '../../../adapters/sandbox/bubblewrap.ts';
import type { TestRun } from '../../../ports/sandbox.ts';

const python = join(import.meta.dirname, '..', '..', '..', '.setup', 'python', 'bin', 'python');
const sandbox = createSandbox({ bubblewrap: 'bwrap', python });
const obstacle = await sandbox.obstacle();
const folder = process.env['CODEPMP_TEST_DATA'] ?? '';

const limits = { seconds: 5, megabytes: 512 };

function run(code: string, tests = 'assert works()', less: Partial<typeof limits> = {}): Promise<TestRun> {
  return sandbox.run({ ...limits, code, tests, ...less }, new AbortController().signal);
}

/** Code whose `works` says whether some lines run without an error. */
const works = (...lines: string[]): string => `def works():\n${lines.map((line) => `    ${line}\n`).join('')}    return True\n`;

const indented = (code: string): string => code.replaceAll(/^/gm, '    ');

/** Code that writes to all descriptors it may have, and ends the process. */
const everywhere = (report: string): string => `import os
for descriptor in range(3, 64):
    try: os.write(descriptor, ${JSON.stringify(report)}.encode())
    except OSError: pass
`;

/** Code that writes to the descriptors of all other processes, and ends its own. */
const toOthers = (report: string): string => `import glob, os
for path in glob.glob('/proc/[0-9]*/fd/*'):
    if path.split('/')[2] != str(os.getpid()):
        try: os.write(os.open(path, os.O_WRONLY | os.O_NONBLOCK), ${JSON.stringify(report)}.encode())
        except OSError: pass
os._exit(0)
`;

/** A line that stays long enough to be looked at. */
const sleeps = '__import__("time").sleep(2)';

/** Lines after which `c` is the system's C library, whose pointers have 64 bits. */
const c = ['import ctypes', 'c = ctypes.CDLL(None)', 'c.shmat.restype = ctypes.c_void_p', 'c.shmdt.argtypes = [ctypes.c_void_p]', 'c.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]'];

/** Lines that fill segments of shared memory which no process then has. */
const segments = [...c, 'for _ in range(6):', '    at = c.shmat(c.shmget(0, 50 * 2**20, 0o1600), 0, 0)', '    c.memset(at, 1, 50 * 2**20)', '    c.shmdt(at)', sleeps];

/** Lines that copy the process so often; the copies go on with what follows. */
const copies = (number: number): string[] => [`for _ in range(${number}):`, '    if os.fork() == 0: break'];

/** Code that is never done, with processes that do a little each. */
const untilTooLong = `import os, time
while True:
    if os.fork() == 0:
        while time.process_time() < 0.2: pass
        os._exit(0)
    os.wait()
`;

/** All processes of the sandbox that this process has started. Throws until its answer runs. */
function processesInside(): number[] {
  const inside = startedBy(process.pid).filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'bwrap\n');
  const all = inside.map(withStarted).find((each) => each.length === 3);
  if (!all) throw new Error('there is no sandbox yet with bubblewrap, the harness and the answer');
  return all;
}

function withStarted(pid: number): number[] {
  return [pid, ...startedBy(pid).flatMap(withStarted)];
}

function startedBy(pid: number): number[] {
  const ofThread = (thread: string): string[] => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ');
  return readdirSync(`/proc/${pid}/task`).flatMap(ofThread).filter(Boolean).map(Number);
}

describe('a sandbox that is not there', () => {
  it('says what to install', async () => {
    expect(await createSandbox({ bubblewrap: 'no-such-bwrap', python }).obstacle()).toBe(
      'no-such-bwrap was not found: code of models runs in a sandbox of bubblewrap only. Install the package bubblewrap on every machine with a worker',
    );
  });

  it('says what it lacks', async () => {
    expect(await createSandbox({ bubblewrap: 'false', python }).obstacle()).toMatch(
      /^bubblewrap cannot make a sandbox here \(Command failed: false .*\)\. Allow unprivileged user namespaces, or run the worker on another machine$/,
    );
  });
});

describe.skipIf(obstacle !== null)('code in the sandbox', () => {
  it.each([
    ['asserts', 'def add(a, b): return a + b', 'assert add(1, 2) == 3\nassert add(1, 2) == 4\nassert add(0, 0) == 0', { passed: 2, of: 3 }],
    ['functions', 'x = 1', 'def test_one(): assert x == 1\ndef test_two(): assert x == 2\ndef helper(): assert False', { passed: 1, of: 2 }],
    ['calls', 'def f(): return 1', 'def check(g):\n    assert g() == 1\ncheck(f)', { passed: 1, of: 1 }],
    ['tests of code that does not start', 'import nothing_like_it', 'assert 1', { passed: 0, of: 1 }],
    ['tests of code that is none', 'def f(:', 'assert 1', { passed: 0, of: 1 }],
    ['tests of code that exits', 'import sys; sys.exit(0)', 'assert 1', { passed: 0, of: 1 }],
    ['no tests', 'x = 1', 'import math', { failure: 'no-tests' }],
    ['tests that are none', 'x = 1', 'assert (', { failure: 'broken-tests' }],
    ['tests that lack something', 'x = 1', 'import nothing_like_it\nassert x', { failure: 'broken-tests' }],
    ['code that ends the process', 'import os; os._exit(0)', 'assert 1', { failure: 'crashed' }],
    ['code that takes all its time', 'while True: pass', 'assert 1', { failure: 'timed-out' }],
    ['code that takes it with several processes', 'import os\nos.fork()\nos.fork()\nwhile True: pass', 'assert 1', { failure: 'timed-out' }],
    ['code that takes it with processes that end', untilTooLong, 'assert 1', { failure: 'timed-out' }],
    ['code that stops itself', 'import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)', 'assert 1', { failure: 'timed-out' }],
    ['code that stops what watches it', 'import os\nos.kill(os.getppid(), 19)\nwhile True: pass', 'assert 1', { failure: 'timed-out' }],
  ])('counts %s', async (_, code, tests, counted) => {
    expect(await run(code, tests, { seconds: 1 })).toEqual(counted);
  });

  it.each([
    ['writing a verdict to every descriptor', `${everywhere('{"passed":1,"of":1}')}os._exit(0)`, { failure: 'crashed' }],
    ['writing one to the descriptors of other processes', toOthers('{"passed":1,"of":1}'), { failure: 'crashed' }],
    ['replacing what a verdict is written with', 'import os\nos.write = os._exit = os.getpid = print', { passed: 0, of: 1 }],
    ['replacing what runs the tests', 'import builtins\nbuiltins.exec = builtins.compile = print', { passed: 0, of: 1 }],
    ['exiting while the tests run', 'import os, sys, threading\nthreading.Timer(0.2, os._exit, [0]).start()\nwhile True: pass', { failure: 'crashed' }],
    ['leaving a verdict for the end', `import atexit, os\n@atexit.register\ndef end():\n${indented(everywhere('{"passed":1,"of":1}'))}`, { passed: 0, of: 1 }],
    ['passing in one of two processes', 'import os\nisCopy = os.fork() == 0\nif not isCopy: os.wait()', { passed: 0, of: 1 }],
    ['closing all descriptors', 'import os\nos.closerange(0, 256)', { failure: 'crashed' }],
    ['killing all processes', 'import os, signal\nos.kill(-1, signal.SIGKILL)', { passed: 0, of: 1 }],
    ['writing what is no verdict', `${everywhere('null')}os._exit(0)`, { failure: 'crashed' }],
    ['writing more tests passed than there are', `${everywhere('{"passed":2,"of":1}')}os._exit(0)`, { failure: 'crashed' }],
    ['writing without end', `while True:\n${indented(everywhere('x'.repeat(1000)))}`, { failure: 'crashed' }],
  ])('does not pass by %s', async (_, code, verdict) => {
    expect(await run(code, "assert 'isCopy' in globals() and isCopy", { seconds: 2 })).toEqual(verdict);
  });

  it('is not blamed when its sandbox does not start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'codepmp-sandbox-'));
    const [bubblewrap, isBroken] = [join(folder, 'bwrap'), join(folder, 'broken')];
    await writeFile(bubblewrap, `#!/bin/sh\n[ -e ${isBroken} ] && exit 1\nexec bwrap "$@"\n`, { mode: 0o755 });
    const unsteady = createSandbox({ bubblewrap, python });
    const tested = { ...limits, code: 'x = 1', tests: 'assert x' };
    expect(await unsteady.run(tested, new AbortController().signal)).toEqual({ passed: 1, of: 1 });
    await writeFile(isBroken, '');
    await expect(unsteady.run(tested, new AbortController().signal)).rejects.toMatchObject({
      class: 'job-failed',
      message: 'a sandbox did not start. See whether the machine has memory and processes left',
    });
    await rm(folder, { recursive: true });
  });

  it('is ended when it sleeps beyond its time', async () => {
    expect(await run('import time\ntime.sleep(600)', 'assert 1', { seconds: 1 })).toEqual({ failure: 'timed-out' });
  });

  it('has all its time when it shares a processor with many', async () => {
    const pinned = 'import os, time\nos.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\n';
    const others = Array.from({ length: 12 }, () => spawn(python, ['-c', `${pinned}while True: pass`]));
    try {
      const code = `${pinned}while time.process_time() < 0.6: pass`;
      expect(await run(code, 'assert time.process_time() >= 0.6', { seconds: 1 })).toEqual({ passed: 1, of: 1 });
    } finally {
      for (const other of others) other.kill('SIGKILL');
    }
  });

  it('is given up without a verdict when the machine takes far too long', async () => {
    const impatient = createSandbox({ bubblewrap: 'bwrap', python, patience: 0.1 });
    const tested = { ...limits, code: 'import time\ntime.sleep(600)', tests: 'assert 1' };
    expect(await impatient.run(tested, new AbortController().signal)).toEqual({ failure: 'no-verdict' });
  });

  it('has all its time when the machine stops for longer', async () => {
    const ended = run('import time', 'assert time.sleep(0.5) is None', { seconds: 1 });
    const inside = await vi.waitFor(processesInside, { interval: 1, timeout: 10_000 });
    for (const each of inside) process.kill(each, 'SIGSTOP');
    await sleep(8000);
    for (const each of inside) process.kill(each, 'SIGCONT');
    expect(await ended).toEqual({ passed: 1, of: 1 });
  });

  it.each([0, 1, 3, 10, 30, 100])('ends with what it waits for, also %s ms after it was started', async (milliseconds) => {
    const stop = new AbortController();
    const ended = sandbox.run({ ...limits, code: 'import time\ntime.sleep(600)', tests: 'assert 1', seconds: 600 }, stop.signal);
    setTimeout(() => stop.abort(new Error('cancelled')), milliseconds);
    await expect(ended).rejects.toThrow('cancelled');
  });

  it('leaves its number to others once it has ended', async () => {
    const stop = new AbortController();
    const tested = { ...limits, code: 'x = 1', tests: 'assert x' };
    expect(await sandbox.run(tested, stop.signal)).toEqual({ passed: 1, of: 1 });
    const kill = vi.spyOn(process, 'kill');
    onTestFinished(() => kill.mockRestore());
    stop.abort();
    expect(kill).not.toHaveBeenCalled();
  });

  it.each([
    ['read files of the machine', works("open('/etc/passwd')")],
    ['read files of the worker', works(`open(${JSON.stringify(import.meta.filename)})`)],
    ['see the environment of the worker', works('import glob', "assert any('PATH=' in open(each).read() for each in glob.glob('/proc/[0-9]*/environ'))")],
    ['see other processes', works('import os', `os.kill(${process.pid}, 0)`)],
    ['write where Python is', works('import os', "open(os.path.join(os.path.dirname(os.__file__), 'x.py'), 'w')")],
    ['take more memory than it may', works('b = bytearray(2**30)')],
    ['write large files', works("open('/tmp/x', 'wb').write(bytes(2**25))")],
    ['write many files', works('for i in range(20): open(f"/tmp/{i}", "wb").write(bytes(2**24))', sleeps), { megabytes: 128 }],
    ['write many files elsewhere in memory', works('for i in range(20): open(f"/dev/shm/{i}", "wb").write(bytes(2**24))', sleeps), { megabytes: 128 }],
    ['write outside its folders', works("open('/x', 'w')")],
    ['write among devices', works("open('/dev/x', 'w')")],
    ['take more memory with several processes than it may', works('import os', ...copies(4), "b = b'x' * (6 * 2**24)", sleeps), { megabytes: 128 }],
    ['take more memory in files without a name', works('import os', 'held = [os.memfd_create("x") for _ in range(20)]', 'for each in held: os.write(each, bytes(2**24))', sleeps), { megabytes: 128 }],
    ['take more memory in segments that no process has', works(...segments), { megabytes: 128 }],
    ['take more memory in messages', works(...c, "b = b'x' * 2**13", 'for _ in range(10000):', '    to = c.msgget(0, 0o1600)', '    for _ in range(2): c.msgsnd(to, b, 2**13 - 8, 0o4000)', sleeps), { megabytes: 128 }],
    ['take more memory in empty messages', works(...c, "b = b'x' * 8", 'for _ in range(80):', '    to = c.msgget(0, 0o1600)', '    for _ in range(2**14): c.msgsnd(to, b, 0, 0o4000)', sleeps), { megabytes: 64 }],
    ['take more memory in semaphores', works(...c, 'for _ in range(100): c.semget(0, 32000, 0o1600)', sleeps), { megabytes: 128 }],
    ['hide the memory that it takes', works('import ctypes, os', 'ctypes.CDLL(None).prctl(4, 0)', ...copies(4), "b = b'x' * (6 * 2**24)", sleeps), { megabytes: 128 }],
    ['hide it in namespaces of its own', works(...c, 'import os, sys', 'if os.fork() == 0:', '    c.unshare(0x18000000)', `    os.execv(sys.executable, [sys.executable, '-c', ${JSON.stringify(segments.join('\n'))}])`, 'os.wait()'), { megabytes: 128 }],
    ['start very many processes', works('import os', ...copies(100), sleeps)],
    ['start very many threads', works('import threading as t, time', 't.stack_size(2**16)', 'for _ in range(100): t.Thread(target=time.sleep, args=[2]).start()', sleeps)],
  ])('cannot %s', async (_, code, less?: { megabytes: number }) => {
    expect(await run(code, 'assert works()', less)).toEqual(expect.not.objectContaining({ passed: 1 }));
  });

  it('may have a few processes that share what they do not change', async () => {
    const shared = works('import os, time', "b = b'x' * 2**26", ...copies(10), 'time.sleep(1)');
    expect(await run(shared, 'assert works()', { megabytes: 256 })).toEqual({ passed: 1, of: 1 });
  });

  it('cannot reach a server of this machine, which is there', async () => {
    await using server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connects = works('import socket', `socket.create_connection(('127.0.0.1', ${port}), 1)`);
    expect(execFileSync(python, ['-c', `${connects}\nprint(works())`]).toString()).toBe('True\n');
    expect(await run(connects)).toEqual({ passed: 0, of: 1 });
  });

  it.each([
    ['compute, import what Python has, and write small files', ['import json, math, dataclasses', "open('/tmp/x', 'w').write(json.dumps(math.pi))"]],
    ['have a segment of shared memory, and a message', [...c, 'at = c.shmat(c.shmget(0, 2**20, 0o1600), 0, 0)', 'c.memset(at, 1, 2**20)', "c.msgsnd(c.msgget(0, 0o1600), b'x' * 16, 8, 0)", '__import__("time").sleep(1)']],
    ['have a pool of processes', ['import multiprocessing', "assert multiprocessing.get_context('fork').Pool(2).map(abs, [-1]) == [1]"]],
  ])('can %s', async (_, lines) => {
    expect(await run(works(...lines))).toEqual({ passed: 1, of: 1 });
  });

  it.skipIf(folder === '')('tells right from wrong solutions of HumanEvalPack', async () => {
    const lines = readFileSync(join(folder, 'humanevalpack-python-164.jsonl'), 'utf8').trim().split('\n');
    const tasks = lines.filter((_, at) => at % 8 === 0).map((line) => JSON.parse(line) as { [column: string]: string });
    const outcomes = await Promise.all(
      tasks.flatMap(({ prompt, canonical_solution, buggy_solution, test = '' }) => [
        run(`${prompt}${canonical_solution}`, test),
        run(`${prompt}${buggy_solution}`, test),
      ]),
    );
    const passes = outcomes.map((outcome) => 'passed' in outcome && outcome.passed === outcome.of);
    expect(passes).toEqual(tasks.flatMap(() => [true, false]));
  });
});
