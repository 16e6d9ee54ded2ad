import { execFile } from 'node:child_process';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { probeEndpoint, probePool, readCredentials, readSecret, secretPlacesOf, sharingTrouble } from '../../adapters/index.ts';
import { lookAtBase, trainableBases } from '../../compile/index.ts';
import { existingStore, openContext, requireStore, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { namedServer, reach } from '../runs/server.ts';
import { runsElsewhere } from '../supervisor/index.ts';
import { pollersOf } from '../watch/submit.ts';
import { bytes, shellWord } from '../terminal/text.ts';
import { messageOfError } from '../../ports/failure.ts';

/** One thing that was checked; without `next` it is in order. */
interface Finding {
  what: string;
  found: string;
  /** The next action. */
  next?: string;
}

type Check = (context: Context) => Promise<Finding[]>;

/** With less free space than this, bytes, a store fills up soon. */
const littleSpace = 2e9;

export function define(command: Command): void {
  withNotes(withCommonOptions(command), 'Exit codes: 0 everything is in order, 1 something needs attention.')
    .option('--pool <pool>', 'look at the nodes of this pool, and at nothing else')
    .action(doctor);
}

async function doctor({ pool, ...options }: CommonOptions & { pool?: string }): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const checks = pool === undefined ? [programs, weights, store, server, endpoints] : [nodesOf(pool, context)];
  const findings = (await Promise.all(checks.map((check) => findingsOf(check, context)))).flat();
  const troubles = findings.filter(({ next }) => next !== undefined);
  process.exitCode = troubles.length > 0 ? exit.failed : exit.done;
  if (output.json) return output.emit({ well: troubles.length === 0, findings });
  const width = Math.max(...findings.map(({ what }) => what.length));
  for (const { what, found, next } of findings) {
    output.data(`${next === undefined ? '✓' : '✗'} ${what.padEnd(width)}   ${found}`);
    if (next !== undefined) output.data(`  ${''.padEnd(width)}   → ${next}`);
  }
  output.talk(troubles.length === 0 ? '\nEverything is in order.' : `\n${troubles.length} of ${findings.length} need attention.`);
}

async function findingsOf(check: Check, context: Context): Promise<Finding[]> {
  return check(context).catch((error: unknown) => [
    { what: check.name, found: messageOfError(error), next: 'see the message' },
  ]);
}

const programs: Check = async ({ home }) => {
  const python = join(home, '.setup', 'python', 'bin', 'python');
  const code =
    'import sys, torch, transformers; print(sys.version.split()[0], "torch", torch.__version__, "transformers", transformers.__version__, "GPUs", torch.cuda.device_count())';
  const again = `run ${shellWord(join(home, 'codepmp'))} uninstall, then any command: it sets everything up again`;
  const run = promisify(execFile);
  const [environment, temporal] = await Promise.all([
    run(python, ['-c', code]).then(({ stdout }) => stdout.trim(), () => null),
    run(join(home, '.setup', 'python', 'bin', 'temporal'), ['--version']).then(({ stdout }) => stdout.trim(), () => null),
  ]);
  return [
    { what: 'Node', found: process.version },
    environment === null
      ? { what: 'Python environment', found: `${python} does not work`, next: again }
      : { what: 'Python environment', found: environment },
    temporal === null ? { what: 'Temporal server', found: 'does not start', next: again } : { what: 'Temporal server', found: temporal },
  ];
};

const weights: Check = async ({ config }) =>
  Object.entries(config.weights).map(([name, { path }]) => {
    const what = `weights ${name}`;
    if (!existsSync(path))
      return {
        what,
        found: `${path} does not exist`,
        next: `correct weights.${name} in ${config.file ?? 'codepmp.config.yaml'}, or put the weights there`,
      };
    const refusal = lookAtBase(path)?.refusal ?? null;
    if (refusal === null) return { what, found: path };
    return { what, found: `${path} cannot be trained: ${refusal}`, next: `use ${trainableBases} as a base` };
  });

const store: Check = async (context) => {
  const { store: root, bucket } = context.config;
  const name = bucket ? `${bucket.url} with copies in ${root}` : root;
  const opened = await existingStore(context);
  let place = root;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  const damaged = (await opened?.damaged()) ?? [];
  const trouble = bucket ? null : await sharingTrouble(place);
  const space = { what: 'disk', found: `${bytes(free)} free at ${place}` };
  return [
    { what: 'store', found: opened ? `${name}, id ${opened.id}` : `${name}, to be created by the first run` },
    ...(damaged.length > 0
      ? [
          {
            what: 'damaged files',
            found: `${damaged.length} in ${join(root, 'damaged')}, the first is ${damaged[0]}; what they held is made again when it is needed`,
          },
        ]
      : []),
    ...(trouble ? [{ what: 'file system', found: trouble.found, ...(namedServer(context) && { next: trouble.next }) }] : []),
    free < littleSpace ? { ...space, next: 'free some space, or set store: in codepmp.config.yaml to another folder' } : space,
  ];
};

const server: Check = async (context) => {
  const named = namedServer(context);
  const reached = await reach(context);
  const isElsewhere = runsElsewhere(context.config.store) !== null;
  if (reached === null) return [{ what: 'server and worker', found: 'embedded, started by the first run' }];
  if (reached instanceof CommandFailure)
    return [
      named
        ? {
            what: 'server',
            found: `${named.address}, set in ${named.from}, does not answer`,
            next: 'start it, or unset the address to use the embedded server',
          }
        : { what: 'server', found: reached.message, next: isElsewhere ? 'see the message' : 'codepmp dev stop, then start the command again' },
    ];
  await using found = reached;
  const workers = await pollersOf(found);
  const worker = { what: 'worker', found: `${workers} poll the task queue codepmp` };
  const next = found.embedded ? 'look at codepmp logs' : 'start one on the machine with the store: codepmp worker';
  return [{ what: 'server', found: `${found.address}${found.embedded ? ', embedded' : ''}` }, workers === 0 ? { ...worker, next } : worker];
};

/** The check of a pool's nodes. */
function nodesOf(name: string, { config }: Context): Check {
  const declared = config.pools[name];
  if (!declared) throw new CommandFailure(`there is no pool ${name}. Declared pools: ${Object.keys(config.pools).join(', ')}`);
  return async function nodes(context) {
    const opened = await requireStore(context);
    return (await probePool(declared, { store: opened.root })).map(({ part, ...finding }) => ({ what: `pool ${name}, ${part}`, ...finding }));
  };
}

const endpoints: Check = async ({ config }) => {
  const found = await Promise.all(
    Object.entries(config.endpoints).map(async ([name, endpoint]): Promise<Finding[]> => {
      const what = `endpoint ${name}`;
      if (endpoint.serve) {
        const { weights: path, pool } = endpoint.serve;
        const where = pool === undefined ? 'here' : `on the pool ${pool}`;
        if (existsSync(path)) return [{ what, found: `started ${where} when needed, ${endpoint.model}` }];
        return [{ what, found: `${path} does not exist`, next: `correct endpoints.${name}.serve.weights` }];
      }
      const { url, replicas = [] } = endpoint;
      for (const place of secretPlacesOf(endpoint)) {
        const secret = await readSecret(place);
        if (!('trouble' in secret)) continue;
        const next = 'put the key there, then use codepmp run; restart your own codepmp worker if you run one';
        return [{ what, found: `${'env' in place ? place.env : `the file ${place.file}`} ${secret.trouble}`, next }];
      }
      const { headers } = await readCredentials(name, endpoint);
      const placeOf = (setting: string): string => `endpoints.${name}.${setting} in ${config.file}`;
      const urls = [url, ...replicas];
      return Promise.all(urls.map(async (each) => ({ what, ...(await answerOfEndpoint({ name, url: each, headers }, placeOf)) })));
    }),
  );
  return found.flat();
};

/** How an endpoint answers a request for its list of models, made as its clients make it. */
async function answerOfEndpoint(
  endpoint: Parameters<typeof probeEndpoint>[0],
  placeOf: (setting: 'url' | 'key') => string,
): Promise<Omit<Finding, 'what'>> {
  const { url } = endpoint;
  const probe = await probeEndpoint(endpoint);
  if ('failure' in probe) return { found: `${url} ${probe.failure}`, next: `start it, or correct ${placeOf('url')}` };
  const { status, page } = probe;
  if (status === 200 && page === null) return { found: `${url} answers (${status})` };
  const next =
    status === 401 || status === 403
      ? `correct ${placeOf('key')}, or the permissions of the key`
      : `correct ${placeOf('url')}, or check the server`;
  return { found: `${url}/models answers with ${status === 200 ? page : `an error (${status})`}`, next };
}
