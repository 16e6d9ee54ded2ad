import { describe, expect, it } from 'vitest';
import { ask, sampling, script } from './rig.ts';
import { answer, status, type Act, type Body } from './scripted-endpoint.ts';

/** A server that answers once a body has none of the faults; `refuse` gives its reply to the first that it finds. */
function strict(refuse: (body: Body) => Act | null): Act {
  return (response, request, body) => (refuse(body) ?? answer('fine'))(response, request, body);
}

/** A server that knows no field of these names. */
const without = (fields: string[], refuse: (field: string, body: Body) => Act): Act =>
  strict((body) => {
    const field = fields.find((each) => Object.hasOwn(body, each));
    return field === undefined ? null : refuse(field, body);
  });

const openai = (message: string, param: string | null = null, code: string | null = null) =>
  status(400, { body: { error: { message, type: 'invalid_request_error', param, code } } });

const allOff = { ...sampling, temperature: 1, top_p: 1 };
const messages = [{ role: 'user', content: 'Describe it.' }];
const plain = { model: 'm', messages, stream: false };

describe('a setting that is off is left out for a server that refuses it', () => {
  it.each<[string, Act, { [field: string]: unknown }]>([
    [
      'OpenAI',
      without(['top_k', 'min_p'], (field) => openai(`Unrecognized request argument supplied: ${field}`)),
      { temperature: 1, top_p: 1, max_tokens: 96, seed: 5 },
    ],
    [
      'OpenAI, several at once',
      strict((body) =>
        'min_p' in body || 'top_k' in body
          ? openai(`Unrecognized request arguments supplied: ${['min_p', 'top_k'].filter((each) => each in body).join(', ')}`)
          : null,
      ),
      { temperature: 1, top_p: 1, max_tokens: 96, seed: 5 },
    ],
    [
      'Azure',
      without(['top_k', 'min_p'], (field) => openai(`Unknown parameter: '${field}'.`, field, 'unknown_parameter')),
      { temperature: 1, top_p: 1, max_tokens: 96, seed: 5 },
    ],
    [
      'a reasoning model of OpenAI',
      without(['max_tokens', 'top_k', 'min_p', 'top_p'], (field) =>
        field === 'max_tokens'
          ? openai(
              "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
              field,
              'unsupported_parameter',
            )
          : openai(`Unsupported parameter: '${field}'.`, field),
      ),
      { temperature: 1, max_completion_tokens: 96, seed: 5 },
    ],
    [
      'the platform of Mistral',
      without(['top_k', 'min_p', 'seed'], (field) =>
        status(422, {
          body: {
            object: 'error',
            message: { detail: [{ type: 'extra_forbidden', loc: ['body', field], msg: 'Extra inputs are not permitted', input: 0 }] },
          },
        }),
      ),
      { temperature: 1, top_p: 1, max_tokens: 96 },
    ],
    [
      'FastAPI, which repeats the whole request',
      strict((body) =>
        'top_k' in body
          ? status(422, {
              body: { detail: [{ type: 'extra_forbidden', loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted', input: body }] },
            })
          : null,
      ),
      { temperature: 1, top_p: 1, min_p: 0, max_tokens: 96, seed: 5 },
    ],
    [
      'TGI',
      without(['top_k', 'top_p'], (field) =>
        status(422, { body: { error: `Input validation error: \`${field}\` must be strictly positive`, error_type: 'validation' } }),
      ),
      { temperature: 1, min_p: 0, max_tokens: 96, seed: 5 },
    ],
    [
      'Groq',
      without(['top_k', 'min_p'], (field) => openai(`property '${field}' is unsupported, did you mean 'top_p'?`)),
      { temperature: 1, top_p: 1, max_tokens: 96, seed: 5 },
    ],
    [
      'Gemini',
      without(['min_p', 'top_k', 'seed'], (field) =>
        status(400, {
          body: [
            {
              error: {
                code: 400,
                message: `Invalid JSON payload received. Unknown name "${field}": Cannot find field.`,
                status: 'INVALID_ARGUMENT',
              },
            },
          ],
        }),
      ),
      { temperature: 1, top_p: 1, max_tokens: 96 },
    ],
    [
      'Claude',
      strict((body) =>
        'temperature' in body && 'top_p' in body ? openai('`temperature` and `top_p` cannot both be specified for this model') : null,
      ),
      { top_p: 1, top_k: 0, min_p: 0, max_tokens: 96, seed: 5 },
    ],
    [
      'SGLang and older vLLM, which write off as -1',
      strict(({ top_k: topK }) => (topK === 0 ? openai('top_k must be -1 (disable), or at least 1, got 0.') : null)),
      { temperature: 1, top_p: 1, top_k: -1, min_p: 0, max_tokens: 96, seed: 5 },
    ],
  ])('%s', async (_, act, fields) => {
    const { server, client } = await script([act]);
    expect((await client.complete(ask({ sampling: allOff }))).text).toBe('fine');
    expect(server.bodies.at(-1)).toEqual({ ...plain, ...fields });
    const asked = server.bodies.length;
    await client.complete(ask({ sampling: allOff }));
    expect(server.bodies.length).toBe(asked + 1);
  });

  it('and sent to all others, whose own settings may not be off', async () => {
    const { server, client, warnings } = await script([answer('fine')]);
    await client.complete(ask({ sampling: allOff }));
    expect(server.bodies).toEqual([{ ...plain, ...allOff, seed: 5 }]);
    expect(warnings).toEqual([]);
  });

  it('which is said once, however many requests hear of it at the same time', async () => {
    const { client, server, warnings } = await script([
      without(['top_k', 'seed'], (field) => openai(`Unrecognized request argument supplied: ${field}`)),
    ]);
    const answers = await Promise.all(Array.from({ length: 20 }, (_each, seed) => client.complete(ask({ seed }))));
    expect(answers.map(({ text }) => text)).toEqual(Array(20).fill('fine'));
    expect(warnings).toEqual([
      `endpoint strong at ${server.url} does not take top_k: it is not sent where it is off`,
      `endpoint strong at ${server.url} does not take a seed: none is sent`,
    ]);
  });
});

describe('a setting that is on is never left out', () => {
  it.each([
    ['top_k', 40, 'Unrecognized request argument supplied: top_k'],
    ['min_p', 0.05, "property 'min_p' is unsupported"],
    ['temperature', 0.3, "Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is supported."],
  ])('%s', async (field, value, message) => {
    const { server, client } = await script([openai(message, field)]);
    await expect(client.complete(ask({ sampling: { ...allOff, [field]: value } }))).rejects.toMatchObject({
      class: 'invalid',
      message: `endpoint strong at ${server.url} answered 400: ${message}; check the model name, the URL (it ends in /v1) and the sampling settings`,
    });
    expect(server.bodies).toHaveLength(1);
  });

  it('also after the same setting was left out where it was off', async () => {
    const { server, client } = await script([without(['top_k'], () => openai('Unrecognized request argument supplied: top_k'))]);
    await client.complete(ask());
    await expect(client.complete(ask({ sampling: { ...sampling, top_k: 40 } }))).rejects.toMatchObject({ class: 'invalid' });
    expect(server.bodies.at(-1)).toMatchObject({ top_k: 40 });
  });
});

describe('further fields of a request', () => {
  const extra_body = { chat_template_kwargs: { enable_thinking: false }, best: 1 };
  const withExtra = ask({ sampling: { ...allOff, extra_body } });

  it('are sent as they are, also to a server that refuses settings that are off', async () => {
    const { server, client } = await script([without(['top_k', 'min_p'], (field) => openai(`Unrecognized request argument: ${field}`))]);
    expect((await client.complete(withExtra)).text).toBe('fine');
    expect(server.bodies.at(-1)).toEqual({ ...plain, temperature: 1, top_p: 1, max_tokens: 96, seed: 5, ...extra_body });
  });

  it.each([null, 'best'])('are not left out for a server that refuses one of them', async (param) => {
    const { server, client } = await script([openai('Unrecognized request argument supplied: best', param)]);
    await expect(client.complete(withExtra)).rejects.toMatchObject({ item: 'rejected', why: expect.stringContaining('best') });
    expect(server.bodies).toHaveLength(1);
  });
});

describe('a model without a system role has the system\'s text before the user\'s', () => {
  const both = [{ role: 'system' as const, content: 'You describe code.' }, { role: 'user' as const, content: 'Describe it.' }];
  const isSystem = ({ messages: sent }: Body) => (sent as typeof both).some(({ role }) => role === 'system');
  it.each<[string, Act]>([
    [
      'vLLM',
      status(400, { body: { object: 'error', message: 'System role not supported', type: 'BadRequestError', param: null, code: 400 } }),
    ],
    [
      'Gemini',
      status(400, {
        body: [
          { error: { code: 400, message: 'Developer instruction is not enabled for models/gemma-3-27b-it', status: 'INVALID_ARGUMENT' } },
        ],
      }),
    ],
    [
      'llama.cpp',
      status(500, { body: { error: { code: 500, message: 'Jinja Exception: System role not supported', type: 'server_error' } } }),
    ],
    [
      'a template of Mixtral',
      status(424, {
        body: {
          error: 'Request failed during generation: Conversation roles must alternate user/assistant/user/assistant/...',
          error_type: 'generation',
        },
      }),
    ],
  ])('%s', async (_, refuse) => {
    const { server, client, warnings } = await script([strict((body) => (isSystem(body) ? refuse : null))]);
    for (let round = 0; round < 2; round++) expect((await client.complete(ask({ input: { messages: both } }))).text).toBe('fine');
    expect(server.bodies.map((body) => body['messages'])).toEqual([
      both,
      ...Array(2).fill([{ role: 'user', content: 'You describe code.\n\nDescribe it.' }]),
    ]);
    expect(warnings).toEqual([`endpoint strong at ${server.url} has no system role: the system's text is sent before the user's`]);
  });
});
