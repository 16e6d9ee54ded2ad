import type { Endpoint } from '../ports/configuration.ts';
import type { Store } from '../ports/store.ts';
import { readNoted } from './named.ts';
import { endpointLimitName } from './names.ts';

/** A concurrency that replaces that of the configuration for as long as the configuration says the same as when it was noted. */
interface EndpointLimit {
  concurrency: number;
  declared: number;
}

/** Notes how many requests an endpoint may have in flight from now on. */
export function noteEndpointLimit(store: Store, endpoint: string, limit: EndpointLimit): Promise<void> {
  return store.note(endpointLimitName(endpoint), new TextEncoder().encode(JSON.stringify(limit)));
}

/** How many requests an endpoint may have in flight now. */
export async function readEndpointLimit(store: Store, name: string, { concurrency }: Pick<Endpoint, 'concurrency'>): Promise<number> {
  const noted = await readNoted<EndpointLimit>(store, endpointLimitName(name));
  return noted?.declared === concurrency ? noted.concurrency : concurrency;
}
