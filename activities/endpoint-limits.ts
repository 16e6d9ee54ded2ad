import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../ports/configuration.ts';
import type { RequestLimits } from '../ports/endpoint.ts';
import { messageOfError } from '../ports/failure.ts';
import type { Processes } from '../ports/processes.ts';
import type { Store } from '../ports/store.ts';
import { readEndpointLimits } from '../records/endpoint-limit.ts';
import { createShares } from './shares.ts';

/** How many requests each endpoint may have in flight, by the configuration or as changed since, and what of that this worker may. */
export interface EndpointLimits extends RequestLimits {
  /** Leaves what this worker has to others. */
  close(): Promise<void>;
}

export interface EndpointLimitsOptions {
  store: Store;
  endpoints: { [name: string]: Endpoint };
  processes: Processes;
  /** Told why the store cannot be asked. */
  warn: (line: string) => void;
  /** Milliseconds between two looks into the store. Default: 1,000, or 2,000 where it is in a bucket. */
  lookEvery?: number;
}

/** Limits that follow what is noted in the store, and are shared with all workers that note there that they ask the same servers. */
export function followEndpointLimits(options: EndpointLimitsOptions): EndpointLimits {
  const { store, endpoints, processes, warn, lookEvery = store.bucket === null ? 1000 : 2000 } = options;
  let limits = new Map(Object.entries(endpoints).map(([name, { concurrency }]) => [name, concurrency]));
  const of = (name: string): number => limits.get(name) ?? 1;
  const shares = createShares({ store, processes, lookEvery, mostOf: ({ endpoints: names }) => Math.max(...names.map(of)) });
  const closing = new AbortController();
  let warned: string | null = null;

  const look = async (): Promise<void> => {
    try {
      limits = await readEndpointLimits(store, endpoints);
      await shares.settle();
      warned = null;
    } catch (error) {
      const message = messageOfError(error);
      if (message !== warned) warn(`what other workers ask of endpoints cannot be read or noted, so none is asked for now: ${message}`);
      warned = message;
    }
  };
  const follow = async (): Promise<void> => {
    for (; !closing.signal.aborted; await sleep(lookEvery, undefined, { signal: closing.signal }).catch(() => undefined)) await look();
  };
  const following = follow();

  return {
    of,
    shareOf: shares.shareOf,
    async close() {
      closing.abort();
      await following;
      await shares.leave();
    },
  };
}
