import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openAttempt } from '../../../adapters/endpoints/replicas/attempt.ts';
import { startReplicas, type Replicas, type ReplicasOptions } from '../../../adapters/endpoints/replicas/replicas.ts';
import { createModelServers } from '../../../adapters/endpoints/servers.ts';
import { sourceAddress } from '../../../adapters/launchers/devices.ts';
import { findProcesses } from '../../../adapters/launchers/processes.ts';
import type { ServedEndpoint } from '../../../ports/configuration.ts';
import type { Launcher } from '../../../ports/launcher.ts';
import { endpointDefaults } from '../../../schemas/index.ts';
import { describeReplicas } from '../../contracts/replicas-contract.ts';
import { canDivide, onHost } from '../../hosts.ts';
import { startListener, withdraw } from '../launchers/listeners.ts';
import { openLauncher } from '../launchers/rig.ts';
import { ask } from './rig.ts';

const ownAddress = await sourceAddress('192.0.2.1');
const patience = { timeout: 30_000 };
const holdServers = join(import.meta.dirname, 'fixtures/hold-servers.ts');
const tinyServer = [process.execPath, join(import.meta.dirname, 'fixtures/tiny-server.ts'), '{host}', '{port}'];

describeReplicas('a pool of agents', { rigOf: (root) => ({ root }) });

describe('model servers on a pool', () => {
  let place: string;
  let launcher: Launcher;
  const held: Replicas[] = [];
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'codepmp-replicas-'));
    launcher = await openLauncher({ root: join(place, 'store') });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await Promise.all(held.splice(0).map((replicas) => replicas.stop()));
    await vi.waitUntil(() => processes().length === 0, patience);
    await rm(place, { recursive: true, force: true });
  });

  const processes = (): number[] =>
    findProcesses((variables) => variables.some((each) => each.startsWith(`CODEPMP_JOB_FOLDER=${place}`)), { descendants: false });

  const endpointWith = (change: Partial<ServedEndpoint['serve']> = {}): ServedEndpoint => {
    const serve = { weights: '/weights', threads: 1, slots: 1, context: 64, pool: 'nodes', command: tinyServer, ...change };
    return { serve, model: 'tiny', identity: null, ...endpointDefaults };
  };

  /** Servers that a worker holds, and the addresses that it was told. */
  function hold(change: Partial<ServedEndpoint['serve']> = {}, options: Partial<ReplicasOptions> = {}) {
    const endpoint = endpointWith(change);
    const told: { urls: string[]; ended: Error | null; warned: string[] } = { urls: [], ended: null, warned: [] };
    const replicas = startReplicas({
      name: 'strong',
      endpoint,
      launcher,
      python: 'python3',
      onServers: (urls) => (told.urls = urls),
      onEnd: (error) => (told.ended = error),
      warn: (line) => told.warned.push(line),
      ...options,
    });
    held.push(replicas);
    return { replicas, urls: () => told.urls, ended: () => told.ended, warned: () => told.warned };
  }

  /** The process id of the server at a URL. */
  const pidAt = async (url = ''): Promise<number> => {
    const { choices } = (await (await fetch(`${url}/chat/completions`, { method: 'POST' })).json()) as { choices: { message: { content: string } }[] };
    return Number(choices[0]?.message.content);
  };

  it('are started again when they die, and when they do not answer any more', async () => {
    const { urls } = hold({}, { hungAfterMs: 1500 });
    await expect.poll(urls).toHaveLength(1);
    const first = await pidAt(urls()[0]);
    process.kill(first, 'SIGKILL');
    await expect.poll(() => pidAt(urls()[0]).catch(() => first)).not.toBe(first);
    const second = await pidAt(urls()[0]);
    await fetch(new URL('/hang', urls()[0]));
    await expect.poll(() => pidAt(urls()[0]).catch(() => second)).not.toBe(second);
    expect(globSync(join(place, 'store/jobs/*/*/server.json'))).toHaveLength(1);
  });

  it('are shared by all workers that hold them, and end with the last one', async () => {
    const [one, other] = [hold(), hold()];
    await expect.poll(() => [...one.urls(), ...other.urls()]).toHaveLength(2);
    expect(await pidAt(one.urls()[0])).toBe(await pidAt(other.urls()[0]));
    await one.replicas.stop();
    expect(await pidAt(other.urls()[0])).toBeGreaterThan(0);
    await other.replicas.stop();
    expect(processes()).toEqual([]);
  });

  it.skipIf(!canDivide)('of a worker on another machine are its own, where they run on the machine of their worker', async () => {
    const { urls } = hold();
    await expect.poll(urls).toHaveLength(1);
    const settings = JSON.stringify({ rig: { root: join(place, 'store') }, endpoint: endpointWith() });
    const other = onHost('other', [process.execPath, holdServers, settings]);
    onTestFinished(() => void other.kill('SIGKILL'));
    const [line] = (await once(other.stdout, 'data')) as [Buffer];
    other.kill('SIGKILL');
    expect(line.toString().trim()).toMatch(/^http:/);
    expect(line.toString().trim()).not.toBe(urls()[0]);
  });

  it('end by themselves when no worker has been heard of for the time of a lease', async () => {
    const request = { argv: tinyServer, leaseMs: 1500, startWithinMs: 1000, hungAfterMs: 1000 };
    const attempt = await openAttempt(launcher, { job: 'servers-x-0', request });
    await attempt.hold();
    await expect.poll(() => globSync(join(attempt.folder, 'server.json'))).toHaveLength(1);
    await expect.poll(processes).toEqual([]);
  });

  it('get no more requests once their node will be taken away, and may finish those that they have', async () => {
    const { urls } = hold({ command: [...tinyServer, '1500'] });
    await expect.poll(urls).toHaveLength(1);
    const answer = pidAt(urls()[0]);
    const [folder = ''] = globSync(join(place, 'store/jobs/*/1'));
    process.kill(Number(readFileSync(join(folder, 'child'), 'utf8')), 'SIGTERM');
    await expect.poll(urls).toEqual([]);
    expect(await answer).toBeGreaterThan(0);
  });

  it('are started again as long as another one is there, however often that has failed', async () => {
    const once = `mkdir ${place}/first 2>/dev/null`;
    const late = `echo >> ${place}/starts; [ $(wc -l < ${place}/starts) -gt 4 ] || { echo no room >&2; exit 3; }`;
    const { urls, warned } = hold({ command: ['/bin/sh', '-c', `${once} || { ${late}; }; exec "$@"`, 'sh', ...tinyServer], replicas: 2 });
    await expect.poll(warned).toHaveLength(1);
    expect(warned()[0]).toMatch(
      /^endpoint strong: model server [12] of 2 on the pool nodes does not start, and is tried again: .+\nno room\nno room$/,
    );
    await expect.poll(urls).toHaveLength(2);
  });

  it('are submitted again when that has failed once', async () => {
    let isRefused = false;
    const submit: Launcher['submit'] = async (request) => {
      if (isRefused) return launcher.submit(request);
      isRefused = true;
      throw new Error('sbatch: the limit of jobs is reached');
    };
    const { urls, replicas } = hold({}, { launcher: { ...launcher, submit } });
    await expect.poll(replicas.waiting).toBe('is not there and is tried again: sbatch: the limit of jobs is reached');
    await expect.poll(urls).toHaveLength(1);
  });

  it('say what is seen of them until they are well', async () => {
    const script = `require('node:http').createServer((_, reply) => reply.writeHead(404).end()).listen(Number(process.argv[2]), process.argv[1])`;
    const { replicas } = hold({ command: [process.execPath, '-e', script, '{host}', '{port}'] });
    await expect.poll(replicas.waiting).toMatch(/^is starting \(http:\S+\/health answers with 404; its logs: .+\/1\)$/);
  });

  it('are killed when they have not said in time that they are well, and it is said what was seen of them', async () => {
    const { ended } = hold({ command: ['/bin/sh', '-c', 'exec sleep 600', '{port}'] }, { startWithinMs: 500 });
    await expect.poll(ended).toMatchObject({ class: 'unavailable' });
    expect(ended()?.message).toMatch(
      /it ended before it answered; its logs: .+\nhttp:\S+\/health does not answer, for 0\.5 s now, so the server is killed\n/,
    );
  });

  it.skipIf(ownAddress === null)('are asked without a proxy, whatever their address is', async () => {
    vi.stubEnv('http_proxy', 'http://127.0.0.1:1');
    const root = join(place, 'store');
    const listener = startListener(root, { node: 'n1', address: ownAddress ?? '' });
    onTestFinished(() => withdraw(listener));
    const onNodes = await openLauncher({ root, agents: { fenceMs: 3000 } });
    const servers = createModelServers({ endpoints: { strong: endpointWith() }, python: 'python3', logs: place, launcherOf: () => onNodes });
    onTestFinished(() => servers.stop());
    const { client, release } = await servers.acquire('strong');
    expect((await client.complete(ask())).text).toMatch(/^\d+$/);
    release();
    await servers.stop();
  });

  it('say why none of them starts', async () => {
    const { ended, replicas } = hold({ command: ['/bin/sh', '-c', 'echo no room for {weights} >&2; exit 3', '{port}'], replicas: 2 });
    await expect.poll(ended).toMatchObject({ class: 'unavailable' });
    expect(ended()?.message).toMatch(
      /^endpoint strong: all 2 model servers on the pool nodes failed to start: it ended before it answered; its logs: .+\nno room for \/weights\nno room for \/weights$/,
    );
    expect(replicas.isAlive()).toBe(false);
  });
});
