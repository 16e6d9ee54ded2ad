import { Client, isGrpcServiceError, type Connection } from '@temporalio/client';
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { secretPlacesOf } from '../../adapters/index.ts';
import type { Context } from '../context.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { joinServices, leftState, namespace as embeddedNamespace } from '../supervisor/index.ts';
import { openConnection, readWanted, runningState, runsElsewhere } from '../supervisor/index.ts';
import type { DevState, Wanted } from '../supervisor/index.ts';

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
interface NamedServer {
  address: string;
  namespace: string;
  from: string;
  options: object;
}

/** Longest waits for an answer, milliseconds: a busy machine gets a second try. A server that somebody set may not exist at all. */
const patience = [5000, 15_000];
const patienceWithNamed = [5000, 5000];

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
 * Connects to the configured server, or to the embedded one, which is started if necessary. For a command that begins a run (`begins`) or
 * retries one (`retried`), the embedded worker gets keys and proxies from the environment of this process, and its configuration, if it
 * begins a run or `takesConfig` says so; a run that is retried then goes on with that. For every other command the worker stays as it was
 * last started.
 */
export async function connectServer(
  context: Context,
  { begins = false, retried, takesConfig = begins }: { begins?: boolean; retried?: string; takesConfig?: boolean } = {},
): Promise<Server> {
  const named = namedServer(context);
  if (named) return connectNamed(named);
  const { config, home, output } = context;
  const toWork = begins || retried !== undefined;
  const wanted = wantedOf(context, { asker: toWork ? process.pid : null });
  const onWait = (what: string): void => output.talk(output.paint.dim(`${what} …`));
  const before = readWanted(config.store);
  const state = await joinServices({ store: config.store, home, wanted, isExact: takesConfig, retried, onWait }).catch((error: Error) => {
    throw error instanceof CommandFailure ? error : new CommandFailure(error.message, exit.unreachable);
  });
  const used = readWanted(config.store)?.config ?? null;
  if (retried !== undefined && before !== null && before.config !== used)
    output.talk(`the worker goes on with ${used ?? 'no configuration'}; until now it used ${before.config ?? 'none'}`);
  if (config.file !== null && used !== config.file) {
    const other = 'only a new run changes that, or retry with --config';
    output.talk(`the worker goes on with ${used ?? 'no configuration'}, not with ${config.file}: ${other}`);
  }
  return openEmbedded(state);
}

/** The server that is there, or why the one that should be there does not answer, with a next action. Null if none is meant to run now. */
export async function reach(context: Context): Promise<Server | CommandFailure | null> {
  const named = namedServer(context);
  const elsewhere = named ? null : runsElsewhere(context.config.store);
  if (elsewhere !== null) return new CommandFailure(elsewhere, exit.unreachable);
  const state = named ? null : servingState(context);
  if (!named && state?.state !== 'ready') return null;
  const opening = named ? connectNamed(named) : openEmbedded(state as DevState);
  return opening.catch((error: unknown) => {
    if (error instanceof CommandFailure) return error;
    throw error;
  });
}

/**
 * Connects if a server is running; the embedded one is not started. Null if none is, and if it does not answer: then the command
 * says so, shows what the store has and ends with 4.
 */
export async function connectIfRunning(context: Context): Promise<Server | null> {
  const reached = await reach(context);
  if (!(reached instanceof CommandFailure)) return reached;
  context.output.talk(`${reached.message}. This is the last state in the store`);
  process.exitCode = reached.exitCode;
  return null;
}

/** Whether a server is meant to run open runs: one that is set, or the embedded one, which is alive, with a supervisor or without. */
export function isServed(context: Context): boolean {
  return namedServer(context) !== null || servingState(context) !== null || runsElsewhere(context.config.store) !== null;
}

function servingState({ config }: Context): DevState | null {
  return runningState(config.store) ?? leftState(config.store);
}

/** The options the embedded worker is started with. */
export function wantedOf({ folder, config }: Pick<Context, 'folder' | 'config'>, { asker }: Pick<Wanted, 'asker'>): Wanted {
  const { token, app } = config.github;
  const ofEndpoints = Object.values(config.endpoints).flatMap((endpoint) => (endpoint.serve ? [] : secretPlacesOf(endpoint)));
  const keys = [...ofEndpoints, token, app?.key].flatMap((place) => (place && 'env' in place ? [place.env] : []));
  const ofBucket = config.bucket ? bucketVariables : [];
  return { folder, config: config.file, variables: [...new Set([...keys, ...ofBucket, ...proxyVariables])], asker };
}

const bucketVariables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION'];

const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

async function connectNamed(named: NamedServer): Promise<Server> {
  const { address, from } = named;
  const next = 'Start it or correct the address; if none is set, codepmp starts its own server';
  return openServer({
    ...named,
    embedded: false,
    ui: null,
    tries: patienceWithNamed,
    failure: (reason) => `cannot connect to the Temporal server at ${address}, set in ${from}: ${reason}. ${next}`,
  });
}

async function openEmbedded({ address, ui }: DevState): Promise<Server> {
  const failure = (reason: string) =>
    `the embedded Temporal server at ${address} does not answer: ${reason}. Start the same command again; codepmp logs shows what the server says`;
  return openServer({ address, namespace: embeddedNamespace, options: {}, embedded: true, ui, tries: patience, failure });
}

interface ServerOptions extends Pick<Server, 'address' | 'namespace' | 'embedded' | 'ui'> {
  options: object;
  tries: number[];
  failure: (reason: string) => string;
}

async function openServer({ options, tries, failure, ...server }: ServerOptions): Promise<Server> {
  const { address, namespace } = server;
  const connection = await inTime((connectTimeout) => openConnection({ ...options, address, connectTimeout }), { tries, failure });
  return { ...server, connection, client: new Client({ connection, namespace }), [Symbol.asyncDispose]: () => connection.close() };
}

/**
 * Asks a server, and once more where it does not answer in time, so the work must be safe to do twice. Trouble with the
 * connection ends the command with 4 and says what to do `next`.
 */
export async function askServer<T>(
  { connection, address }: Pick<Server, 'connection' | 'address'>,
  work: () => Promise<T>,
  next = 'Start the same command again',
): Promise<T> {
  const failure = (reason: string) => `the Temporal server at ${address} does not answer: ${reason}. ${next}`;
  return inTime((wait) => connection.withDeadline(Date.now() + wait, work), { tries: patience, failure });
}

async function inTime<T>(work: (wait: number) => Promise<T>, { tries, failure }: Pick<ServerOptions, 'tries' | 'failure'>): Promise<T> {
  const [wait = 0, ...others] = tries;
  try {
    return await work(wait);
  } catch (error) {
    const reason = troubleIn(error);
    if (reason === null) throw error;
    if (others.length === 0) throw new CommandFailure(failure(reason), exit.unreachable);
    return inTime(work, { tries: others, failure });
  }
}

/** Codes of gRPC by which a server answers what it was asked: INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION. */
const answers = [3, 5, 6, 9];

/** The reason for trouble with a connection or with what one may do there; null for what a server answers, and for everything else. */
function troubleIn(error: unknown): string | null {
  let cause = error;
  while (cause instanceof Error && !isGrpcServiceError(cause) && cause.cause instanceof Error) ({ cause } = cause);
  if (isGrpcServiceError(cause)) return answers.includes(cause.code) ? null : cause.details || cause.message;
  return cause instanceof Error && cause.message === 'Failed to connect before the deadline' ? 'it took too long' : null;
}
