import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServedEndpoint } from '../../ports/configuration.ts';
import { classified, messageOfError } from '../../ports/failure.ts';
import { cleanEnvironment } from '../launchers/environment.ts';
import { connect } from './connection.ts';

const program = fileURLToPath(new URL('model-server.py', import.meta.url));
const startWithin = 120_000;

interface ModelProcess {
  /** Base URL that ends in `/v1`. */
  url: string;
  isAlive(): boolean;
  /** Kills it; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts the server of an endpoint and waits until it answers. It ends with this process, however that ends. */
export async function startModelProcess(options: {
  name: string;
  endpoint: ServedEndpoint;
  python: string;
  log: string;
}): Promise<ModelProcess> {
  const { name, endpoint, python, log } = options;
  await checkWeights(name, endpoint.serve.weights);
  await mkdir(dirname(log), { recursive: true });
  const logFile = await open(log, 'a');
  const settings = JSON.stringify({ ...endpoint.serve, model: endpoint.model });
  const child = spawn(python, [program, settings], {
    stdio: ['pipe', 'pipe', logFile.fd],
    env: cleanEnvironment({ PYTHONUNBUFFERED: '1' }),
    detached: true,
  });
  child.on('error', () => undefined);
  await logFile.close();
  child.stdin?.on('error', () => undefined);
  try {
    const url = await firstLine(child);
    await untilHealthy(name, url);
    return { url: `${url}/v1`, isAlive: () => isAlive(child), stop: () => stopServer(child) };
  } catch (error) {
    await stopServer(child);
    throw await startFailure({ name, log, python, child, error });
  }
}

async function checkWeights(name: string, weights: string): Promise<void> {
  const found = await stat(weights).catch(() => null);
  if (found?.isFile()) return;
  throw classified(
    'invalid',
    `endpoint ${name}: the model file ${weights} does not exist. Correct endpoints.${name}.serve.weights in codepmp.config.yaml, or put the GGUF file there`,
  );
}

/** The URL the server prints once its model is loaded. */
async function firstLine(child: ChildProcess): Promise<string> {
  if (child.pid === undefined || !child.stdout) throw new Error('the program cannot be run');
  const signal = AbortSignal.timeout(startWithin);
  const lines = createInterface({ input: child.stdout, signal });
  const early = new AbortController();
  try {
    const line: unknown = await Promise.race([
      once(lines, 'line', { signal }).then(([first]: unknown[]) => first),
      once(child, 'exit', { signal: early.signal }).then(() => null),
    ]);
    if (typeof line !== 'string') throw new Error('it ended before it was ready');
    const ready: unknown = JSON.parse(line);
    if (typeof ready === 'object' && ready !== null && 'url' in ready && typeof ready.url === 'string') return ready.url;
    throw new Error(`it printed ${line}`);
  } finally {
    early.abort();
  }
}

/** Waits until the server answers, without a proxy, as its calls do. */
async function untilHealthy(name: string, url: string): Promise<void> {
  const connection = connect({ name, url });
  const end = Date.now() + startWithin;
  const isHealthy = () =>
    connection.send('/health', { signal: AbortSignal.timeout(2_000) }).then(
      ({ status }) => status === 200,
      () => false,
    );
  try {
    while (!(await isHealthy())) {
      if (Date.now() > end) throw new Error(`${url} does not answer`);
      await sleep(50);
    }
  } finally {
    await connection.close();
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null && child.pid !== undefined;
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function startFailure(context: { name: string; log: string; python: string; child: ChildProcess; error: unknown }): Promise<Error> {
  const { name, log, python, child, error } = context;
  const tail = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-5).join('\n');
  const reason = messageOfError(error);
  const illegal = child.signalCode === 'SIGILL';
  const lacking = 'this processor lacks instructions the server needs (AVX2); name an endpoint by url instead';
  const next = illegal ? lacking : child.pid === undefined ? 'run ./codepmp doctor' : `see ${log}`;
  return classified(
    illegal || child.pid === undefined ? 'invalid' : 'unavailable',
    `endpoint ${name}: its model server (${python} model-server.py) did not start: ${reason}; ${next}${tail ? `\n${tail}` : ''}`,
    { cause: error },
  );
}
