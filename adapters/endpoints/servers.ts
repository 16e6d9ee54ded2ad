import { join } from 'node:path';
import type { Endpoint, ServedEndpoint } from '../../ports/configuration.ts';
import type { AcquiredEndpoint, EndpointClient, ModelServers, RequestLimits } from '../../ports/endpoint.ts';
import type { Launcher } from '../../ports/launcher.ts';
import { classified } from '../../ports/failure.ts';
import { readCredentials } from './credentials.ts';
import { createDialect, type Dialect } from './dialect.ts';
import { createGates, limitsOf, type Passage } from './gates.ts';
import type { Pauses } from './server-health.ts';
import { unlessAborted } from '../unless-aborted.ts';

export interface ModelServersOptions {
  endpoints: { [name: string]: Endpoint };
  /** Python with the package xllamacpp. */
  python: string;
  /** Folder of the servers' logs. */
  logs: string;
  /** How long a server keeps running after its last user, milliseconds. Default 15,000. */
  linger?: number;
  /** Starts the servers of a pool. Default: no endpoint names one. */
  launcherOf?: (pool: string) => Launcher;
  /** Pauses between two tries of a request, and before a server in trouble is tried again. Default: from 1 s to 30 s. */
  pauses?: Pauses;
  /** Requests that may be in flight. Default: as in the configuration, for this process alone. */
  limits?: RequestLimits;
  /** Called once for each way of an endpoint that is learned, and when one of several servers on a pool does not start. */
  warn?: (line: string) => void;
}

interface OpenedModel {
  url: string;
  client: EndpointClient;
  isAlive(): boolean;
  close(): Promise<void>;
}

interface ModelEntry {
  endpoint: Endpoint;
  dialect: Dialect;
  holders: number;
  opened: Promise<OpenedModel> | null;
  lingering: NodeJS.Timeout | null;
}

/** The endpoints of the operator's configuration, with a server process for each that we serve, while it is in use. */
export function createModelServers(options: ModelServersOptions): ModelServers {
  const { endpoints, linger = 15_000, pauses = { first: 1000, most: 30_000 }, limits = limitsOf(endpoints) } = options;
  const passageOf = createGates({ endpoints, limits, pauses });
  const entries = new Map<string, ModelEntry>();
  const closing = new Set<Promise<void>>();

  const entryOf = (name: string): ModelEntry => {
    const known = entries.get(name);
    if (known) return known;
    const endpoint = endpoints[name];
    if (!endpoint) throw unknownEndpoint(name, Object.keys(endpoints));
    const entry: ModelEntry = {
      endpoint,
      dialect: createDialect(),
      holders: 0,
      opened: null,
      lingering: null,
    };
    entries.set(name, entry);
    return entry;
  };

  const openedOf = (name: string, entry: ModelEntry): Promise<OpenedModel> => {
    const before = entry.opened ?? Promise.resolve(null);
    entry.opened = before
      .catch(() => null)
      .then((current) => {
        if (current?.isAlive()) return current;
        if (current) track(current.close());
        return openEndpoint({ name, entry, options, passage: { ...passageOf(name), pauses } });
      });
    return entry.opened;
  };

  const close = (entry: ModelEntry): void => {
    const { opened } = entry;
    entry.opened = null;
    if (entry.lingering) clearTimeout(entry.lingering);
    entry.lingering = null;
    if (opened) track(opened.then((each) => each.close(), () => undefined));
  };

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => closing.delete(tracked));
    closing.add(tracked);
  };

  const release = (entry: ModelEntry): void => {
    entry.holders -= 1;
    if (entry.holders > 0 || !entry.opened) return;
    if (entry.lingering) clearTimeout(entry.lingering);
    entry.lingering = setTimeout(() => close(entry), linger).unref();
  };

  const acquire = async (name: string, { signal }: { signal?: AbortSignal } = {}): Promise<AcquiredEndpoint> => {
    const entry = entryOf(name);
    signal?.throwIfAborted();
    entry.holders += 1;
    if (entry.lingering) clearTimeout(entry.lingering);
    let released = false;
    const releaseOnce = (): void => {
      if (!released) release(entry);
      released = true;
    };
    try {
      const { url, client } = await unlessAborted(openedOf(name, entry), signal);
      return { url, client, release: releaseOnce };
    } catch (error) {
      releaseOnce();
      throw error;
    }
  };

  const closeWhere = async (which: (entry: ModelEntry) => boolean): Promise<void> => {
    for (const entry of entries.values()) if (which(entry)) close(entry);
    await Promise.all(closing);
  };

  return { acquire, stopIdle: () => closeWhere(({ holders }) => holders === 0), stop: () => closeWhere(() => true) };
}

/** Seconds that trouble of a server of ours is waited out: the next attempt of the work starts another one. */
const outageOfServed = 10;

interface OpeningContext {
  name: string;
  entry: ModelEntry;
  options: ModelServersOptions;
  passage: Passage & { pauses: Pauses };
}

/** Opens an endpoint. Its client is imported here because few commands need it, and its library is large. */
async function openEndpoint(context: OpeningContext): Promise<OpenedModel> {
  const { name, entry, options, passage } = context;
  const { endpoint, dialect } = entry;
  const log = join(options.logs, `${name.replaceAll(/[^\w.-]/g, '_')}.log`);
  if (endpoint.serve && endpoint.serve.pool !== undefined) return openReplicas(context, endpoint);
  const [{ openEndpointClient }, { startModelProcess }] = await Promise.all([import('./client.ts'), import('./served.ts')]);
  const server = endpoint.serve ? await startModelProcess({ name, endpoint, python: options.python, log }) : null;
  const url = server?.url ?? endpoint.url ?? '';
  const client = openEndpointClient({
    name,
    urls: [url, ...(endpoint.serve ? [] : (endpoint.replicas ?? []))],
    endpoint: endpoint.serve ? { ...endpoint, outage: outageOfServed } : endpoint,
    ...(!endpoint.serve && { credentials: await readCredentials(name, endpoint), readAgain: () => readCredentials(name, endpoint) }),
    dialect,
    warn: options.warn,
    ...passage,
  });
  return {
    url,
    client,
    isAlive: () => server?.isAlive() ?? true,
    close: async () => {
      await Promise.all([client.close(), server?.stop()]);
    },
  };
}

/** Opens an endpoint that is served on a pool. Its requests wait until the first server answers. */
async function openReplicas({ name, entry, options, passage }: OpeningContext, endpoint: ServedEndpoint): Promise<OpenedModel> {
  const { python, warn, launcherOf } = options;
  const launcher = launcherOf?.(endpoint.serve.pool ?? '');
  if (!launcher) throw new Error(`endpoint ${name}: nothing can start servers on the pool ${endpoint.serve.pool}`);
  const [{ openEndpointClient }, { startReplicas }] = await Promise.all([import('./client.ts'), import('./replicas/replicas.ts')]);
  const client = openEndpointClient({ name, urls: [], endpoint, dialect: entry.dialect, isDirect: true, warn, ...passage });
  const replicas = startReplicas({ name, endpoint, launcher, python, onServers: client.setServers, onEnd: client.end, warn });
  const waiting = (): string | null => {
    const reason = replicas.waiting();
    return reason && `unavailable: endpoint ${name}: its model server on the pool ${endpoint.serve.pool} ${reason}`;
  };
  return {
    url: '',
    client: { complete: client.complete, trouble: () => client.trouble() ?? waiting() },
    isAlive: replicas.isAlive,
    close: async () => {
      await Promise.all([client.close(), replicas.stop()]);
    },
  };
}

function unknownEndpoint(name: string, known: string[]): Error {
  return classified(
    'invalid',
    `endpoint ${name} is not in the configuration of this worker, which has ${known.join(', ') || 'none'}. Add it to endpoints in codepmp.config.yaml`,
  );
}
