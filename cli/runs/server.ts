import { Client, Connection } from '@temporalio/client';
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import type { Context } from '../context.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { joinServices, namespace as embeddedNamespace, runningState } from '../supervisor/index.ts';
import type { Wanted } from '../supervisor/index.ts';

/** A Temporal server that answers. */
export interface Server extends AsyncDisposable {
  client: Client;
  connection: Connection;
  address: string;
  namespace: string;
  /** Started and owned by codepmp. */
  embedded: boolean;
  ui: string | null;
}

/** The configured server and where it was set; null: the embedded one is used. */
export interface NamedServer {
  address: string;
  namespace: string;
  from: string;
  options: object;
}

/** Longest wait for a first answer, milliseconds. */
const connectTimeout = 5000;

/** The server set in the environment, in Temporal's configuration file or in codepmp's, in this order. */
export function namedServer({ config }: Pick<Context, 'config'>): NamedServer | null {
  const profile = loadClientConfigProfile({});
  if (profile.address) {
    const { connectionOptions, namespace } = toClientOptions(profile);
    const from = process.env['TEMPORAL_ADDRESS'] ? 'TEMPORAL_ADDRESS' : "Temporal's configuration file";
    return { address: profile.address, namespace: namespace ?? 'default', from, options: connectionOptions };
  }
  if (!config.temporal) return null;
  const { address, namespace } = config.temporal;
  return { address, namespace, from: config.file ?? 'the configuration', options: { address } };
}

/**
 * Connects to the configured server, or to the embedded one, which is started if necessary. For a command that starts work
 * (`toWork`), the embedded worker gets keys and proxies from the environment of this process.
 */
export async function connect(context: Context, { toWork = false }: { toWork?: boolean } = {}): Promise<Server> {
  const named = namedServer(context);
  if (named) return connectNamed(named);
  const { config, home, output } = context;
  const wanted = wantedOf(context, { asker: toWork ? process.pid : null });
  const onWait = (what: string): void => output.talk(output.paint.dim(`${what} …`));
  const state = await joinServices({ store: config.store, home, wanted, onWait }).catch((error: Error) => {
    throw new CommandFailure(error.message, exit.unreachable);
  });
  return open({ address: state.address, namespace: embeddedNamespace, options: {}, embedded: true, ui: state.ui });
}

/** Connects if a server is running; the embedded one is not started. Null if it is not running. */
export async function connectIfRunning(context: Context): Promise<Server | null> {
  const named = namedServer(context);
  if (named) return connectNamed(named).catch(() => null);
  const state = runningState(context.config.store);
  if (state?.state !== 'ready') return null;
  return open({ address: state.address, namespace: embeddedNamespace, options: {}, embedded: true, ui: state.ui }).catch(() => null);
}

/** The options the embedded worker is started with. */
export function wantedOf({ folder, config }: Pick<Context, 'folder' | 'config'>, { asker }: Pick<Wanted, 'asker'>): Wanted {
  const keys = Object.values(config.endpoints).flatMap((endpoint) => (!endpoint.serve && endpoint.key && 'env' in endpoint.key ? [endpoint.key.env] : []));
  return { folder, config: config.file, variables: [...new Set([...keys, ...proxyVariables])], asker };
}

const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

async function connectNamed(named: NamedServer): Promise<Server> {
  try {
    return await open({ ...named, embedded: false, ui: null });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(
      `cannot connect to the Temporal server at ${named.address}, set in ${named.from}: ${reason}. ` +
        'Start it or correct the address; if none is set, codepmp starts its own server',
      exit.unreachable,
    );
  }
}

async function open(options: { address: string; namespace: string; options: object; embedded: boolean; ui: string | null }): Promise<Server> {
  const { address, namespace, embedded, ui } = options;
  const connection = await Connection.connect({ ...options.options, address, connectTimeout });
  const client = new Client({ connection, namespace });
  return { client, connection, address, namespace, embedded, ui, [Symbol.asyncDispose]: () => connection.close() };
}
