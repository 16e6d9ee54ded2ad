import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createFaults } from '../../test/e2e/fixtures/faults.ts';

/**
 * An OpenAI-compatible endpoint whose answers name what they answer: a description names the function of its code, and code names the
 * function of its description and the temperature. `node endpoint.ts MS` holds each answer back; GET `/counts` says what was asked,
 * and how many requests were there at once. Prints its port.
 */
const delay = Number(process.argv[2]);
let inside = 0;
let most = 0;

const server = createServer((request, response) => {
  if (request.url === '/counts') return void response.end(JSON.stringify({ ...account.counts(), most }));
  response.setHeader('content-type', 'application/json');
  if (request.method === 'GET') return void response.end(JSON.stringify({ object: 'list', data: [{ id: 'fast', object: 'model' }] }));
  let body = '';
  request.on('data', (part: Buffer) => (body += part.toString()));
  request.on('end', () => {
    const { messages, temperature } = JSON.parse(body) as { messages: { content: string | { text: string }[] }[]; temperature: number };
    const content = messages.at(-1)?.content;
    // A client that only looks for the headers of limits sends no message.
    if (content === undefined) return void response.end(JSON.stringify({ choices: [] }));
    const asked = typeof content === 'string' ? content : content.map(({ text }) => text).join('');
    const mark = createHash('sha256').update(`${asked} ${temperature}`).digest('hex');
    const name = /total_\d+/.exec(asked)?.[0] ?? 'nothing';
    const answer = asked.startsWith('Describe') ? description(name) : code(name, { temperature, mark });
    most = Math.max(most, (inside += 1));
    setTimeout(() => {
      inside -= 1;
      account.reply(response, { mark, answer: completion(answer, mark) });
    }, delay);
  });
});
const account = createFaults(server, {});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as { port: number }).port}\n`));

function completion(content: string, id: string) {
  return {
    id,
    object: 'chat.completion',
    created: 0,
    model: 'fast',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 100, completion_tokens: 100, total_tokens: 200 },
  };
}

function description(name: string): string {
  return [
    `The function ${name} takes a number and returns a sum of eight multiples of it.`,
    'It starts at zero and adds one multiple after the other, each with a factor of its own.',
    'Callers use the result as a weight, and nothing is rounded on the way.',
  ].join(' ');
}

function code(name: string, { temperature, mark }: { temperature: number; mark: string }): string {
  const factors = mark.match(/.{8}/g)?.map((part) => `    total += value * ${parseInt(part, 16)}`) ?? [];
  return `def ${name}(value):\n    # written at temperature ${temperature}\n    total = 0\n${factors.join('\n')}\n    return total`;
}
