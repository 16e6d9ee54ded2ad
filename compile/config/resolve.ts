import { resolve } from 'node:path';
import type { ConfigFile, EndpointFile } from '../../schemas/index.ts';
import { declaredHeaders, placeOfSecret } from './access.ts';
import { builtInPath, type BuiltIn } from './built-in.ts';
import { declaredPool } from './pools.ts';
import { servedEndpoint, type ServedContext } from './served.ts';
import type { Config, Endpoint, Weights } from '../../ports/configuration.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import { entriesOf, locate, type Tree } from '../read/tree.ts';

interface ConfigPlace {
  /** Folder that relative paths start from. */
  folder: string;
  home: string;
  /** Store folder that overrides the one in the file. */
  store: string | null;
  file: string | null;
  /** The file as written; null for what is built in. */
  tree: Tree | null;
}

/** Turns names into paths, and checks what a schema cannot express. */
export function resolveConfig(file: ConfigFile, place: ConfigPlace): { config: Config; problems: Problem[] } {
  const problems: Problem[] = [];
  const report = (path: string[], problem: Omit<Problem, 'code' | 'at'>) =>
    problems.push({ code: 'E0171', at: placeInConfig(place.tree, path), ...problem });
  const pathOf = (declared: { path?: string; built_in?: BuiltIn }, path: string[]): string => {
    if (declared.path !== undefined && declared.built_in === undefined) return resolve(place.folder, declared.path);
    if (declared.built_in !== undefined && declared.path === undefined) return builtInPath(declared.built_in, place.home);
    report(path, {
      message: `${path.join('.')} needs exactly one location`,
      expected: 'either path or built_in',
      hint: declared.path === undefined ? 'add path' : 'remove one of the two',
    });
    return '';
  };
  const weights: { [name: string]: Weights } = {};
  for (const [name, each] of Object.entries(file.weights))
    weights[name] = {
      path: pathOf(each, ['weights', name]),
      identity: each.identity ?? null,
      ...(each.parameters === undefined ? {} : { parameters: each.parameters }),
    };
  const sources: Config['sources'] = {};
  for (const [name, each] of Object.entries(file.sources))
    sources[name] = {
      path: pathOf(each, ['sources', name]),
      ...(each.items && { items: each.items }),
    };
  const pools: Config['pools'] = {};
  for (const [name, each] of Object.entries(file.pools)) pools[name] = declaredPool(each, { name, report, folder: place.folder });
  const declared = entriesOf(place.tree ?? undefined, 'weights').map(([name]) => name);
  const endpoints: { [name: string]: Endpoint } = {};
  for (const [name, each] of Object.entries(file.endpoints)) {
    const endpoint = declaredEndpoint(each, {
      path: ['endpoints', name],
      weights,
      declared,
      pools,
      report,
      folder: place.folder,
    });
    if (endpoint) endpoints[name] = endpoint;
  }
  const store = place.store ?? resolve(place.folder, file.store);
  return {
    config: {
      store,
      ...(file.bucket && { bucket: file.bucket }),
      temporal: file.temporal ?? null,
      endpoints,
      weights,
      sources,
      github: githubOf(file.github, { report, folder: place.folder }),
      pools,
      file: place.file,
      ...(file.currency === undefined ? {} : { currency: file.currency }),
    },
    problems,
  };
}

interface EndpointContext extends ServedContext {
  folder: string;
}

function declaredEndpoint(file: EndpointFile, context: EndpointContext): Endpoint | null {
  const { path, report, folder } = context;
  const { url, replicas = [], serve, model, key, headers, identity, ...common } = file;
  const name = path.join('.');
  if ((url === undefined) === (serve === undefined)) {
    report(path, {
      message: `${name} needs exactly one address`,
      expected: 'either url or serve',
      hint: url === undefined ? 'add url' : 'remove one of the two',
    });
    return null;
  }
  if (model === undefined) {
    report(path, { message: `${name} lacks the key model`, expected: 'the name of the model as the server knows it', hint: 'add model' });
    return null;
  }
  if (url !== undefined) {
    const [first, ...others] = [url, ...replicas].map((each, index) => {
      const setting = index === 0 ? ['url'] : ['replicas', `${index - 1}`];
      return baseUrl(each, { path: [...path, ...setting], report });
    });
    const secret = placeOfSecret(key, { path: [...path, 'key'], report, folder });
    const access = {
      ...(secret && { key: secret }),
      ...(headers && { headers: declaredHeaders(file, { path: [...path, 'headers'], report, folder }) }),
    };
    const sound = others.filter((each) => each !== null);
    if (!first || sound.length < others.length) return null;
    const servers = { url: first, ...(sound.length > 0 && { replicas: sound }) };
    return { ...servers, model, identity: identity ?? null, ...common, ...access };
  }
  return serve ? servedEndpoint(file, { ...context, serve }) : null;
}

/** A base URL without a slash at its end; null, and a report, if it cannot be used. */
function baseUrl(url: string, { path, report }: Pick<EndpointContext, 'path' | 'report'>): string | null {
  const problem = problemOfUrl(url);
  if (!problem) return url.replace(/\/+$/, '');
  report(path, {
    message: `${path.join('.')} ${problem.message}`,
    expected: 'only the base URL, usually ending in /v1',
    hint: problem.hint,
  });
  return null;
}

/** Why a URL cannot be used: it is printed in messages, so it must hold no secret, and paths are appended to it. */
function problemOfUrl(url: string): { message: string; hint: string } | null {
  if (!URL.canParse(url)) return { message: 'is not a URL', hint: 'write it as http://HOST:PORT/v1' };
  const { username, password } = new URL(url);
  if (username || password) return { message: 'contains credentials', hint: 'remove everything before the @; put a key under key' };
  if (url.includes('?')) return { message: 'contains a query', hint: 'remove everything from the question mark on; put a key under key' };
  return url.includes('#') ? { message: 'contains a fragment', hint: 'remove everything from the # on; put a key under key' } : null;
}

function githubOf(
  { url, token, app }: ConfigFile['github'],
  { report, folder }: Pick<EndpointContext, 'report' | 'folder'>,
): Config['github'] {
  if (token && app)
    report(['github'], { message: 'github has token and app', expected: 'one of the two', hint: 'remove one of the two' });
  const place = (secret: EndpointFile['key'], ...path: string[]) => placeOfSecret(secret, { path: ['github', ...path], report, folder });
  const [personal, ofApp] = [place(token, 'token'), place(app?.key, 'app', 'key')];
  return { url: url.replace(/\/+$/, ''), ...(personal && { token: personal }), ...(app && ofApp && { app: { ...app, key: ofApp } }) };
}

/** The place of the deepest part of a path that the file contains. */
function placeInConfig(tree: Tree | null, path: string[]): Place | null {
  if (!tree) return null;
  for (let length = path.length; length > 0; length--) {
    const found = locate(tree, path.slice(0, length));
    if (found) return found.tree.kind === 'leaf' ? found.tree.at : (found.key ?? found.tree.at);
  }
  return null;
}
