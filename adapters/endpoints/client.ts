import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { Agent, fetch as pooledFetch } from 'undici';
import type { Answer, CompletionRequest, EndpointClient } from '../../ports/endpoint.ts';
import { BrokenAnswer, isTooLong, readFailure, type EndpointFailure } from './failure.ts';
import { classified } from '../../ports/failure.ts';
import type { Limiter } from './limiter.ts';

const largestAnswer = 16 * 1024 * 1024;

export interface EndpointClientOptions {
  /** Name in the operator's configuration, for messages. */
  name: string;
  /** Base URL that ends in `/v1`. */
  url: string;
  /** Model name sent. */
  model: string;
  key?: string | undefined;
  /** Shared by all clients of the endpoint. */
  limiter: Limiter;
  /** Milliseconds for one request, all of it. Default 600,000. */
  timeout?: number;
  retry?: RetryOptions;
}

/** How passing trouble is tried again inside one call: waits double from `first` up to `most`, with jitter. */
export interface RetryOptions {
  /** Requests in all. Default 5. */
  tries: number;
  /** Milliseconds. Default 500. */
  first: number;
  /** Milliseconds; a longer Retry-After is left to the caller. Default 60,000. */
  most: number;
}

/** A client of one OpenAI-compatible endpoint. `close` ends its connections. */
export function openEndpointClient(options: EndpointClientOptions): EndpointClient & { close(): Promise<void> } {
  const { limiter, retry = { tries: 5, first: 500, most: 60_000 } } = options;
  const { api, agent } = connect(options);

  const ask = async (request: CompletionRequest): Promise<Answer> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await askOnce({ api, request, model: options.model });
      } catch (error) {
        request.signal.throwIfAborted();
        if (isTooLong(error)) return { text: '', finish_reason: 'prompt_too_long', usage: null, model: options.model };
        const failure = readFailure(error);
        const wait = failure.retryAfter ?? Math.min(retry.most, retry.first * 2 ** (tried - 1)) * (0.5 + Math.random() / 2);
        if (!failure.again || tried >= retry.tries || wait > retry.most) throw asError({ failure, tried, options, cause: error });
        await sleep(wait, undefined, { signal: request.signal }).catch(() => request.signal.throwIfAborted());
      }
    }
  };

  return {
    complete: (request) => limiter.run(request.signal, () => ask(request)),
    close: () => agent.destroy(),
  };
}

function connect(options: EndpointClientOptions): { api: OpenAI; agent: Agent } {
  const { url, key = 'none', timeout = 600_000 } = options;
  const agent = new Agent({
    headersTimeout: timeout,
    bodyTimeout: timeout,
    keepAliveTimeout: 10_000,
    maxResponseSize: largestAnswer,
  });
  const api = new OpenAI({
    baseURL: url,
    apiKey: key,
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout,
    logLevel: 'off',
    fetch: pooledFetch as unknown as typeof fetch,
    fetchOptions: { dispatcher: agent, redirect: 'error' },
  });
  return { api, agent };
}

async function askOnce(options: { api: OpenAI; request: CompletionRequest; model: string }): Promise<Answer> {
  const { api, request, model } = options;
  const { messages, sampling, stop, seed, signal } = request;
  const body = { model, messages, ...sampling, seed, stream: false as const, ...(stop.length > 0 ? { stop } : {}) };
  const reply: unknown = await api.chat.completions.create(body, { signal });
  return readAnswer(reply, model);
}

/** Only a reply that says why it ended is an answer. */
function readAnswer(reply: unknown, asked: string): Answer {
  const { choices, model, usage } = asObject(reply);
  const { message, finish_reason } = asObject(Array.isArray(choices) ? choices[0] : undefined);
  if (typeof finish_reason !== 'string' || finish_reason === '') throw new BrokenAnswer('it has no finish_reason');
  const { content } = asObject(message);
  const { prompt_tokens, completion_tokens } = asObject(usage);
  const counted = typeof prompt_tokens === 'number' && typeof completion_tokens === 'number';
  return {
    text: typeof content === 'string' ? content : '',
    finish_reason,
    usage: counted ? { prompt_tokens, completion_tokens } : null,
    model: typeof model === 'string' ? model : asked,
  };
}

function asObject(value: unknown): { [key: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function asError(context: { failure: EndpointFailure; tried: number; options: EndpointClientOptions; cause: unknown }): Error {
  const { failure, tried, options, cause } = context;
  const times = tried > 1 ? ` (asked ${tried} times)` : '';
  const message = `endpoint ${options.name} at ${options.url} ${failure.what}${times}; ${failure.next}`;
  return classified(
    failure.class,
    options.key ? message.replaceAll(options.key, '***') : message,
    { name: 'EndpointFailure', retryAfter: failure.retryAfter, cause },
  );
}
