import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Octokit } from '@octokit/core';
import { RequestError } from '@octokit/request-error';

interface KeptAnswer {
  etag: string;
  /** The header that names the next page. */
  link: string;
  data: unknown;
}

/**
 * A plug-in that keeps what GitHub answers in a folder, and asks whether it has changed the next time: an answer that has not costs
 * nothing of the rate limit. It has to be the first plug-in, because only the innermost may change what is sent.
 */
export function keepAnswers(folder: string) {
  return (octokit: Octokit): void => {
    octokit.hook.wrap('request', async (request, options) => {
      const sent = octokit.request.endpoint(options);
      const name = createHash('sha256').update(sent.url).digest('hex');
      const file = join(folder, name.slice(0, 2), `${name}.json`);
      const kept = sent.method === 'GET' ? await readKept(file) : null;
      try {
        const answer = await request(kept ? { ...options, headers: { ...options.headers, 'if-none-match': kept.etag } } : options);
        if (isCut(answer)) throw new RequestError('the answer ends too early', 502, { request: sent });
        const { etag, link = '' } = answer.headers;
        if (sent.method === 'GET' && etag !== undefined) await keep(file, { etag, link, data: answer.data });
        return answer;
      } catch (error) {
        if (!kept || !(error instanceof RequestError) || error.status !== 304) throw error;
        return { url: sent.url, status: 200, headers: { link: kept.link }, data: kept.data } as Awaited<ReturnType<typeof request>>;
      }
    });
  };
}

/** The client hands JSON that ends too early on as text. */
function isCut({ data, headers }: { data: unknown; headers: { 'content-type'?: string } }): boolean {
  return typeof data === 'string' && (headers['content-type']?.includes('json') ?? false);
}

async function readKept(file: string): Promise<KeptAnswer | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as KeptAnswer;
  } catch {
    return null;
  }
}

async function keep(file: string, answer: KeptAnswer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${randomBytes(8).toString('hex')}`;
  await writeFile(beside, JSON.stringify(answer));
  await rename(beside, file);
}
