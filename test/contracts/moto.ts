import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../adapters/launchers/free-port.ts';
import type { BucketPlace } from '../../ports/configuration.ts';

const home = join(import.meta.dirname, '..', '..');

/** A server of S3 with one bucket, in memory. */
export interface Moto extends AsyncDisposable {
  endpoint: string;
  /** The bucket, or folders in it. */
  place(...folders: string[]): BucketPlace;
}

/** Starts moto, which ends with the test, and gives this process credentials, which moto does not check. */
export async function startMoto(): Promise<Moto> {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const server = spawn(join(home, '.setup', 'python', 'bin', 'moto_server'), ['-H', '127.0.0.1', '-p', new URL(endpoint).port], {
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  await answerOf(`${endpoint}/moto-api/`);
  await fetch(`${endpoint}/tests`, { method: 'PUT' });
  return {
    endpoint,
    place: (...folders) => ({ url: ['s3://tests', ...folders].join('/'), endpoint_url: endpoint }),
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

async function answerOf(url: string): Promise<void> {
  for (let tried = 0; tried < 600; tried += 1) {
    const isUp = await fetch(url).then(() => true, () => false);
    if (isUp) return;
    await delay(100);
  }
  throw new Error(`${url} does not answer`);
}
