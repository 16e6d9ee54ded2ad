import type { Endpoint } from '../ports/configuration.ts';
import type { Store } from '../ports/store.ts';
import { readEndpointLimit } from '../records/endpoint-limit.ts';

/** How many requests each endpoint may have in flight, by the configuration or as changed since. */
export interface EndpointLimits {
  of(endpoint: string): number;
  close(): void;
}

/** Milliseconds between two looks for a change. */
const lookEvery = 1000;

/** Limits that follow what is noted in the store within a second. */
export function followEndpointLimits(store: Store, endpoints: { [name: string]: Endpoint }): EndpointLimits {
  const limits = new Map(Object.entries(endpoints).map(([name, { concurrency }]) => [name, concurrency]));
  const look = async (): Promise<void> => {
    for (const [name, endpoint] of Object.entries(endpoints))
      limits.set(name, await readEndpointLimit(store, name, endpoint).catch(() => limits.get(name) ?? endpoint.concurrency));
  };
  void look();
  const timer = setInterval(() => void look(), lookEvery);
  return { of: (name) => limits.get(name) ?? 1, close: () => clearInterval(timer) };
}
