import type { Endpoint } from '../ports/configuration.ts';
import type { Store } from '../ports/store.ts';
import { readNoted } from './named.ts';
import { endpointLimitName, endpointsWithLimits } from './names.ts';

/** A concurrency that replaces that of the configuration for as long as the configuration says the same as when it was noted. */
interface EndpointLimit {
  concurrency: number;
  declared: number;
}

/** Notes how many requests an endpoint may have in flight from now on. */
export function noteEndpointLimit(store: Store, endpoint: string, limit: EndpointLimit): Promise<void> {
  return store.note(endpointLimitName(endpoint), new TextEncoder().encode(JSON.stringify(limit)));
}

/** How many requests each endpoint may have in flight now. */
export async function readEndpointLimits(
  store: Store,
  endpoints: { [name: string]: Pick<Endpoint, 'concurrency'> },
): Promise<Map<string, number>> {
  const limits = new Map(Object.entries(endpoints).map(([name, { concurrency }]) => [name, concurrency]));
  for (const name of await endpointsWithLimits(store)) {
    const noted = limits.has(name) ? await readNoted<EndpointLimit>(store, endpointLimitName(name)) : null;
    if (noted && noted.declared === limits.get(name)) limits.set(name, noted.concurrency);
  }
  return limits;
}
