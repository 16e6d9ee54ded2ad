import { execa } from 'execa';
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

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
  const [path = '', query = ''] = (request.url ?? '').split('?');
  if (path === '/') return sendJson(response, { toy: folder });
  if (path === '/search/repositories') return sendJson(response, { total_count: found.length, incomplete_results: false, items: found });
  const repository = found.find(({ full_name }) => path === `/repos/${full_name}`);
  if (repository) return sendJson(response, repository);
  if (!/^\/[^/]+\/[^/]+\.git\//.test(path)) return sendJson(response, { message: 'Not Found' }, 404);
  await serveGit({ request, response, path, query });
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.writeHead(status).end(JSON.stringify(body));
}

interface GitRequest {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  query: string;
}

/** As a web server hands a request on to `git http-backend`. */
async function serveGit({ request, response, path, query }: GitRequest): Promise<void> {
  const { 'content-type': type = '', 'content-encoding': encoding = '', 'git-protocol': protocol = '' } = request.headers;
  const env = {
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
  const { stdout } = await execa('git', ['http-backend'], { env, input: request, encoding: 'buffer', stripFinalNewline: false });
  const said = Buffer.from(stdout);
  const end = said.indexOf('\r\n\r\n');
  const headers = said.subarray(0, end).toString().split('\r\n').map((line) => line.split(': ', 2));
  for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value);
  response.writeHead(Number.parseInt(headers.find(([name]) => name === 'Status')?.[1] ?? '200', 10)).end(said.subarray(end + 4));
}
