import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { followEndpointLimits } from '../../activities/endpoint-limits.ts';
import { openFileStore } from '../../adapters/index.ts';
import type { Store } from '../../ports/store.ts';
import { noteEndpointLimit } from '../../records/endpoint-limit.ts';
import { noteShares, readShares } from '../../records/worker-shares.ts';
import { endpointDefaults } from '../../schemas/index.ts';

let root: string;
let store: Store;
/** Requests in flight of all workers. */
let together: { now: number; most: number };
beforeEach(async () => {
  together = { now: 0, most: 0 };
  root = await mkdtemp(join(tmpdir(), 'codepmp-shares-'));
  store = await openFileStore({ root });
});
afterEach(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));

const lookEvery = 100;

/** Requests in flight at most of the endpoint that all workers here ask. */
const most = 8;

/** A worker that asks an endpoint as much as it may while it wants to: each request takes a few looks. */
function worker() {
  const endpoints = { fast: { url: 'http://127.0.0.1:1/v1', model: 'm', identity: null, ...endpointDefaults, concurrency: most } };
  const limits = followEndpointLimits({ store, endpoints, warn: () => undefined, lookEvery });
  const made = { inFlight: 0, waiting: 0 };
  const all = together;
  const count = (change: 1 | -1): void => {
    made.inFlight += change;
    all.now += change;
    all.most = Math.max(all.most, all.now);
  };
  const ask = (): void => {
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
    share,
    close: limits.close,
    want(requests: number): void {
      made.waiting = requests;
      share.want();
    },
  };
}

const until = (condition: () => boolean) => expect.poll(condition, { timeout: 20_000, interval: 5 }).toBe(true);

describe('workers that ask one endpoint', () => {
  it('never have more requests in flight together than it may have, and part them equally', async () => {
    const all = Array.from({ length: 3 }, () => worker());
    for (const each of all) each.want(1000);
    await until(() => all.map(({ share }) => share.now()).toSorted().join() === '2,3,3');
    await until(() => all.every(({ made }) => made.waiting < 900));
    expect(together.most).toBe(most);
  });

  it('make room for one that comes later, which waits until they have', async () => {
    const [first, second] = [worker(), worker()];
    first.want(1000);
    await until(() => first.made.inFlight === most);
    second.want(1000);
    await until(() => second.made.inFlight === most / 2);
    expect(first.made.inFlight).toBeLessThanOrEqual(most / 2);
    expect(together.most).toBe(most);
  });

  it('take what one has left that has no more requests, and one that ends', async () => {
    const [idle, ended, last] = [worker(), worker(), worker()];
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

  it('take what one had that says nothing more, after a while', async () => {
    await noteShares(store, 'killed', { beat: 7, claims: { server: 5 } });
    const heir = worker();
    heir.want(1000);
    await until(() => heir.made.inFlight > 0);
    expect(together.most).toBe(most - 5);
    await until(() => heir.share.now() === most);
    await expect.poll(async () => [...(await readShares(store)).keys()]).not.toContain('killed');
  });

  it('ask no more while they cannot note that they do', async () => {
    const cut = worker();
    cut.want(1000);
    await until(() => cut.share.now() === most);
    await rename(join(root, 'tmp'), join(root, 'away'));
    await until(() => cut.share.now() === 0);
  });

  it('follow a number that is changed', async () => {
    const [first, second] = [worker(), worker()];
    const shares = () => first.share.now() + second.share.now();
    for (const each of [first, second]) each.want(1000);
    await until(() => shares() === most);
    await noteEndpointLimit(store, 'fast', { concurrency: 3, declared: most });
    await until(() => shares() === 3);
    await noteEndpointLimit(store, 'fast', { concurrency: 20, declared: most });
    await until(() => first.share.now() === 10 && second.share.now() === 10);
  });
});
