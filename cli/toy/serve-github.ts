import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CommandFailure, exit } from '../terminal/failure.ts';

/** Starts the stand-in of GitHub at an address, unless it runs there. It outlives the command, because the run does. */
export async function serveToyGithub(url: string, repositories: string): Promise<void> {
  const running = await fetch(url).then(
    (response) => response.json() as Promise<{ toy?: string }>,
    () => null,
  );
  if (running?.toy === repositories) return;
  const { port } = new URL(url);
  const script = join(import.meta.dirname, 'github.ts');
  const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, repositories, port], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(server, 'exit').then(() => false);
  const isReady = await Promise.race([once(server.stdout, 'data').then(() => true), ended]);
  if (!isReady) throw new CommandFailure(portIsTaken(port, running?.toy), exit.failed);
  server.stdout.destroy();
  server.unref();
}

function portIsTaken(port: string, other?: string): string {
  const by = other === undefined ? 'another program' : `paper-toy of another checkout, which serves ${other},`;
  return `paper-toy needs port ${port} for its stand-in of GitHub, but ${by} uses it. End that, or name another port in pipelines/paper-toy.config.yaml`;
}
