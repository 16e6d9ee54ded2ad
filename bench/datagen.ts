/**
 * `npm run bench -- datagen`: CPU time of a call through the endpoint client beside one through pooled `node:http`, against the same
 * server in a process of its own. Rounds take turns, because other work disturbs both alike. First all answers must be equal.
 */
import { Agent, request as httpRequest } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { openEndpointClient } from '../adapters/endpoints/client.ts';
import { createGate } from '../adapters/endpoints/turns.ts';
import { createDialect } from '../adapters/endpoints/dialect.ts';
import { endpointDefaults } from '../schemas/index.ts';
import type { Answer, CompletionRequest } from '../ports/endpoint.ts';
import { fastEndpoint } from '../test/e2e/rig.ts';

const rounds = 5;
const callsOfRound = 4000;
const warmUp = 2000;

/** The most that a call of the client may take, as a multiple of one of `node:http`. */
const most = 1.3;

const pauses = { first: 1000, most: 30_000 };

type Complete = (request: CompletionRequest) => Promise<Answer>;

using server = await fastEndpoint({ delay: 50 });
let isWithin = true;
for (const concurrency of [64, 256, 1024]) {
  const client = openEndpointClient({
    name: 'bench',
    urls: [server.url],
    endpoint: { ...endpointDefaults, model: 'fast' },
    gate: createGate({ shareOf: () => ({ now: () => concurrency, want: () => undefined }), pauses }),
    pauses,
    dialect: createDialect(),
  });
  const bare = bareClient(concurrency);
  const [ours, theirs] = await Promise.all([client.complete, bare].map((complete) => Promise.all(requests(0, 100).map(complete))));
  if (!isDeepStrictEqual(ours, theirs)) throw new Error('the two clients give different answers');
  for (const complete of [client.complete, bare]) await measure(complete, warmUp, concurrency);
  const taken = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    taken.ours.push(await measure(client.complete, callsOfRound, concurrency));
    taken.bare.push(await measure(bare, callsOfRound, concurrency));
  }
  const [own, other] = [median(taken.ours), median(taken.bare)];
  isWithin &&= own / other <= most;
  const spread = taken.ours.map((each, index) => (each / (taken.bare[index] ?? NaN)).toFixed(2)).join(' ');
  console.log(
    `${concurrency} at once: client ${own.toFixed(3)} ms, node:http ${other.toFixed(3)} ms of CPU a call, ratio ${(own / other).toFixed(2)} (${spread})`,
  );
  await client.close();
}
console.log(isWithin ? `within ${most} of node:http` : `MORE THAN ${most} TIMES node:http`);
process.exitCode = isWithin ? 0 : 1;

/** Milliseconds of CPU a call, of this process. */
async function measure(complete: Complete, calls: number, concurrency: number): Promise<number> {
  const before = process.cpuUsage();
  const waiting = requests(calls, calls);
  const lane = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await complete(next);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / calls;
}

function requests(from: number, count: number): CompletionRequest[] {
  const { signal } = new AbortController();
  const sampling = { temperature: 0.3, top_p: 0.95, top_k: 0, min_p: 0, max_tokens: 512 };
  const code = 'def shift(value):\n    return value + 1\n'.repeat(30);
  return Array.from({ length: count }, (_, index) => ({
    input: { messages: [{ role: 'user' as const, content: `Describe this code, number ${from + index}:\n${code}` }] },
    sampling,
    stop: [],
    seed: from + index,
    signal,
  }));
}

/** What a careful programmer writes in ten minutes: no retries, no limits, no errors told apart. */
function bareClient(concurrency: number): Complete {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  return ({ input, sampling, seed }) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({ model: 'fast', ...input, ...sampling, seed, stream: false });
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const sent = httpRequest(`${server.url}/chat/completions`, { method: 'POST', agent, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const { model, choices, usage } = JSON.parse(Buffer.concat(parts).toString());
          const { prompt_tokens, completion_tokens } = usage;
          const [{ message, finish_reason }] = choices;
          resolve({ text: message.content, finish_reason, usage: { prompt_tokens, completion_tokens }, model });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
