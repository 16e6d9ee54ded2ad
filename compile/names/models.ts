import type { ModelUse } from '../../plan/index.ts';
import { modelSchema } from '../../schemas/index.ts';
import type { Endpoint } from '../../ports/configuration.ts';
import { undeclaredName } from '../diagnostics/near.ts';
import { blameOf, nameIn, paramsIn, substitute, type Scope } from './scope.ts';
import { isSound } from '../check/sound.ts';
import type { Place } from '../diagnostics/source.ts';
import { entriesOf, type Entry, type Tree } from '../read/tree.ts';
import { fillResolved } from './fill.ts';

/** A model of the file; `use` is null if its declaration has errors. */
export interface Model {
  at: Place;
  use: ModelUse | null;
  isUsed: boolean;
}

/** The models of a file, by name; `of` gives one with all sampling settings and the identity of the weights that answer. */
export interface Models {
  names: string[];
  /** The params a model is written with. */
  paramsOf(name: string): string[];
  of(name: string, scope: Scope): Model | undefined;
  all(): Map<string, Model>;
}

/** Models are resolved once for each combination of the params they are written with. */
export function readModels(root: Tree): Models {
  const entries = new Map(entriesOf(root, 'models'));
  const models = new Map([...entries].map(([name, { key }]) => [name, { at: key, use: null, isUsed: false } as Model]));
  const params = new Map([...entries].map(([name, { value }]) => [name, paramsIn(value)]));
  const uses = new Map<string, ModelUse | null>();
  return {
    names: [...entries.keys()],
    paramsOf: (name) => params.get(name) ?? [],
    all: () => models,
    of(name, scope) {
      const entry = entries.get(name);
      const model = models.get(name);
      if (!entry || !model) return undefined;
      const key = JSON.stringify([name, ...(params.get(name) ?? []).map((param) => scope.params.get(param)?.value)]);
      if (!uses.has(key)) uses.set(key, useOf(name, entry, scope));
      model.use = uses.get(key) ?? null;
      return model;
    },
  };
}

function useOf(name: string, { key, value: tree }: Entry, scope: Scope): ModelUse | null {
  const named = endpointOfModel(tree, scope);
  const spec = fillResolved(modelSchema, substitute(tree, scope), { tree, path: ['models', name], scope });
  if (!named || !spec || !isSound({ at: key }, scope)) return null;
  const { temperature, top_p, top_k, min_p, max_tokens, extra_body, accept, stop } = spec;
  const identity = identityOf(named.endpoint);
  if (named.endpoint.identity === null) warnWithoutDigest(named.name, { identity, at: key, scope });
  const sampling = { temperature, top_p, top_k, min_p, max_tokens, ...(extra_body && { extra_body }) };
  return { name, endpoint: named.name, identity, sampling, accept: [...accept].sort(), stop };
}

function endpointOfModel(tree: Tree, scope: Scope): { name: string; endpoint: Endpoint } | null {
  const named = nameIn(tree, 'endpoint', scope);
  if (!named) return null;
  const { name, tree: written } = named;
  const endpoint = Object.hasOwn(scope.config.endpoints, name) ? scope.config.endpoints[name] : undefined;
  if (!endpoint) reportUnknown(name, written, scope);
  return endpoint ? { name, endpoint } : null;
}

/**
 * Identifies the weights behind an endpoint: by their declared digest, else by the address and the name of the model there.
 */
export function identityOf(endpoint: Endpoint): string {
  return endpoint.identity ?? `${endpoint.url ?? endpoint.serve.weights}#${endpoint.model}`;
}

function reportUnknown(named: string, written: Tree, scope: Scope): void {
  const names = Object.keys(scope.config.endpoints);
  scope.problems.push({
    code: 'E0141',
    ...blameOf(written, scope),
    ...undeclaredName('endpoint', 'endpoints', { name: named, known: names }),
  });
}

function warnWithoutDigest(named: string, { identity, at, scope }: { identity: string; at: Place; scope: Scope }): void {
  scope.problems.push({
    code: 'E0162',
    severity: 'warning',
    at,
    message: `the endpoint ${named} declares no digest of its weights, so ${identity} is used as its identity`,
    hint: 'declare identity for the endpoint, so that answers are reused wherever the same weights are served',
  });
}
