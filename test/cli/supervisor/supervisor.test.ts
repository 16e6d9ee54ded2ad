import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { devPaths, joinServices, leftState, readState, runningState, stopServices } from '../../../cli/supervisor/index.ts';
import { carries, findProcesses, startOf } from '../../../adapters/launchers/processes.ts';
import { freePort } from '../../../cli/supervisor/ports.ts';
import { checkout, fixtures, servicesRig, until } from './services-rig.ts';

/** A client of a server that is closed with its scope. */
async function openTo(address: string) {
  const connection = await Connection.connect({ address });
  return { workflow: new Client({ connection }).workflow, [Symbol.asyncDispose]: () => connection.close() };
}

async function isOpen({ workflow }: Awaited<ReturnType<typeof openTo>>): Promise<boolean> {
  return (await workflow.count("WorkflowType = 'pipeline' AND ExecutionStatus = 'Running'")).count > 0;
}

describe('embedded services', () => {
  it('are shared by commands that start at once in one folder', async () => {
    await using rig = await servicesRig();
    const states = await Promise.all([rig.join(), rig.join(), rig.join()]);
    expect(new Set(states.map(({ pid, server, worker, address }) => `${pid} ${server} ${worker} ${address}`)).size).toBe(1);
    expect(await rig.starts()).toHaveLength(1);
    const owned = new Set(states.flatMap(({ server, worker }) => [server, worker]));
    expect(new Set(findProcesses(carries({ CODEPMP_DEV: rig.store }), { descendants: false }))).toEqual(owned);
  });

  it('come back on the same port when the server is killed', async () => {
    await using rig = await servicesRig();
    const before = await rig.join();
    process.kill(before.server ?? 0, 'SIGKILL');
    const after = await until('the server is back', () => {
      const state = readState(rig.store);
      return state?.server && state.server !== before.server ? state : null;
    });
    expect(after.address).toBe(before.address);
    const connection = await until('it answers', () => Connection.connect({ address: after.address }).catch(() => null));
    await connection.close();
  });

  it('start the worker again when it is killed', async () => {
    await using rig = await servicesRig();
    const before = await rig.join();
    process.kill(before.worker ?? 0, 'SIGKILL');
    await until('a second worker', async () => (await rig.starts()).length === 2);
    const after = await until('it is ready', () => {
      const state = readState(rig.store);
      return state?.config ? state : null;
    });
    expect(after).toMatchObject({ pid: before.pid, server: before.server, restarts: { server: 0, worker: 1 } });
  });

  it('are known while they go on without their supervisor, and are taken over by the next command', async () => {
    await using rig = await servicesRig();
    const before = await rig.join();
    process.kill(before.pid, 'SIGKILL');
    await until('it is gone', () => startOf(before.pid) === null);
    expect([runningState(rig.store), leftState(rig.store)]).toMatchObject([null, { server: before.server, worker: before.worker }]);
    const { stdout, stderr } = await execa(join(checkout, 'codepmp'), ['dev', 'status'], { env: { CODEPMP_STORE: rig.store } });
    for (const pid of [before.server, before.worker]) expect(stdout).toContain(`process ${pid}`);
    expect([stdout, stderr]).toEqual([expect.stringContaining('has ended, but what it'), expect.stringContaining('codepmp dev stop')]);
    const after = await rig.join();
    expect(after.pid).not.toBe(before.pid);
    expect(after.address).toBe(before.address);
    expect([before.server, before.worker].map((pid) => startOf(pid ?? 0))).toEqual([null, null]);
    expect(leftState(rig.store)).toBeNull();
  });

  it('go on while neither their state nor a log can be written', async () => {
    await using rig = await servicesRig();
    const before = await rig.join();
    const { folder, state, logs } = devPaths(rig.store);
    const log = join(logs, 'worker.log');
    for (const path of [state, log]) await rm(path).then(() => mkdir(path));
    process.kill(before.worker ?? 0, 'SIGKILL');
    await until('it is said', async () => (await readFile(join(logs, 'supervisor.log'), 'utf8')).includes('the worker does not run: EISDIR'));
    await rm(log, { recursive: true });
    await until('a second worker', async () => (await rig.starts()).length === 2);
    await until('no part of a state is left', async () => !(await readdir(folder)).some((name) => name.startsWith('dev.json.')));
    expect((await stat(state)).isDirectory()).toBe(true);
    await rm(state, { recursive: true });
    const after = await until('the state is there again', () => runningState(rig.store));
    expect(after).toMatchObject({ pid: before.pid, server: before.server, state: 'ready' });
    expect(after.worker).toBe((await rig.starts())[1]?.pid);
  });

  it('start the worker again when the folder of logs is gone', async () => {
    await using rig = await servicesRig();
    const before = await rig.join();
    const { logs } = devPaths(rig.store);
    await rm(logs, { recursive: true });
    process.kill(before.worker ?? 0, 'SIGKILL');
    await until('a second worker', async () => (await rig.starts()).length === 2);
    expect(await readdir(logs)).toContain('worker.log');
  });

  it('start the worker again for a command that has work done when the configuration has changed', async () => {
    await using rig = await servicesRig();
    const config = join(rig.folder, 'codepmp.config.yaml');
    await writeFile(config, 'codepmp_config: 1\n');
    const before = await rig.join(config, {}, []);
    await rig.join(config, {}, []);
    await writeFile(config, 'codepmp_config: 1\nstore: .codepmp\n');
    const watching = await rig.join(config);
    expect(watching).toMatchObject({ pid: before.pid, worker: before.worker });
    expect(await rig.starts()).toHaveLength(1);
    const after = await rig.join(config, {}, []);
    expect(after).toMatchObject({ pid: before.pid, server: before.server });
    expect(await rig.starts()).toMatchObject([{ config }, { config }]);
  });

  it('keep the configuration they were last started with for commands that have none and begin no run', async () => {
    await using rig = await servicesRig();
    const config = join(rig.folder, 'a.config.yaml');
    await writeFile(config, 'codepmp_config: 1\n');
    await rig.join(config, {}, []);
    await stopServices(rig.store);
    await rig.join(null);
    await rig.join(null, { MY_KEY: 'one' }, ['MY_KEY'], false);
    await stopServices(rig.store);
    await rig.join(null, { MY_KEY: 'one' }, ['MY_KEY'], false);
    expect(await rig.starts()).toMatchObject([{ config }, { config }, { config, key: 'one' }, { config, key: 'one' }]);
    await rm(config);
    await stopServices(rig.store);
    await rig.join(null);
    expect((await rig.starts()).at(-1)).toMatchObject({ config: '' });
  });

  it('take no other configuration for a new run while a run goes on', async () => {
    await using rig = await servicesRig();
    const [first, second] = ['a', 'b'].map((name) => join(rig.folder, `${name}.config.yaml`)) as [string, string];
    for (const config of [first, second]) await writeFile(config, 'codepmp_config: 1\n');
    const { address, worker } = await rig.join(first, {}, []);
    await using begun = await openTo(address);
    await begun.workflow.start('pipeline', { taskQueue: 'codepmp', workflowId: 'run-of-a' });
    await until('the run is listed', () => isOpen(begun));
    const refused = (config: string | null) => rig.join(config, {}, []).catch((error: Error) => error.message);
    for (const config of [second, null]) {
      const said = await refused(config);
      expect(said).toContain(`run-of-a has not ended, and the worker of ${rig.store} uses ${first} for it, not ${config ?? 'none'}`);
      expect(said).toContain('codepmp cancel run-of-a');
    }
    expect(readState(rig.store)).toMatchObject({ worker });
    await stopServices(rig.store);
    expect(await refused(second)).toContain('run-of-a has not ended');
    const again = await rig.join(first, {}, []);
    expect((await rig.starts()).map(({ config }) => config)).toEqual([first, first]);
    await using ending = await openTo(again.address);
    await ending.workflow.getHandle('run-of-a').terminate();
    await until('the run is over', async () => !(await isOpen(ending)));
    await rig.join(second, {}, []);
    expect((await rig.starts()).at(-1)).toMatchObject({ config: second });
  });

  it('take no configuration for a new run while one goes on that began without any, also when they have been stopped since', async () => {
    await using rig = await servicesRig();
    const config = join(rig.folder, 'b.config.yaml');
    await writeFile(config, 'codepmp_config: 1\n');
    const { address } = await rig.join(null, {}, []);
    await using begun = await openTo(address);
    await begun.workflow.start('pipeline', { taskQueue: 'codepmp', workflowId: 'run-without' });
    await until('the run is listed', () => isOpen(begun));
    await stopServices(rig.store);
    const said = await rig.join(config, {}, []).catch((error: Error) => error.message);
    expect(said).toContain(`run-without has not ended, and the worker of ${rig.store} uses no configuration for it, not ${config}`);
    expect((await rig.starts()).map((start) => start.config)).toEqual(['', '']);
  });

  it('take in the foreground the configuration that they are given, unless a run goes on with another', async () => {
    await using rig = await servicesRig();
    const [first, second] = ['a', 'b'].map((name) => join(rig.folder, `${name}.config.yaml`)) as [string, string];
    for (const config of [first, second]) await writeFile(config, 'codepmp_config: 1\n');
    await rig.join(first, {}, []);
    await stopServices(rig.store);
    await copyFile(join(checkout, 'package.json'), join(rig.home, 'package.json'));
    const serve = async (config: string) => {
      const ports = ['--port', `${await freePort()}`, '--ui-port', `${await freePort()}`];
      const env = { CODEPMP_HOME: rig.home };
      const argv = [join(checkout, 'cli', 'main.ts'), 'dev', '--config', config, ...ports];
      return execa(process.execPath, argv, { cwd: rig.folder, env, reject: false });
    };
    const serving = serve(second);
    const { address, pid } = await until('they are ready', () => (readState(rig.store)?.state === 'ready' ? readState(rig.store) : null));
    expect((await rig.starts()).map(({ config }) => config)).toEqual([first, second]);
    await using begun = await openTo(address);
    await begun.workflow.start('pipeline', { taskQueue: 'codepmp', workflowId: 'run-of-b' });
    await until('the run is listed', () => isOpen(begun));
    process.kill(pid, 'SIGTERM');
    await serving;
    const { exitCode, stderr } = await serve(first);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`run-of-b has not ended, and the worker of ${rig.store} uses ${second} for it, not ${first}`);
    expect(await rig.starts()).toHaveLength(2);
  });

  it('give the worker the key of the command that has work done, and forget none', async () => {
    await using rig = await servicesRig();
    const keysOf = async () => (await rig.starts()).map(({ key }) => key);
    const first = await rig.join(null, { MY_KEY: 'one' }, ['MY_KEY']);
    await rig.join(null, { MY_KEY: 'one' }, ['MY_KEY']);
    await rig.join(null, {}, ['MY_KEY']);
    await rig.join(null, { MY_KEY: 'of a command that watches' });
    expect(await keysOf()).toEqual(['one']);
    const rotated = await rig.join(null, { MY_KEY: "two = 'words'" }, ['MY_KEY', 'OTHER']);
    expect(await keysOf()).toEqual(['one', "two = 'words'"]);
    expect(rotated).toMatchObject({ pid: first.pid, server: first.server });
    process.kill(rotated.worker ?? 0, 'SIGKILL');
    await until('a third worker', async () => (await keysOf()).length === 3);
    expect(await keysOf()).toEqual(['one', "two = 'words'", "two = 'words'"]);
    expect(await readFile(join(rig.store, 'dev', 'dev.json'), 'utf8')).not.toContain('two');
  });

  it('take a key that was missing when they were started', async () => {
    await using rig = await servicesRig();
    await rig.join(null, {}, ['MY_KEY']);
    await Promise.all([rig.join(null, { MY_KEY: 'a' }, ['MY_KEY']), rig.join(null, { MY_KEY: 'b' }, ['MY_KEY'])]);
    expect((await rig.starts()).map(({ key }) => key)).toEqual(expect.arrayContaining([undefined, 'a', 'b']));
  });

  it('are the same for every folder that a command is given in', async () => {
    await using rig = await servicesRig();
    const { worker } = await rig.join();
    const options = {
      store: rig.store,
      home: rig.home,
      wanted: { folder: join(rig.folder, 'elsewhere'), config: null, variables: [], asker: null },
    };
    expect(await joinServices(options)).toMatchObject({ worker });
    expect(await rig.starts()).toHaveLength(1);
  });

  it('start the worker again when the folder that a command was given in is gone', async () => {
    await using rig = await servicesRig();
    const folder = join(rig.folder, 'gone');
    await mkdir(folder);
    const { store, home } = rig;
    const { worker } = await joinServices({ store, home, wanted: { folder, config: null, variables: [], asker: null } });
    await rm(folder, { recursive: true });
    process.kill(worker ?? 0, 'SIGKILL');
    await until('a second worker', async () => (await rig.starts()).length === 2);
  });

  it('say why the worker cannot be started, and take another configuration when theirs is gone', async () => {
    await using rig = await servicesRig();
    const config = join(rig.folder, 'a.config.yaml');
    await writeFile(config, 'codepmp_config: 1\n');
    const before = await rig.join(config, {}, []);
    await rm(config);
    process.kill(before.worker ?? 0, 'SIGKILL');
    const log = join(devPaths(rig.store).logs, 'worker.log');
    await until('it is said', async () => (await readFile(log, 'utf8')).includes(`the worker does not run: ENOENT: no such file or directory, open '${config}'`));
    expect(await rig.join(null)).toMatchObject({ pid: before.pid, server: before.server });
    expect((await rig.starts()).at(-1)).toMatchObject({ config: '' });
  });

  it('leave no process when they are stopped, launched programs included', async () => {
    await using rig = await servicesRig();
    const { pid, server, worker } = await rig.join();
    const folder = join(rig.store, 'jobs', 'a', '1');
    await mkdir(folder, { recursive: true });
    const env = { PATH: process.env['PATH'] ?? '', CODEPMP_JOB: 'a/1', CODEPMP_JOB_FOLDER: folder };
    spawn('sh', [join(fixtures, 'sleeper.sh')], { env, detached: true, stdio: 'ignore' }).unref();
    const jobs = await until('both programs run', () => {
      const found = findProcesses(carries({ CODEPMP_JOB_FOLDER: folder }), { descendants: true });
      return found.length === 2 ? found : null;
    });
    await stopServices(rig.store);
    expect([pid, server, worker, ...jobs].map((each) => startOf(each ?? 0))).toEqual([null, null, null, null, null]);
    expect(readState(rig.store)).toBeNull();
  });

  it('stop by themselves when no workflow is open and no command uses them, behind a proxy as well', async () => {
    await using rig = await servicesRig();
    const proxies = Object.fromEntries(['http_proxy', 'https_proxy', 'grpc_proxy'].map((name) => [name, 'http://127.0.0.1:9']));
    const { pid, server, worker } = await rig.join(null, { CODEPMP_IDLE_SECONDS: '2', ...proxies });
    await until('all have ended', () => [pid, server, worker].every((each) => startOf(each ?? 0) === null), 60);
    expect(readState(rig.store)).toBeNull();
    expect((await rig.join()).pid).not.toBe(pid);
  });

  it('say what a worker that does not start has written', async () => {
    await using rig = await servicesRig('failing-worker.ts');
    const failure = await rig.join().catch((error: Error) => error);
    expect(String(failure)).toContain('the worker ended 3 times before it was ready');
    expect(String(failure)).toContain('no weights to be found');
    await until('nothing is left', () => findProcesses(carries({ CODEPMP_DEV: rig.store }), { descendants: false }).length === 0);
  });
});
