import { onTestFinished } from 'vitest';
import type { CompletionRequest } from '../../../ports/endpoint.ts';
import { openEndpointClient, type EndpointClientOptions, type OpenedClient } from '../../../adapters/endpoints/client.ts';
import { endpointDefaults } from '../../../schemas/index.ts';
import type { Pauses } from '../../../adapters/endpoints/server-health.ts';
import { createGate, type Gate } from '../../../adapters/endpoints/turns.ts';
import { createDialect } from '../../../adapters/endpoints/dialect.ts';
import { scriptEndpoint, type Act, type ScriptedEndpoint } from './scripted-endpoint.ts';

export const sampling = { temperature: 0.3, top_p: 0.95, top_k: 0, min_p: 0, max_tokens: 96 };

export function ask(change: Partial<CompletionRequest> = {}): CompletionRequest {
  const messages = [{ role: 'user' as const, content: 'Describe it.' }];
  return { input: { messages }, sampling, stop: [], seed: 5, signal: new AbortController().signal, ...change };
}

/** The settings of an endpoint that loses patience soon. */
export function endpointOf(change: Partial<EndpointClientOptions['endpoint']> = {}): EndpointClientOptions['endpoint'] {
  return { ...endpointDefaults, model: 'm', tries: 3, outage: 5, ...change };
}

/** A gate that nobody else uses. */
export function gateOf(most: () => number, pauses: Pauses = { first: 1, most: 50 }): Gate {
  return createGate({ shareOf: () => ({ now: most, want: () => undefined }), pauses });
}

/** A server that plays the acts, and a client of it that loses patience soon. */
export async function script(
  acts: Act[],
  change: Partial<EndpointClientOptions & { concurrency: () => number }> = {},
): Promise<{ server: ScriptedEndpoint; client: OpenedClient; warnings: string[] }> {
  const server = await scriptEndpoint(...acts);
  onTestFinished(() => server.close());
  const warnings: string[] = [];
  return { server, client: openClient(server, { warn: (line) => warnings.push(line), ...change }), warnings };
}

/** A client of a server, which loses patience soon. */
export function openClient(
  { url }: Pick<ScriptedEndpoint, 'url'>,
  change: Partial<EndpointClientOptions & { concurrency: () => number }> = {},
): OpenedClient {
  const { concurrency = () => 4, pauses = { first: 1, most: 50 } } = change;
  const client = openEndpointClient({
    name: 'strong',
    urls: [url],
    endpoint: endpointOf(),
    gate: gateOf(concurrency, pauses),
    dialect: createDialect(),
    warn: () => undefined,
    pauses,
    ...change,
  });
  onTestFinished(() => client.close());
  return client;
}
