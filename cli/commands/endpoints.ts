import type { Command } from 'commander';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { noteEndpointLimit, readEndpointLimits } from '../../records/endpoint-limit.ts';

interface EndpointsOptions extends CommonOptions {
  concurrency?: number;
}

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .argument('[endpoint]', 'the endpoint (default: all of the configuration)')
    .option('--concurrency <number>', 'requests that it may have in flight from now on, also in runs in progress', readConcurrency)
    .action(showOrChange);
}

async function showOrChange(named: string | undefined, { concurrency, ...options }: EndpointsOptions): Promise<void> {
  const context = openContext(options);
  const { output, config } = context;
  const store = await requireStore(context);
  const names = named === undefined ? Object.keys(config.endpoints) : [named];
  if (named === undefined && concurrency !== undefined)
    throw new CommandFailure('--concurrency is of one endpoint: name it, as in codepmp endpoints NAME --concurrency 64', exit.usage);
  const declaredOf = (name: string): number => {
    const endpoint = config.endpoints[name];
    if (endpoint) return endpoint.concurrency;
    throw new CommandFailure(`there is no endpoint ${name}. Declared endpoints: ${Object.keys(config.endpoints).join(', ')}`);
  };
  if (named !== undefined && concurrency !== undefined) await noteEndpointLimit(store, named, { concurrency, declared: declaredOf(named) });
  const limits = await readEndpointLimits(store, config.endpoints);
  const limitOf = (name: string): number => limits.get(name) ?? declaredOf(name);
  if (output.json) return output.emit({ endpoints: Object.fromEntries(names.map((name) => [name, limitOf(name)])) });
  for (const name of names) {
    const differs = limitOf(name) === declaredOf(name) ? '' : `; the configuration says ${declaredOf(name)}`;
    process.stdout.write(`${name}: ${limitOf(name)} requests in flight at most${differs}\n`);
  }
}

function readConcurrency(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 100_000) return number;
  throw new CommandFailure(`--concurrency ${text}: expected a number from 1 to 100000`, exit.usage);
}

const help =
  'Workers follow a changed number within seconds. It holds until it is changed again, or until the configuration gives the endpoint ' +
  'another concurrency. It is the limit of all workers together. Endpoints of one server have at most the largest of their numbers in flight.';
