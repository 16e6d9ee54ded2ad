import { generateKeyPairSync, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { validate } from '@octokit/graphql-schema';
import { describe, expect, it } from 'vitest';
import { discussionsQuery } from '../../../../adapters/sources/github/texts.ts';
import { temporaryFolder } from '../git-rig.ts';
import { all, examplesOf, openGithubAt, recorded, serveGithub, type GithubReply } from './github-rig.ts';

const none: GithubReply = { body: [] };

async function tokenFile(text: string): Promise<{ file: string }> {
  const file = join(await temporaryFolder(), 'secret');
  await writeFile(file, text);
  return { file };
}

describe('texts of a repository on GitHub', () => {
  it('are read page by page, as GitHub links them', async () => {
    const { url, asked } = await serveGithub(recorded('paginate-issues'));
    const github = await openGithubAt(url);
    const texts = await all(github.texts('octokit-fixture-org/paginate-issues', 'issues'));
    expect(texts).toHaveLength(13);
    expect(texts[0]).toEqual({ path: 'issues/13.md', text: '# Test issue 13' });
    expect(asked[0]?.path).toContain('/issues?per_page=100&state=all&sort=created&direction=asc');
    expect(asked.slice(1).map(({ path }) => path)).toEqual([2, 3, 4, 5].map((page) => `/repositories/1000/issues?per_page=3&page=${page}`));
  });

  it('are issues without the pull requests among them, pull requests, and messages of commits', async () => {
    const [issue] = examplesOf('issues', 'issue');
    const [pull] = examplesOf('pull_request', 'pull_request');
    const commit = { sha: 'c'.repeat(40), commit: { message: 'Mend it\n\nIt was broken.' } };
    const { url } = await serveGithub(({ path }) => ({
      body: path.includes('/commits') ? [commit] : path.includes('/pulls') ? [pull] : [issue, { ...issue, number: 2, pull_request: {} }],
    }));
    const github = await openGithubAt(url);
    expect(await all(github.texts('o/r', 'issues'))).toEqual([
      { path: 'issues/1.md', text: `# Spelling error in the README file\n\n${String(issue?.['body'])}` },
    ]);
    expect(await all(github.texts('o/r', 'pulls'))).toEqual([
      { path: 'pulls/2.md', text: `# Update the README with new information.\n\n${String(pull?.['body'])}` },
    ]);
    expect(await all(github.texts('o/r', 'commits'))).toEqual([
      { path: `commits/${commit.sha}.txt`, text: commit.commit.message, commit: commit.sha },
    ]);
  });

  it('are discussions with the answers that were accepted, by a query of the schema of GitHub', async () => {
    expect(validate(discussionsQuery)).toEqual([]);
    const [first, second] = examplesOf('discussion', 'discussion');
    const nodes = [{ ...first, answer: null }, { ...second, answer: { body: 'Like this.' } }];
    const { url, asked } = await serveGithub(({ body }) => {
      const { cursor } = body['variables'] as { cursor?: string };
      const pageInfo = { hasNextPage: cursor === undefined, endCursor: 'c1' };
      return { body: { data: { repository: { discussions: { nodes: [nodes[cursor === undefined ? 0 : 1]], pageInfo } } } } };
    });
    const github = await openGithubAt(url, { token: await tokenFile('t0ken\n') });
    expect(await all(github.texts('o/r', 'discussions'))).toEqual([
      { path: 'discussions/90.md', text: "# Welcome to discussions!\n\nWe're glad to have you here!" },
      { path: 'discussions/4.md', text: '# TEST edit\n\nTEST edit\n\n## Answer\n\nLike this.' },
    ]);
    expect(asked.map(({ path, body }) => [path, body['query']])).toEqual(Array(2).fill(['/graphql', discussionsQuery]));
  });

  it('need a token where they are discussions', async () => {
    const github = await openGithubAt('http://127.0.0.1:9');
    await expect(all(github.texts('o/r', 'discussions'))).rejects.toThrow(
      'GitHub shows discussions only with a token. Set github.token in codepmp.config.yaml, or take them out of metadata',
    );
  });

  it('are none of a repository that was deleted, blocked or has them switched off', async () => {
    for (const status of [404, 410, 451]) {
      const { url } = await serveGithub(() => ({ status, body: { message: 'no' } }));
      const github = await openGithubAt(url);
      expect(await all(github.texts('o/r', 'issues'))).toEqual([]);
      expect(await github.isThere('o/r')).toBe(false);
    }
    const notFound = { data: { repository: null }, errors: [{ type: 'NOT_FOUND', path: ['repository'], message: 'Could not resolve' }] };
    const { url } = await serveGithub(() => ({ body: notFound }));
    const github = await openGithubAt(url, { token: await tokenFile('t') });
    expect(await all(github.texts('o/r', 'discussions'))).toEqual([]);
  });

  it('are found under the new name of a renamed repository', async () => {
    const { url, asked } = await serveGithub(recorded('rename-repository'));
    expect(await (await openGithubAt(url)).isThere('octokit-fixture-org/rename-repository')).toBe(true);
    expect(asked.map(({ path }) => path)).toEqual(['/repos/octokit-fixture-org/rename-repository', '/repositories/1000']);
  });
});

describe('asking GitHub', () => {
  it('waits for the end of a rate limit, and says so', async () => {
    const limited: GithubReply = {
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${Math.floor(Date.now() / 1000) + 20}` },
      body: { message: 'API rate limit exceeded for 1.2.3.4.' },
    };
    const { url, asked } = await serveGithub((_, nth) => (nth < 3 ? limited : none));
    const said: string[] = [];
    expect(await all((await openGithubAt(url, { said })).texts('o/r', 'pulls'))).toEqual([]);
    expect(asked).toHaveLength(3);
    expect(said[0]).toMatch(/^the rate limit of GitHub at http:\/\/127\.0\.0\.1:\d+ is reached: waiting (19|2\d) s$/);
  });

  it('waits as long as a secondary limit says', async () => {
    const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    const limited: GithubReply = { status: 429, headers: { 'retry-after': '30' }, body: { message } };
    const { url, asked } = await serveGithub((_, nth) => (nth === 1 ? limited : none));
    const said: string[] = [];
    await all((await openGithubAt(url, { said })).texts('o/r', 'pulls'));
    expect(asked).toHaveLength(2);
    expect(said).toEqual([`a secondary rate limit of GitHub at ${url} is reached: waiting 30 s`]);
  });

  it('ends at once when it is cancelled while it waits', async () => {
    const reset = `${Math.floor(Date.now() / 1000) + 3_600_000}`;
    const { url } = await serveGithub(() => ({
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
      body: { message: 'API rate limit exceeded' },
    }));
    const cancelled = new AbortController();
    const said: string[] = [];
    const reading = all((await openGithubAt(url, { signal: cancelled.signal, said })).texts('o/r', 'pulls'));
    const outcome = reading.catch((error: unknown) => error);
    await expect.poll(() => said.length).toBe(1);
    cancelled.abort(new Error('stopped by the test'));
    expect(await outcome).toEqual(new Error('stopped by the test'));
  });

  it('asks only whether an answer has changed, page by page, the next time', async () => {
    const serve = recorded('paginate-issues');
    const { url, asked } = await serveGithub((one) => (one.headers['if-none-match'] === undefined ? serve(one) : { status: 304 }));
    const folder = await temporaryFolder();
    const read = async () => all((await openGithubAt(url, { folder })).texts('octokit-fixture-org/paginate-issues', 'issues'));
    const first = await read();
    expect(await read()).toEqual(first);
    expect(asked.slice(5).map(({ headers }) => headers['if-none-match'])).toEqual(Array(5).fill('"00000000000000000000000000000000"'));
  });

  it('asks again after an error of the server', async () => {
    const { url, asked } = await serveGithub((_, nth) => (nth < 3 ? { status: 502, body: { message: 'Server Error' } } : none));
    expect(await all((await openGithubAt(url)).texts('o/r', 'commits'))).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it('gives up on a server that only has errors', async () => {
    const { url, asked } = await serveGithub(() => ({ status: 503, body: { message: 'Unavailable' } }));
    await expect(all((await openGithubAt(url)).texts('o/r', 'commits'))).rejects.toMatchObject({
      class: 'unavailable',
      message: `GitHub at ${url} does not answer as it should: Unavailable. What was read so far is kept; run again`,
    });
    expect(asked).toHaveLength(4);
  });

  it('asks again for a page that ends too early, and does not keep it', async () => {
    const serve = recorded('paginate-issues');
    const { url, asked } = await serveGithub((one, nth) => ({ ...serve(one), ...(nth === 2 && { cut: true }) }));
    const github = await openGithubAt(url);
    expect(await all(github.texts('octokit-fixture-org/paginate-issues', 'issues'))).toHaveLength(13);
    expect(asked).toHaveLength(6);
    expect(asked[2]?.headers['if-none-match']).toBeUndefined();
  });

  it('sends the token of a person', async () => {
    const { url, asked } = await serveGithub(() => none);
    await all((await openGithubAt(url, { token: await tokenFile('t0ken\n') })).texts('o/r', 'issues'));
    expect(asked[0]?.headers.authorization).toBe('token t0ken');
    await all((await openGithubAt(url)).texts('o/r', 'issues'));
    expect(asked[1]?.headers.authorization).toBeUndefined();
  });

  it('sends a token that an app has asked for with its key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { url, asked } = await serveGithub(({ path }) =>
      path === '/app/installations/8/access_tokens'
        ? { status: 201, body: { token: 'ghs_x', expires_at: '2100-01-01T00:00:00Z', permissions: {}, repository_selection: 'all' } }
        : none,
    );
    const key = await tokenFile(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    await all((await openGithubAt(url, { app: { id: 7, installation: 8, key } })).texts('o/r', 'issues'));
    const [header = '', payload = '', signature = ''] = asked[0]?.headers.authorization?.replace('bearer ', '').split('.') ?? [];
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ iss: 7 });
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(asked[1]?.headers.authorization).toBe('token ghs_x');
  });

  it('says where the token is wrong or missing', async () => {
    const { url } = await serveGithub(() => ({ status: 401, body: { message: 'Bad credentials' } }));
    await expect(all((await openGithubAt(url, { token: await tokenFile('t') })).texts('o/r', 'issues'))).rejects.toMatchObject({
      class: 'auth',
      message: `GitHub at ${url} refuses the token (Bad credentials). Correct github in codepmp.config.yaml`,
    });
    const copied = await tokenFile('ghp_1\u200b2');
    await expect(openGithubAt(url, { token: copied })).rejects.toMatchObject({
      class: 'auth',
      message: `github.token cannot be sent: the file ${copied.file} has a character that no header can carry. Correct it, then run again`,
    });
    await expect(openGithubAt(url, { token: { env: 'NO_SUCH_TOKEN' } })).rejects.toThrow(
      'github.token is empty: the environment variable NO_SUCH_TOKEN has nothing. Set it, then run again',
    );
  });
});
