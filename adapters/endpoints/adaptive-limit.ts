/** A limit of requests in flight that adapts to what a server can take. */
export interface AdaptiveLimit {
  /** Requests that may be in flight now. */
  now(): number;
  /** Counts a reply; `isOverloaded`: the server said, or showed by its silence, that it has too much to do. */
  count(isOverloaded: boolean): void;
}

/** The fewest replies by which a limit is judged. */
const smallestWindow = 16;

/** The share of overloaded replies below which they count as chance. */
const tolerated = 0.05;

/**
 * A limit that begins at the most and never exceeds it. It is judged once in as many replies as it allows requests: if more than a few of
 * them were overloaded it falls by half their share, otherwise it rises by a thirty-second of the most.
 */
export function createAdaptiveLimit(most: () => number): AdaptiveLimit {
  let limit = Infinity;
  let replies = 0;
  let overloaded = 0;
  const now = (): number => Math.min(limit, most());
  return {
    now,
    count(isOverloaded) {
      replies += 1;
      if (isOverloaded) overloaded += 1;
      if (replies < Math.max(smallestWindow, now())) return;
      const share = overloaded / replies;
      const raised = now() + Math.ceil(most() / 32);
      limit = share > tolerated ? Math.max(1, Math.floor(now() * (1 - share / 2))) : raised < most() ? raised : Infinity;
      replies = 0;
      overloaded = 0;
    },
  };
}
