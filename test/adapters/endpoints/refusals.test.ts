import { describe, expect, it } from 'vitest';
import { ask, endpointOf, script } from './rig.ts';
import { answer, status, text, type Act } from './scripted-endpoint.ts';

const error = (code: number, message: string, more: { [key: string]: unknown } = {}) =>
  status(code, { body: { error: { message, ...more } } });
const inside = (value: unknown, more: { [key: string]: unknown } = {}) => status(200, { body: { error: value, ...more } });

describe('a prompt that is too long for the model', () => {
  const servers: [string, Act][] = [
    [
      'OpenAI',
      error(400, "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.", {
        code: 'context_length_exceeded',
        param: 'messages',
      }),
    ],
    [
      'OpenAI, above the rate',
      error(429, 'Request too large for m on tokens per min (TPM): Limit 10000, Requested 12000.', {
        type: 'tokens',
        code: 'rate_limit_exceeded',
      }),
    ],
    [
      'vLLM',
      status(400, {
        body: {
          object: 'error',
          message:
            "This model's maximum context length is 1024 tokens. However, you requested 1100 tokens (1004 in the messages, 96 in the completion).",
          code: 400,
        },
      }),
    ],
    [
      'vLLM V1',
      error(400, 'The decoder prompt (length 5951) is longer than the maximum model length of 4096.', {
        type: 'BadRequestError',
        code: 400,
      }),
    ],
    [
      'vLLM, where no room for an answer is left',
      status(400, { body: { object: 'error', message: 'max_tokens must be at least 1, got -51.', code: 400 } }),
    ],
    [
      'SGLang',
      status(400, {
        body: { object: 'error', message: "Requested token count exceeds the model's maximum context length of 4096 tokens.", code: 400 },
      }),
    ],
    ['SGLang, the input alone', error(400, "The input (5000 tokens) is longer than the model's context length (4096 tokens).")],
    [
      'TGI',
      status(422, {
        body: {
          error:
            'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 96 `max_new_tokens`',
          error_type: 'validation',
        },
      }),
    ],
    [
      'TGI, the input alone',
      status(422, {
        body: { error: 'Input validation error: `inputs` must have less than 1024 tokens. Given: 1521', error_type: 'validation' },
      }),
    ],
    [
      'llama.cpp',
      error(400, 'the request exceeds the available context size, try increasing it', { code: 400, type: 'exceed_context_size_error' }),
    ],
    [
      'older llama.cpp',
      error(500, 'the request exceeds the available context size. try increasing the context size or enable context shift', {
        code: 500,
        type: 'server_error',
      }),
    ],
    [
      'LM Studio',
      status(400, {
        body: {
          error:
            'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
        },
      }),
    ],
    ['LM Studio, with status 200', inside('The number of tokens to keep from the initial prompt is greater than the context length')],
    [
      'Anthropic',
      status(400, {
        body: { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 213462 tokens > 200000 maximum' } },
      }),
    ],
    [
      'Gemini',
      status(400, {
        body: [
          {
            error: {
              code: 400,
              message: 'The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).',
              status: 'INVALID_ARGUMENT',
            },
          },
        ],
      }),
    ],
    ['Groq', error(400, 'Please reduce the length of the messages or completion.', { code: 'context_length_exceeded' })],
    [
      'Groq, above the rate',
      error(413, 'Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 7218', {
        type: 'tokens',
        code: 'rate_limit_exceeded',
      }),
    ],
    [
      'OpenRouter',
      inside({ code: 400, message: "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens" }),
    ],
    [
      'OpenRouter, in the words of its provider',
      error(400, 'Provider returned error', { code: 400, metadata: { raw: '{"message":"Input is too long for requested model."}' } }),
    ],
    [
      'Mistral',
      status(400, {
        body: {
          object: 'error',
          message: 'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
          code: '3051',
        },
      }),
    ],
    ['Cohere', status(400, { body: { message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081' } })],
    [
      'xAI',
      status(400, {
        body: {
          code: 'Client specified an invalid argument',
          error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
        },
      }),
    ],
    ['nginx', text(413, '<html><head><title>413 Request Entity Too Large</title></head></html>')],
  ];
  it.each(servers)('is the answer of that item alone: %s', async (_, act) => {
    const { server, client } = await script([act, answer('fine')]);
    expect(await client.complete(ask())).toEqual({ text: '', finish_reason: 'prompt_too_long', usage: null, model: 'm' });
    expect((await client.complete(ask())).text).toBe('fine');
    expect(server.bodies).toHaveLength(2);
  });

  it('is known by further words that the configuration gives', async () => {
    const { client } = await script([error(400, 'Prompt overflow: 9 of 8')], { endpoint: endpointOf({ too_long: ['prompt OVERFLOW'] }) });
    expect((await client.complete(ask())).finish_reason).toBe('prompt_too_long');
  });

  it.each([
    ['a wrong model', error(404, 'The model `m` does not exist')],
    [
      'an answer that may not be so long',
      error(400, 'max_tokens is too large: 100000. This model supports at most 4096 completion tokens'),
    ],
    ['a limit that passes', error(429, 'Too many tokens, please wait before trying again.')],
  ])('is not what %s means', async (_, act) => {
    const { client } = await script([act]);
    await expect(client.complete(ask())).rejects.toThrow('endpoint strong');
  });
});

describe('a prompt that a filter refuses', () => {
  it.each<[string, Act]>([
    [
      'Azure',
      error(400, "The response was filtered due to the prompt triggering the provider's content management policy.", {
        code: 'content_filter',
      }),
    ],
    ['DashScope', error(400, 'Input data may contain inappropriate content.', { code: 'data_inspection_failed' })],
    [
      'OpenRouter',
      error(403, 'Your chosen model requires moderation and your input was flagged', {
        code: 403,
        metadata: { reasons: ['violence'], flagged_input: 'kill the child process', provider_name: 'OpenAI', model_slug: 'm' },
      }),
    ],
    [
      'OpenRouter, by its metadata alone',
      error(403, 'Forbidden', { code: 403, metadata: { reasons: ['violence'], flagged_input: 'kill the child process' } }),
    ],
    [
      'OpenRouter, with status 200',
      inside({ code: 403, message: 'm requires moderation on OpenAI. Your input was flagged for "violence". No credits were charged.' }),
    ],
    [
      'OpenAI',
      error(400, 'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt', {
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_prompt',
      }),
    ],
    [
      'xAI',
      status(403, {
        body: {
          code: 'The caller does not have permission to execute the specified operation',
          error: 'Content violates usage guidelines. Team: t, API key ID: k, Model: m, Failed check: SAFETY_CHECK_TYPE_BIO',
        },
      }),
    ],
    [
      'Anthropic',
      status(400, {
        body: { type: 'error', error: { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' } },
      }),
    ],
    [
      'Volcengine',
      error(400, 'The request could not be processed because the input text includes sensitive content', {
        type: 'BadRequest',
        code: 'InputTextRiskDetection',
      }),
    ],
    ['DeepSeek', error(400, 'Content Exists Risk', { type: 'invalid_request_error', param: null, code: 'invalid_request_error' })],
  ])('is the answer of that item alone: %s', async (_, act) => {
    const { client } = await script([act]);
    expect(await client.complete(ask())).toEqual({ text: '', finish_reason: 'content_filter', usage: null, model: 'm' });
  });

  it.each([
    ['a key without rights', error(403, 'Your account has been flagged. Contact support')],
    ['a key whose limit is reached', error(403, 'Key limit exceeded (total limit)', { code: 403 })],
  ])('is not what %s means', async (_, act) => {
    const { client } = await script([act]);
    await expect(client.complete(ask())).rejects.toMatchObject({ class: 'auth' });
  });
});

describe('a firewall before a server', () => {
  it('that answers a prompt with a web page of status 403 refuses this item alone', async () => {
    const page = text(403, '<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head></html>');
    const { server, client } = await script([page, answer('fine')]);
    await expect(client.complete(ask())).rejects.toMatchObject({
      class: 'auth',
      item: 'rejected',
      message: `endpoint strong at ${server.url} answered 403: the web page "Attention Required! | Cloudflare"; a firewall before the server refuses the prompt or this machine: ask whoever runs it`,
    });
    expect((await client.complete(ask())).text).toBe('fine');
    expect(server.bodies).toHaveLength(2);
  });
});

describe('why an answer ended', () => {
  it.each([
    ...['stop', 'STOP', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'COMPLETE'].map((word) => [word, 'stop']),
    ...['length', 'max_tokens', 'MAX_TOKENS', 'model_length'].map((word) => [word, 'length']),
    ['content_filter', 'content_filter'],
    ['finished', 'finished'],
  ])('is told by %s: %s', async (word, reason) => {
    const { client } = await script([answer('whole', { finish_reason: word })]);
    expect((await client.complete(ask())).finish_reason).toBe(reason);
  });

  it('is told by further words that the configuration gives', async () => {
    const { client } = await script([answer('whole', { finish_reason: 'finished' })], {
      endpoint: endpointOf({ stop_reasons: ['finished'] }),
    });
    expect((await client.complete(ask())).finish_reason).toBe('stop');
  });

  it.each(['abort', 'error'])('is no end where the server gave up: %s', async (word) => {
    const { client } = await script([answer('half', { finish_reason: word }), answer('whole')]);
    expect((await client.complete(ask())).text).toBe('whole');
  });
});

describe('an error inside a reply with status 200', () => {
  it.each([
    [
      'OpenRouter',
      inside({ code: 402, message: 'Insufficient credits. Add more' }, { user_id: 'u' }),
      'auth',
      1,
      'answered 200 with the error 402 inside: Insufficient credits. Add more; the account of this endpoint is spent: add credit, or give another key in codepmp.config.yaml',
    ],
    [
      'OpenRouter, in the midst of an answer',
      answer('half', { finish_reason: 'error', error: { code: 502, message: 'Provider disconnected' } }),
      'unavailable',
      3,
      'answered 200 with the error 502 inside: Provider disconnected (asked 3 times); look at the log of the server',
    ],
    [
      'one-api',
      inside({ message: 'user quota is not enough', type: 'one_api_error', code: 'insufficient_user_quota' }),
      'auth',
      1,
      'answered 200 with the error 402 inside: user quota is not enough; the account of this endpoint is spent: add credit, or give another key in codepmp.config.yaml',
    ],
    [
      'a gateway',
      inside({ message: 'slow down', code: 'rate_limit_exceeded' }),
      'rate-limited',
      1,
      'answered 200 with the error 429 inside: slow down; lower the concurrency of this endpoint in codepmp.config.yaml, or raise its limit',
    ],
    [
      'TGI',
      inside('Model is overloaded', { error_type: 'overloaded' }),
      'rate-limited',
      1,
      'answered 200 with the error 429 inside: Model is overloaded; lower the concurrency of this endpoint in codepmp.config.yaml, or raise its limit',
    ],
    [
      'a key that is wrong',
      inside({ code: '401', message: 'User not found.' }),
      'auth',
      1,
      'answered 200 with the error 401 inside: User not found.; check the key of this endpoint in codepmp.config.yaml and the rights it has',
    ],
    [
      'a server without codes',
      inside('CUDA error'),
      'unavailable',
      3,
      'answered 200 with the error 500 inside: CUDA error (asked 3 times); look at the log of the server',
    ],
  ])('counts as its own status: %s', async (_, act, failureClass, tries, message) => {
    const impatient = { endpoint: endpointOf({ outage: 0 }) };
    const { server, client } = await script([act], failureClass === 'rate-limited' ? impatient : {});
    await expect(client.complete(ask())).rejects.toMatchObject({
      class: failureClass,
      message: `endpoint strong at ${server.url} ${message}`,
    });
    expect(server.bodies).toHaveLength(tries);
  });
});

describe('what a server says is shown', () => {
  it.each<[string, Act, string, string]>([
    [
      'a spent account',
      error(402, 'Insufficient Balance'),
      'auth',
      'answered 402: Insufficient Balance; the account of this endpoint is spent: add credit, or give another key in codepmp.config.yaml',
    ],
    [
      'a web page instead of an answer',
      text(200, '<!DOCTYPE html>\n<html><head><title>Open WebUI</title></head></html>'),
      'invalid',
      'answered with the web page "Open WebUI"; correct the url in codepmp.config.yaml: it usually ends in /v1',
    ],
    [
      'a web page of an error',
      text(404, '<html><head><title>404 Not Found</title></head></html>'),
      'invalid',
      'answered 404: the web page "404 Not Found"; check the model name, the URL (it ends in /v1) and the sampling settings',
    ],
    [
      'a redirect',
      (response) => response.writeHead(308, { location: 'https://elsewhere/v1/chat/completions?token=sk-12345' }).end(),
      'invalid',
      'answered 308: a redirect to https://elsewhere/v1/chat/completions; check the model name, the URL (it ends in /v1) and the sampling settings',
    ],
    [
      'plain text',
      text(403, 'denied by policy', 'text/plain'),
      'auth',
      'answered 403: denied by policy; check the key of this endpoint in codepmp.config.yaml and the rights it has',
    ],
    ['nothing', text(400, ''), 'invalid', 'answered 400; check the model name, the URL (it ends in /v1) and the sampling settings'],
    [
      'a list of mistakes',
      status(422, { body: { detail: [{ loc: ['body', 'model'], msg: 'Field required', type: 'missing', input: {} }] } }),
      'invalid',
      'answered 422: body.model: Field required; check the model name, the URL (it ends in /v1) and the sampling settings',
    ],
    [
      'control characters',
      error(400, 'bad\u001B[31m\nred\u0000 \u202Eevil'),
      'invalid',
      'answered 400: bad red evil; check the model name, the URL (it ends in /v1) and the sampling settings',
    ],
  ])('%s', async (_, act, failureClass, message) => {
    const impatient = { endpoint: endpointOf({ outage: 0 }) };
    const { server, client } = await script([act], failureClass === 'rate-limited' ? impatient : {});
    await expect(client.complete(ask())).rejects.toMatchObject({
      class: failureClass,
      message: `endpoint strong at ${server.url} ${message}`,
    });
    expect(server.bodies).toHaveLength(1);
  });

  it.each<[string, Act]>([
    ['a message', error(400, '\u{1F600}'.repeat(500_000))],
    ['a page', text(400, `<html>${'x'.repeat(2_000_000)}`)],
    ['an answer that is none', text(200, '{"choices": []'.padEnd(2_000_000))],
    ['an answer without an end', answer('x'.repeat(2_000_000), { finish_reason: null })],
    ['an error inside an answer', inside({ code: 400, message: 'y'.repeat(2_000_000) })],
  ])('and no more of it than a few KB: %s of 2 MB', async (_, act) => {
    const { client } = await script([act]);
    const thrown = (await client.complete(ask()).catch((each: unknown) => each)) as Error & { cause: Error };
    const kept = [thrown.message, thrown.stack, thrown.cause.message, thrown.cause.stack].join('\n');
    expect(thrown.message).toContain('endpoint strong');
    expect(kept.length).toBeLessThan(12_000);
    expect(kept.isWellFormed()).toBe(true);
  });
});
