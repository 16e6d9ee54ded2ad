import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { paginateGraphQL } from '@octokit/plugin-paginate-graphql';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import Bottleneck from 'bottleneck';
import { fetch as undiciFetch, type Dispatcher } from 'undici';
import { keepAnswers } from './answers.ts';

/** A person's token, an app, or nobody. */
export type GithubAuth = { token: string } | { appId: number; installationId: number; privateKey: string } | null;

export interface OctokitOptions {
  /** Base URL of the REST interface. */
  url: string;
  auth: GithubAuth;
  /** Where answers are kept. */
  folder: string;
  signal: AbortSignal;
  dispatcher: Dispatcher;
  /** Milliseconds of a second of waiting, for limits, retries and pauses between searches. Default 1000. */
  second?: number;
  warn: (line: string) => void;
}

export type PatientOctokit = ReturnType<typeof createOctokit>;

/** GitHub's own client: it waits out limits, asks again after errors of the server, and reads unchanged answers from its folder. */
export function createOctokit({ url, auth, folder, signal, dispatcher, second = 1000, warn }: OctokitOptions) {
  const Patient = Octokit.plugin(keepAnswers(folder), paginateRest, paginateGraphQL, retry, throttling);
  const wait = (what: string) => (seconds: number) => {
    warn(`${what} of GitHub at ${url} is reached: waiting ${seconds} s`);
    return true;
  };
  const app = auth && 'appId' in auth ? { authStrategy: createAppAuth, auth } : {};
  return new Patient({
    ...(auth && 'token' in auth ? { auth: auth.token } : app),
    baseUrl: url,
    userAgent: 'codepmp',
    log: { debug: () => {}, info: () => {}, warn, error: warn },
    request: { signal, fetch: (where: string, init: object) => undiciFetch(where, { ...init, dispatcher }) },
    retry: { retryAfterBaseValue: second, doNotRetry: final },
    throttle: {
      retryAfterBaseValue: second,
      onRateLimit: wait('the rate limit'),
      onSecondaryRateLimit: wait('a secondary rate limit'),
      ...(second !== 1000 && pausesOf(second)),
    },
  });
}

/** Statuses that no retry changes, or whose wait is that of a limit. */
const final = [400, 401, 403, 404, 410, 422, 429, 451];

/** The plug-in's own pauses between searches, and between queries of GraphQL, at another length of a second. */
function pausesOf(second: number) {
  const group = (seconds: number) => new Bottleneck.Group({ maxConcurrent: 1, minTime: seconds * second });
  return { search: group(2), write: group(1) };
}
