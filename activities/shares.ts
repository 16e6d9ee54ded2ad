import type { Share, SharedLimit } from '../ports/endpoint.ts';
import type { Processes } from '../ports/processes.ts';
import type { Store } from '../ports/store.ts';
import { forgetShares, noteShares, readShares, type WorkerShares } from '../records/worker-shares.ts';

export interface SharesOptions {
  store: Store;
  processes: Processes;
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
 * Looks after which a worker counts as gone whose note has not changed, and after which its note is removed if its process cannot be seen;
 * before that, looks after which a worker that could not renew its note asks no more; and looks without a request after which a worker
 * leaves its share to others.
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
export function createShares({ store, processes, mostOf, lookEvery }: SharesOptions): Shares {
  const worker = processes.own;
  const claims = new Map<string, ShareClaim>();
  const others = watchOthers({ store, processes, lookEvery });
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

/** The other workers, of which those count as gone whose processes have ended or whose notes do not change. */
function watchOthers({ store, processes, lookEvery }: Pick<SharesOptions, 'store' | 'processes' | 'lookEvery'>) {
  const seen = new Map<string, { shares: WorkerShares; since: number }>();
  let hasLooked = false;
  const silence = (since: number): number => (performance.now() - since) / lookEvery;
  const claimsOf = (id: string): [string, number][] =>
    [...seen].flatMap(([name, { shares, since }]) => {
      const claim = shares.claims[id];
      return claim === undefined || silence(since) > looks.gone ? [] : [[name, claim]];
    });
  const isOver = (name: string, { beat }: WorkerShares): boolean => {
    const known = seen.get(name);
    return processes.hasEnded(name) ?? (known?.shares.beat === beat && silence(known.since) > looks.removed);
  };
  const meet = async (name: string, shares: WorkerShares): Promise<void> => {
    if (isOver(name, shares)) {
      seen.delete(name);
      await forgetShares(store, name);
    } else if (seen.get(name)?.shares.beat !== shares.beat) seen.set(name, { shares, since: performance.now() });
  };
  return {
    async look(): Promise<void> {
      const noted = await readShares(store);
      hasLooked = true;
      for (const name of seen.keys()) if (!noted.has(name)) seen.delete(name);
      for (const [name, shares] of noted) if (name !== processes.own) await meet(name, shares);
    },
    areNone: () => hasLooked && seen.size === 0,
    claiming: (id: string) => claimsOf(id).map(([name]) => name),
    claimed: (id: string) => claimsOf(id).reduce((sum, [, claim]) => sum + claim, 0),
  };
}
