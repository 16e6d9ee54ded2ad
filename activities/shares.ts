import { randomUUID } from 'node:crypto';
import type { Share, SharedLimit } from '../ports/endpoint.ts';
import type { Store } from '../ports/store.ts';
import { forgetShares, noteShares, readShares, type WorkerShares } from '../records/worker-shares.ts';

export interface SharesOptions {
  store: Store;
  mostOf: (limit: SharedLimit) => number;
  /** Milliseconds between two times that `settle` is called. */
  lookEvery: number;
}

/** What this worker may have in flight of limits that it shares with others. */
export interface Shares {
  shareOf(limit: SharedLimit): Share;
  /** Notes what this worker claims, and settles it with what others claim. */
  settle(): Promise<void>;
  /** Leaves everything to others. */
  leave(): Promise<void>;
}

/**
 * Looks after which a worker counts as gone whose note has not changed, and after which its note is removed; before that, looks after which
 * a worker that could not renew its note asks no more; and looks without a request after which a worker leaves its share to others.
 */
const looks = { gone: 8, removed: 50, silent: 6, idle: 3 };

interface ShareClaim {
  limit: SharedLimit;
  /** Requests that may be in flight now. */
  granted: number;
  /** Requests that will be, if others leave the room. */
  aim: number;
  /** Looks until it is left to others, if no request comes; 0: it is left to them. */
  left: number;
}

/**
 * Shares that together never exceed a limit: a worker lowers its claim once what is in flight has fallen, and uses a higher one only if
 * it has found, after having noted it, that those of the others leave the room. Of two workers that raise theirs at the same time at least
 * one sees the other.
 */
export function createShares({ store, mostOf, lookEvery }: SharesOptions): Shares {
  const worker = randomUUID();
  const claims = new Map<string, ShareClaim>();
  const others = watchOthers({ store, worker, lookEvery });
  let beat = 0;
  let isNoted = false;
  let renewed = -Infinity;
  let settling: Promise<void> = Promise.resolve();

  const isSilent = (): boolean => performance.now() - renewed > looks.silent * lookEvery;

  const settle = (): Promise<void> => (settling = settling.catch(() => undefined).then(settleOnce));

  const settleOnce = async (): Promise<void> => {
    if (isSilent()) for (const claim of claims.values()) claim.granted = 0;
    const wanted = [...claims].filter(([, claim]) => takesPart(claim));
    if (wanted.length === 0 && !isNoted && others.areNone()) return;
    await others.look();
    for (const [id, claim] of wanted) aim(claim, id);
    if (wanted.length > 0) await note(wanted);
    else await leave();
  };

  const note = async (wanted: [string, ShareClaim][]): Promise<void> => {
    const began = performance.now();
    await noteShares(store, worker, { beat: (beat += 1), claims: Object.fromEntries(wanted.map(([id, claim]) => [id, claimed(claim)])) });
    isNoted = true;
    renewed = began;
    const raised = wanted.filter(([, { aim: next, granted }]) => next > granted);
    if (raised.length > 0) await others.look();
    for (const [id, claim] of raised) if (others.claimed(id) + claimed(claim) <= mostOf(claim.limit)) claim.granted = claim.aim;
    for (const [, { limit }] of wanted) limit.onMore();
  };

  /** Aims at an equal part for each worker that asks, as far as the others leave the room for it. */
  const aim = (claim: ShareClaim, id: string): void => {
    const most = mostOf(claim.limit);
    const asking = [...others.claiming(id), worker].sort();
    const part = Math.floor(most / asking.length) + (asking.indexOf(worker) < most % asking.length ? 1 : 0);
    claim.granted = Math.min(claim.granted, part);
    claim.aim = Math.max(claim.granted, Math.min(part, most - others.claimed(id)));
  };

  const leave = async (): Promise<void> => {
    if (isNoted) await forgetShares(store, worker);
    isNoted = false;
  };

  return {
    shareOf(limit) {
      const claim = claims.get(limit.id) ?? { limit, granted: 0, aim: 0, left: 0 };
      claim.limit = limit;
      claims.set(limit.id, claim);
      return {
        now: () => (isSilent() ? 0 : claim.granted),
        want() {
          if (claim.left > 0) return;
          claim.left = looks.idle;
          void settle().catch(() => undefined);
        },
      };
    },
    settle,
    leave: () => (settling = settling.catch(() => undefined).then(leave)),
  };
}

/** What a note says: also what is still in flight of a larger share. */
function claimed({ aim, limit }: ShareClaim): number {
  return Math.max(aim, limit.load().inFlight);
}

/** Whether a worker has requests, or had some a moment ago; otherwise its share is left to others. */
function takesPart(claim: ShareClaim): boolean {
  const { inFlight, waiting } = claim.limit.load();
  claim.left = inFlight + waiting > 0 ? looks.idle : Math.max(0, claim.left - 1);
  if (claim.left === 0) claim.granted = 0;
  return claim.left > 0;
}

/** The other workers, of which those count as gone whose notes do not change. */
function watchOthers({ store, worker, lookEvery }: Pick<SharesOptions, 'store' | 'lookEvery'> & { worker: string }) {
  const seen = new Map<string, { shares: WorkerShares; since: number }>();
  let hasLooked = false;
  const silence = ({ since }: { since: number }): number => (performance.now() - since) / lookEvery;
  const claimsOf = (id: string): [string, number][] =>
    [...seen].flatMap(([name, each]) => {
      const claim = each.shares.claims[id];
      return claim === undefined || silence(each) > looks.gone ? [] : [[name, claim]];
    });
  return {
    async look(): Promise<void> {
      const noted = await readShares(store);
      hasLooked = true;
      for (const name of seen.keys()) if (!noted.has(name)) seen.delete(name);
      for (const [name, shares] of noted) {
        const known = seen.get(name);
        if (name !== worker && known?.shares.beat !== shares.beat) seen.set(name, { shares, since: performance.now() });
        else if (known && silence(known) > looks.removed) await forgetShares(store, name);
      }
    },
    areNone: () => hasLooked && seen.size === 0,
    claiming: (id: string) => claimsOf(id).map(([name]) => name),
    claimed: (id: string) => claimsOf(id).reduce((sum, [, claim]) => sum + claim, 0),
  };
}
