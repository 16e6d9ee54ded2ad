import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';

const environment = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', LC_ALL: 'C' };

/** The sentences of the MIT licence by which it is known. */
export const mit =
  'Permission is hereby granted, free of charge, to any person obtaining a copy of this software, on condition that\nthe above copyright notice and this permission notice shall be included.\n';

export async function git(folder: string, args: string[], input = ''): Promise<string> {
  return (await execa('git', ['-C', folder, ...args], { env: environment, input })).stdout;
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
  await execa('git', ['-C', path, 'fast-import', '--quiet'], { env: environment, input: Buffer.concat([...parts, Buffer.from('done\n')]) });
  return path;
}

/** Serves the repositories of a folder by git's own program; notes each request. */
export async function serveRepositories(folder: string): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    requests.push(`${request.method} ${path}`);
    const { 'content-type': type = '', 'content-encoding': encoding = '', 'git-protocol': protocol = '' } = request.headers;
    const env = {
      ...environment,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: type,
      HTTP_CONTENT_ENCODING: encoding,
      GIT_PROTOCOL: String(protocol),
      REMOTE_ADDR: '127.0.0.1',
    };
    const backend = execa('git', ['http-backend'], { env, input: request, encoding: 'buffer', stripFinalNewline: false, reject: false });
    void backend.then(({ stdout }) => {
      const end = Buffer.from(stdout).indexOf('\r\n\r\n');
      const headers = Buffer.from(stdout).subarray(0, end).toString().split('\r\n').map((line) => line.split(': ', 2));
      const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
      for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value);
      response.writeHead(Number.parseInt(status, 10)).end(stdout.subarray(end + 4));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
