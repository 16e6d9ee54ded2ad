import type { Config, ServedEndpoint, Weights } from '../../ports/configuration.ts';
import type { EndpointFile } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, oneOf } from '../diagnostics/near.ts';

type ServeFile = NonNullable<EndpointFile['serve']>;

export interface ServedContext {
  /** Of the endpoint in the file. */
  path: string[];
  weights: { [name: string]: Weights };
  /** Names of weights in the file, including those with errors. */
  declared: string[];
  pools: Config['pools'];
  report: (path: string[], problem: Omit<Problem, 'code' | 'at'>) => void;
}

/** What a command line may contain in braces. */
const placeholders = ['host', 'port', 'weights', 'model', 'threads', 'slots', 'context'];

/** An endpoint whose server codepmp starts; null, and a report, if its weights are not declared. */
export function servedEndpoint(file: EndpointFile, { serve, ...context }: ServedContext & { serve: ServeFile }): ServedEndpoint | null {
  const { path, weights, declared, report } = context;
  const { model = '', url: _, replicas = [], serve: __, key, headers, identity, ...common } = file;
  const name = path.join('.');
  if (replicas.length > 0)
    report([...path, 'replicas'], {
      message: `${name} is started by codepmp and takes no replicas`,
      hint: 'remove replicas; serve.replicas says how many servers a pool runs',
    });
  if (key) report([...path, 'key'], { message: `${name} is started by codepmp and needs no key`, hint: 'remove key' });
  if (headers)
    report([...path, 'headers'], { message: `${name} is started by codepmp and needs no headers`, hint: 'remove headers' });
  checkPlace(serve, context);
  checkCommand(serve, context);
  const { weights: named = '', ...settings } = serve;
  const found = Object.hasOwn(weights, named) ? weights[named] : undefined;
  if (found) return { serve: { weights: found.path, ...settings }, model, identity: identity ?? found.identity, ...common };
  if (declared.includes(named)) return null;
  report([...path, 'serve', 'weights'], {
    message: `${name} serves unknown weights`,
    expected: oneOf(Object.keys(weights)),
    got: named || 'nothing',
    hint: didYouMean(named, Object.keys(weights), 'declare them under weights'),
  });
  return null;
}

/** Where the servers run. */
function checkPlace({ pool, replicas = 1, ...serve }: ServeFile, { path, pools, report }: Omit<ServedContext, 'weights' | 'declared'>): void {
  const name = path.join('.');
  const place = [...path, 'serve'];
  if (pool === undefined) {
    const alone = replicas > 1 ? 'replicas' : 'command';
    if (replicas > 1 || serve.command)
      report([...place, alone], { message: `${name}.serve.${alone} needs a pool`, hint: 'add pool under serve, the name of the pool that runs the servers' });
    return;
  }
  const known = Object.hasOwn(pools, pool) ? pools[pool] : undefined;
  if (!known)
    return report([...place, 'pool'], {
      message: `${name} is served by an unknown pool`,
      expected: oneOf(Object.keys(pools)),
      got: pool,
      hint: didYouMean(pool, Object.keys(pools), 'declare it under pools'),
    });
  const { hosts } = known;
  if (hosts && replicas > hosts.length)
    report([...place, 'replicas'], {
      message: `${name} has more servers than the pool ${pool} has hosts`,
      expected: `at most ${hosts.length}, one on each host`,
      got: `${replicas}`,
      hint: 'lower replicas, or add hosts to the pool',
    });
}

/** The placeholders of a command line. */
function checkCommand({ command }: ServeFile, { path, report }: Pick<ServedContext, 'path' | 'report'>): void {
  if (!command) return;
  const place = [...path, 'serve', 'command'];
  const name = place.join('.');
  const written = command.map((word) => [...word.matchAll(/\{(\w+)\}/g)].map(([, placeholder = '']) => placeholder));
  for (const [index, word] of written.entries()) {
    const unknown = word.find((placeholder) => !placeholders.includes(placeholder));
    if (unknown !== undefined)
      return report([...place, `${index}`], {
        message: `${name} has an unknown placeholder`,
        expected: oneOf(placeholders),
        got: unknown,
        hint: didYouMean(unknown, placeholders, 'correct it'),
      });
  }
  if (!written.flat().includes('port'))
    report(place, { message: `${name} lacks {port}, where the server has to listen`, hint: 'add it, for example --port {port}' });
}
