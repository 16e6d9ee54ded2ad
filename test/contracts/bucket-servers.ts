import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from '../../adapters/launchers/free-port.ts';
import type { BucketPlace } from '../../ports/configuration.ts';
import { versitygw } from '../../setup/test-servers.ts';

const python = join(import.meta.dirname, '..', '..', '.setup', 'python', 'bin', 'python');
const moto = join(import.meta.dirname, 'moto-server.py');

/** A server of S3 with one bucket, which ends with the test. */
export interface BucketServer extends AsyncDisposable {
  endpoint: string;
  /** A client for what only tests ask. */
  client: S3Client;
  /** The bucket, or folders in it. */
  place(...folders: string[]): BucketPlace;
}

/** The servers that tests run against: one in memory that is always there, and one that keeps files and checks signatures and checksums. */
export const bucketServers = [
  { name: 'moto', isThere: true, start: () => startMoto() },
  { name: 'versitygw', isThere: existsSync(versitygw), start: startVersitygw },
];

/** Starts moto, which checks no credentials, at an address of this machine. */
export function startMoto(host = '127.0.0.1'): Promise<BucketServer> {
  return startServer((port) => [python, moto, '-H', host, '-p', port], host);
}

async function startVersitygw(): Promise<BucketServer> {
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-versitygw-'));
  const server = await startServer((port) => [versitygw, '--port', `127.0.0.1:${port}`, 'posix', folder]);
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

/** Starts a server whose credentials this process then has. */
async function startServer(argvOf: (port: string) => string[], host = '127.0.0.1'): Promise<BucketServer> {
  Object.assign(process.env, credentials);
  for (let tried = 0; tried < starts; tried += 1) {
    const server = await tryServer(argvOf, host);
    if (server) return server;
  }
  throw new Error(`a server of S3 was started ${starts} times and never answered`);
}

/** Between the look for a free port and the start, another program may take the port; then the server ends. */
const starts = 5;

/** Null: it ended before it answered, or does not answer. */
async function tryServer(argvOf: (port: string) => string[], host: string): Promise<BucketServer | null> {
  const port = `${await freePort()}`;
  const [program = '', ...args] = argvOf(port);
  const env = { ...process.env, ROOT_ACCESS_KEY: credentials.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: credentials.AWS_SECRET_ACCESS_KEY };
  const server = spawn(program, args, { env, stdio: 'ignore' });
  const ended = once(server, 'exit');
  const end = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
  };
  const endpoint = `http://${host}:${port}`;
  if (!(await answers(endpoint, server))) {
    await end();
    return null;
  }
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'tests' }));
  return {
    endpoint,
    client,
    place: (...folders) => ({ url: ['s3://tests', ...folders].join('/'), endpoint_url: endpoint }),
    [Symbol.asyncDispose]: end,
  };
}

/** Whether a server answers within a minute and is there then: what answers may be another program, which has taken the port. */
async function answers(url: string, server: ChildProcess): Promise<boolean> {
  const lives = (): boolean => server.exitCode === null && server.signalCode === null;
  for (let tried = 0; tried < 600 && lives(); tried += 1) {
    const isUp = await fetch(url).then(() => true, () => false);
    if (isUp) return lives();
    await delay(100);
  }
  return false;
}
