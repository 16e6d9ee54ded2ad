import { hashOf } from '../../plan/keys.ts';
import type { Endpoint } from '../../ports/configuration.ts';
import type { RequestLimits, Share } from '../../ports/endpoint.ts';
import type { EndpointClientOptions } from './client.ts';
import type { Pauses } from './server-health.ts';
import { createGate, type Gate } from './turns.ts';

/** How the requests of an endpoint get to its servers. */
export type Passage = Pick<EndpointClientOptions, 'gate' | 'shareOf'>;

interface GatesOptions {
  endpoints: { [name: string]: Endpoint };
  limits: RequestLimits;
  pauses: Pauses;
}

/** The gates of all endpoints. Endpoints that ask the same server go through the same gate. */
export function createGates({ endpoints, limits, pauses }: GatesOptions): (name: string) => Passage {
  const gates = new Map<string, Gate>();
  const gateOf = ({ id, endpoints: neighbours }: Neighbours): Gate => {
    const gate = gates.get(id) ?? createGate({ shareOf: (user) => limits.shareOf({ id, endpoints: neighbours, ...user }), pauses });
    gates.set(id, gate);
    return gate;
  };
  return (name) => {
    const neighbours = neighboursOf(name, endpoints);
    if (neighbours === null) return { gate: createGate({ shareOf: () => alone(() => limits.of(name)), pauses }) };
    const isAlone = neighbours.endpoints.length === 1;
    const id = hashOf({ endpoint: name });
    return { gate: gateOf(neighbours), ...(!isAlone && { shareOf: (user) => limits.shareOf({ id, endpoints: [name], ...user }) }) };
  };
}

/** Limits by the configuration, of which this process may use all. */
export function limitsOf(endpoints: { [name: string]: Endpoint }): RequestLimits {
  const of = (name: string): number => endpoints[name]?.concurrency ?? 1;
  return { of, shareOf: ({ endpoints: names }) => alone(() => Math.max(...names.map(of))) };
}

function alone(now: () => number): Share {
  return { now, want: () => undefined };
}

/** Endpoints that share servers, and with them a limit. */
interface Neighbours {
  /** Equal in all workers that have the same configuration. */
  id: string;
  endpoints: string[];
}

/**
 * The endpoints that ask a server in common with this one, directly or by way of others, itself among them; null where its server is a
 * part of the worker.
 */
function neighboursOf(name: string, endpoints: { [name: string]: Endpoint }): Neighbours | null {
  const askedBy = new Map(Object.entries(endpoints).map(([each, endpoint]) => [each, serversOf(endpoint)]));
  const servers = new Set(askedBy.get(name));
  if (servers.size === 0) return null;
  const found = new Set<string>();
  for (const server of servers)
    for (const [each, asked] of askedBy) {
      if (!asked.includes(server)) continue;
      found.add(each);
      for (const other of asked) servers.add(other);
    }
  return { id: hashOf([...servers].sort()), endpoints: [...found].sort() };
}

/** The servers of an endpoint that others may ask as well, each as a hash of what it is known by. */
function serversOf(endpoint: Endpoint): string[] {
  const { serve } = endpoint;
  if (serve) return serve.pool === undefined ? [] : [hashOf({ ...serve, model: endpoint.model })];
  const { url, replicas = [], key } = endpoint;
  return [url, ...replicas].map((each) => hashOf({ url: each, key: key ? { ...key } : null }));
}
