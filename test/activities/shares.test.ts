import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { followEndpointLimits } from '../../activities/endpoint-limits.ts';
import { createProcesses, openFileStore } from '../../adapters/index.ts';
import { processName } from '../../adapters/launchers/process-name.ts';
import type { Store } from '../../ports/store.ts';
import { noteEndpointLimit } from '../../records/endpoint-limit.ts';
import { noteShares, readShares } from '../../records/worker-shares.ts';
import { endpointDefaults } from '../../schemas/index.ts';
import { bucketRig } from '../contracts/bucket-rig.ts';

/** A store that workers share, as a worker opens it, and milliseconds between two looks into it. */
interface SharedStore {
  open: () => Promise<Store>;
  lookEvery: number;
}

/** Requests in flight at most of the endpoint that all workers here ask. */
const most = 8;

const until = (condition: () => boolean | Promise<boolean>) => expect.poll(condition, { interval: 5 }).toBe(true);

describe('workers that ask one endpoint, with a store in a folder', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'codepmp-shares-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  const shared = { open: () => openFileStore({ root }), lookEvery: 100 };
  describeSharing(shared);

  it('ask no more while they cannot note that they do', async () => {
    const cut = await startAsking(shared);
    cut.want(1000);
    await until(() => cut.share.now() === most);
    await rename(join(root, 'tmp'), join(root, 'away'));
    await until(() => cut.share.now() === 0);
  });
});

describe('workers that ask one endpoint, with a store in a bucket', () => {
  const rig = bucketRig();
  describeSharing({ open: () => rig.openAt(randomUUID()), lookEvery: 250 });
});

function describeSharing(shared: SharedStore): void {
  const worker = () => startAsking(shared);
  /** One that looks so seldom that nobody counts as gone before its first request. */
  const calmWorker = () => startAsking({ ...shared, lookEvery: 10_000 });
  let store: Store;
  beforeEach(async () => {
    together = { now: 0, most: 0 };
    store = await shared.open();
  });

  it('never have more requests in flight together than it may have, and part them equally', async () => {
    const all = await Promise.all([worker(), worker(), worker()]);
    for (const each of all) each.want(1000);
    await until(() => all.map(({ share }) => share.now()).toSorted().join() === '2,3,3');
    await until(() => all.every(({ made }) => made.waiting < 950));
    expect(together.most).toBe(most);
  });

  it('make room for one that comes later, which waits until they have', async () => {
    const [first, second] = [await worker(), await worker()];
    first.want(1000);
    await until(() => first.made.inFlight === most);
    second.want(1000);
    await until(() => second.made.inFlight === most / 2);
    expect(first.made.inFlight).toBeLessThanOrEqual(most / 2);
    expect(together.most).toBe(most);
  });

  it('take what one has left that has no more requests, and one that ends', async () => {
    const [idle, ended, last] = [await worker(), await worker(), await worker()];
    idle.want(20);
    ended.want(1000);
    last.want(1000);
    await until(() => ended.share.now() === most / 2 && last.share.now() === most / 2);
    ended.made.waiting = 0;
    await until(() => ended.made.inFlight === 0);
    await ended.close();
    await until(() => last.share.now() === most);
    expect(await readShares(store)).toHaveProperty('size', 1);
    expect(together.most).toBe(most);
  });

  it('leave at first what one had that says nothing more', async () => {
    await noteShares(store, 'killed', { beat: 7, claims: { server: 5 } });
    const heir = await calmWorker();
    heir.want(1000);
    await until(() => heir.made.inFlight > 0);
    expect([heir.granted[0], together.most]).toEqual([most - 5, most - 5]);
  });

  it('take what one had that says nothing more, after a while', async () => {
    await noteShares(store, 'killed', { beat: 7, claims: { server: 5 } });
    const heir = await worker();
    heir.want(1000);
    await until(() => heir.share.now() === most);
    await until(async () => !(await readShares(store)).has('killed'));
  });

  it('take at once what one had whose process has ended on this machine', async () => {
    const process = spawn('sleep', ['600']);
    const killed = processName(process.pid ?? 0);
    process.kill('SIGKILL');
    await once(process, 'exit');
    await noteShares(store, killed, { beat: 7, claims: { server: 5 } });
    await noteShares(store, 'elsewhere', { beat: 7, claims: { server: 2 } });
    const heir = await calmWorker();
    heir.want(1000);
    await until(() => heir.granted.length > 0);
    expect(heir.granted[0]).toBe(most / 2);
    expect([...(await readShares(store)).keys()]).not.toContain(killed);
  });

  it('leave what one has whose process lives', async () => {
    const process = spawn('sleep', ['600']);
    onTestFinished(() => void process.kill('SIGKILL'));
    await noteShares(store, processName(process.pid ?? 0), { beat: 7, claims: { server: 5 } });
    const second = await calmWorker();
    second.want(1000);
    await until(() => second.granted.length > 0);
    expect(second.granted[0]).toBe(most - 5);
  });

  it('follow a number that is changed', async () => {
    const [first, second] = [await worker(), await worker()];
    const shares = () => first.share.now() + second.share.now();
    for (const each of [first, second]) each.want(1000);
    await until(() => shares() === most);
    await noteEndpointLimit(store, 'fast', { concurrency: 3, declared: most });
    await until(() => shares() === 3);
    await noteEndpointLimit(store, 'fast', { concurrency: 20, declared: most });
    await until(() => first.share.now() === 10 && second.share.now() === 10);
  });
}

/** Requests in flight of all workers of a test. */
let together: { now: number; most: number };

/** A worker that asks an endpoint as much as it may while it wants to: each request takes a few looks. */
async function startAsking({ open, lookEvery }: SharedStore) {
  const endpoints = { fast: { url: 'http://127.0.0.1:1/v1', model: 'm', identity: null, ...endpointDefaults, concurrency: most } };
  const processes = { ...createProcesses(), own: randomUUID() };
  const limits = followEndpointLimits({ store: await open(), endpoints, processes, warn: () => undefined, lookEvery });
  const made = { inFlight: 0, waiting: 0 };
  /** What it might have in flight, each time that there was something. */
  const granted: number[] = [];
  const all = together;
  const count = (change: 1 | -1): void => {
    made.inFlight += change;
    all.now += change;
    all.most = Math.max(all.most, all.now);
  };
  const ask = (): void => {
    if (share.now() > 0) granted.push(share.now());
    while (made.waiting > 0 && made.inFlight < share.now()) {
      made.waiting -= 1;
      count(1);
      void sleep(lookEvery * (1 + 2 * Math.random())).then(() => {
        count(-1);
        ask();
      });
    }
  };
  const share = limits.shareOf({ id: 'server', endpoints: ['fast'], load: () => made, onMore: ask });
  onTestFinished(() => limits.close());
  return {
    made,
    granted,
    share,
    close: limits.close,
    want(requests: number): void {
      made.waiting = requests;
      share.want();
    },
  };
}
