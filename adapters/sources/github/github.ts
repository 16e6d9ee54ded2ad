import { Agent, EnvHttpProxyAgent } from 'undici';
import type { GithubAccess, SecretPlace } from '../../../ports/configuration.ts';
import { classified, messageOfError } from '../../../ports/failure.ts';
import type { Github, OpenGithub } from '../../../ports/github.ts';
import { fitsHeader, placeText, secretAt } from '../../secret-place.ts';
import { unlessAborted } from '../../unless-aborted.ts';
import { createOctokit, type GithubAuth, type PatientOctokit } from './octokit.ts';
import { searchAll } from './search.ts';
import { textReaders } from './texts.ts';

interface GithubOptions {
  access: GithubAccess;
  /** Milliseconds of a second of waiting. Default 1000. */
  second?: number;
  warn: (line: string) => void;
}

/** GitHub as the configuration says it is asked. */
export function createGithub({ access, second, warn }: GithubOptions): OpenGithub {
  return async ({ folder, signal }) => {
    const auth = await readAuth(access);
    const dispatcher = /^https?:\/\/(localhost|127\.|\[::1\])/.test(access.url) ? new Agent() : new EnvHttpProxyAgent();
    signal.addEventListener('abort', () => void dispatcher.destroy(), { once: true });
    const octokit = createOctokit({ url: access.url, auth, folder, signal, dispatcher, warn, ...(second !== undefined && { second }) });
    return withPlainErrors(githubBy(octokit, { isAnonymous: auth === null }), { url: access.url, signal });
  };
}

function githubBy(octokit: PatientOctokit, { isAnonymous }: { isAnonymous: boolean }): Github {
  return {
    async *search({ query, languages }) {
      if (languages.length === 0) yield* searchAll(octokit, query);
      for (const language of languages) yield* searchAll(octokit, `${query} language:${JSON.stringify(language)}`);
    },
    async *texts(name, kind) {
      if (kind === 'discussions' && isAnonymous)
        throw classified(
          'auth',
          'GitHub shows discussions only with a token. Set github.token in codepmp.config.yaml, or take them out of metadata',
        );
      const [owner = '', repo = ''] = name.split('/');
      try {
        yield* textReaders[kind](octokit, { owner, repo });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
    async isThere(name) {
      const [owner = '', repo = ''] = name.split('/');
      try {
        await octokit.request('GET /repos/{owner}/{repo}', { owner, repo });
        return true;
      } catch (error) {
        if (isGone(error)) return false;
        throw error;
      }
    },
  };
}

/** A repository that was deleted, made private or blocked, or that has what is asked for switched off. */
function isGone(error: unknown): boolean {
  const { status, message, errors } = error as { status?: number; message?: string; errors?: { type?: string }[] };
  if (errors) return errors.every(({ type }) => type === 'NOT_FOUND' || type === 'FORBIDDEN');
  return status === 404 || status === 410 || status === 451 || (status === 403 && /access blocked|disabled/i.test(message ?? ''));
}

/** The same with errors that say what to do, and with everything ended by the signal, also what waits for a limit. */
function withPlainErrors(github: Github, { url, signal }: { url: string; signal: AbortSignal }): Github {
  const plain = (error: unknown): Error => {
    signal.throwIfAborted();
    return asPlainError(error, url);
  };
  async function* guarded<T>(rows: AsyncIterable<T>): AsyncGenerator<T> {
    const each = rows[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await unlessAborted(each.next(), signal).catch((error: unknown) => {
        throw plain(error);
      });
      if (done) return;
      yield value;
    }
  }
  return {
    search: (query) => guarded(github.search(query)),
    texts: (name, kind) => guarded(github.texts(name, kind)),
    isThere: (name) =>
      unlessAborted(github.isThere(name), signal).catch((error: unknown) => {
        throw plain(error);
      }),
  };
}

function asPlainError(error: unknown, url: string): Error {
  if (error instanceof Error && 'class' in error) return error;
  const { status } = error as { status?: number };
  const said = messageOfError(error).split(' - http')[0] ?? '';
  if (status === 401)
    return classified('auth', `GitHub at ${url} refuses the token (${said}). Correct github in codepmp.config.yaml`, { cause: error });
  if (status === 422) return classified('invalid', `GitHub refuses the query: ${said}. Correct query`, { cause: error });
  return classified('unavailable', `GitHub at ${url} does not answer as it should: ${said}. What was read so far is kept; run again`, {
    cause: error,
  });
}

async function readAuth({ token, app }: GithubAccess): Promise<GithubAuth> {
  if (token) return { token: await readToken(token) };
  if (!app) return null;
  return { appId: app.id, installationId: app.installation, privateKey: await readSecret(app.key, 'github.app.key') };
}

async function readToken(place: SecretPlace): Promise<string> {
  const token = await readSecret(place, 'github.token');
  if (fitsHeader(token)) return token;
  throw classified('auth', `github.token cannot be sent: ${placeText(place)} has a character that no header can carry. Correct it, then run again`);
}

async function readSecret(place: SecretPlace, name: string): Promise<string> {
  const secret = await secretAt(place);
  if (secret !== null) return secret;
  throw classified('auth', `${name} is empty: ${placeText(place)} has nothing. Set it, then run again`);
}
