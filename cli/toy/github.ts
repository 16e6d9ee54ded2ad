import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { serveGit } from './git-backend.ts';

/**
 * A stand-in of GitHub for paper-toy: answers a search with the repositories of a folder, and serves these by git's own program. It
 * ends when nobody has asked anything for a while. Arguments: FOLDER PORT.
 */
const [folder = '', port = ''] = process.argv.slice(2);

/** Milliseconds without a request after which the server ends. */
const idle = 15 * 60_000;

const url = `http://127.0.0.1:${port}`;
const found = readdirSync(folder)
  .flatMap((owner) => readdirSync(join(folder, owner)).map((file) => `${owner}/${file.replace(/\.git$/, '')}`))
  .sort()
  .map((name, index) => ({ id: index + 1, full_name: name, clone_url: `${url}/${name}.git`, license: { spdx_id: 'PSF-2.0' } }));

let ending = setTimeout(() => process.exit(0), idle);
const server = createServer((request, response) => {
  clearTimeout(ending);
  ending = setTimeout(() => process.exit(0), idle);
  void answer(request, response).catch(() => response.destroy());
});
server.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EADDRINUSE' ? 3 : 1));
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  if (path === '/') return sendJson(response, { toy: folder });
  if (path === '/search/repositories') return sendJson(response, { total_count: found.length, incomplete_results: false, items: found });
  const repository = found.find(({ full_name }) => path === `/repos/${full_name}`);
  if (repository) return sendJson(response, repository);
  if (!/^\/[^/]+\/[^/]+\.git\//.test(path)) return sendJson(response, { message: 'Not Found' }, 404);
  await serveGit(folder, request, response);
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.writeHead(status).end(JSON.stringify(body));
}
