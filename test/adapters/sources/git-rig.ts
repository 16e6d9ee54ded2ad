import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { gitEnvironment, serveGit } from '../../../cli/toy/git-backend.ts';

/** The sentences of the MIT licence by which it is known. */
export const mit =
  'Permission is hereby granted, free of charge, to any person obtaining a copy of this software, on condition that\nthe above copyright notice and this permission notice shall be included.\n';

export async function git(folder: string, args: string[], input = ''): Promise<string> {
  return (await execa('git', ['-C', folder, ...args], { env: gitEnvironment, input })).stdout;
}

/** A folder of the test, gone with it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-git-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a bare repository of one commit with these files, whose id is always the same. */
export async function bareRepository(folder: string, name: string, files: { [path: string]: string | Uint8Array }): Promise<string> {
  const path = join(folder, name);
  await git(folder, ['init', '--quiet', '--bare', '--initial-branch=main', path]);
  const parts: Uint8Array[] = [Buffer.from('commit refs/heads/main\ncommitter a <a@b.example> 1700000000 +0000\ndata 2\nx\n')];
  for (const [file, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    parts.push(Buffer.from(`M 100644 inline ${JSON.stringify(file)}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n'));
  }
  await execa('git', ['-C', path, 'fast-import', '--quiet'], { env: gitEnvironment, input: Buffer.concat([...parts, Buffer.from('done\n')]) });
  return path;
}

/** The status that takes the place of git's answer to a request, `hang` for no answer; undefined: git answers. */
export type Trouble = (request: string, nth: number) => number | 'hang' | undefined;

/** Serves the repositories of a folder by git's own program; notes each request. `trouble` counts requests from 1. */
export async function serveRepositories(
  folder: string,
  trouble: Trouble = () => undefined,
): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const nth = requests.push(`${request.method} ${path}`);
    const status = trouble(`${request.method} ${path}`, nth);
    if (status === undefined) void serveGit(folder, request, response);
    else if (status !== 'hang') response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
