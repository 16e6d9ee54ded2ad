import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';

const home = dirname(dirname(fileURLToPath(import.meta.url)));

/** The real development server, in memory, for one test file. */
export interface TestServer extends AsyncDisposable {
  address: string;
}

/** `host`: an address by which others reach it, where it listens on all; its parts reach each other by 127.0.0.1. Default: only that. */
export async function temporalServer(host?: string): Promise<TestServer> {
  for (let tried = 0; tried < starts; tried++) {
    const server = await startServer(host);
    if (server) return server;
  }
  throw new Error(`the development server of Temporal was started ${starts} times and never answered`);
}

/** Between the look for a free port and the start, another program may take the port; then the server ends. */
const starts = 5;

/** Null: it ended before it answered, or does not answer. */
async function startServer(host?: string): Promise<TestServer | null> {
  const port = await freePort();
  const address = `${host ?? '127.0.0.1'}:${port}`;
  const listening = ['--ip', host === undefined ? '127.0.0.1' : '0.0.0.0', '--port', `${port}`];
  const args = ['server', 'start-dev', '--headless', ...listening, '--log-level', 'error'];
  const server = spawn(join(home, '.setup', 'python', 'bin', 'temporal'), args, { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const end = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
  };
  const lives = (): boolean => server.exitCode === null && server.signalCode === null;
  for (let attempt = 0; attempt <= 60 && lives(); attempt++) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1000 });
      await connection.close();
    } catch {
      await delay(250);
      continue;
    }
    // What has answered may be another server, which has taken the port.
    if (lives()) return { address, [Symbol.asyncDispose]: end };
  }
  await end();
  return null;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
