import type { Json, PlanNode } from '../../plan/index.ts';
import { isEqualJson } from '../../plan/json.ts';
import { isKind, kindOf, modelSchema, runSchema, type KindDefinition } from '../../schemas/index.ts';
import type { Config } from '../../ports/configuration.ts';
import { identityOf } from '../names/models.ts';
import { violations, violationsOfFilled } from './plan-shape.ts';

/** The outputs of the nodes that come before a node in its plan, by node id. */
type Before = ReadonlyMap<string, Pick<PlanNode, 'outputs'>>;

const stale = 'plan the pipeline again';

/** Problems with the kind of a node, as sentences; none if its definition is that of this version. */
export function kindProblems({ id, kind, version }: PlanNode): string[] {
  if (!isKind(kind)) return [`${id}: there is no kind ${JSON.stringify(kind)}`];
  const { version: known } = kindOf(kind);
  return version === known ? [] : [`${id}: ${kind} has version ${known} here, but the plan was made for version ${version}; ${stale}`];
}

/** Differences between a node and what the compiler would make of a step of its kind, as sentences. */
export function contentProblems(node: PlanNode, before: Before): string[] {
  const definition = kindOf(node.kind);
  const { id, kind, shape, outputs, settings, models, run } = node;
  const wrong = [
    ...violationsOfFilled(definition.settings, settings).map((violation) => `settings: ${violation}`),
    ...Object.entries(models).flatMap(([role, { endpoint, sampling, accept, stop }]) =>
      violations(modelSchema, { endpoint, ...sampling, accept, stop }).map((violation) => `${role}: ${violation}`),
    ),
    ...violations(runSchema, structuredClone(run)).map((violation) => `run: ${violation}`),
    ...(shape === definition.shape && isEqualJson(outputs, definition.outputs as Json) ? [] : [`shape and outputs do not match ${kind}`]),
    ...nameProblems(node, definition),
    ...artifactProblems(node, definition, before),
  ];
  return wrong.map((problem) => `${id}: ${problem}; ${stale}`);
}

/** Inputs, models and resources that the kind does not have, or that are missing. */
function nameProblems({ kind, inputs, models, resources }: PlanNode, definition: KindDefinition): string[] {
  const ofInputs = Object.entries(definition.inputs);
  const folders = Object.keys(definition.sources);
  const roles = Object.keys(definition.models);
  const weights = ofInputs.flatMap(([name, { orWeights }]) => (orWeights ? [name] : []));
  const unknown = [
    ...Object.keys(inputs).filter((name) => !Object.hasOwn(definition.inputs, name)),
    ...Object.keys(models).filter((name) => !roles.includes(name)),
    ...Object.keys(resources).filter((name) => !folders.includes(name) && !weights.includes(name)),
  ];
  const given = new Set(Object.keys({ ...inputs, ...models, ...resources }));
  const mayLack = { ...definition.inputs, ...definition.sources };
  const needed = [...folders, ...roles, ...Object.keys(definition.inputs)].filter((name) => !mayLack[name]?.optional);
  return [
    ...unknown.map((name) => `${kind} has no input ${name}`),
    ...needed.filter((name) => !given.has(name)).map((name) => `${kind} needs ${name}, which is missing`),
  ];
}

function artifactProblems({ inputs }: PlanNode, definition: KindDefinition, before: Before): string[] {
  return Object.entries(definition.inputs).flatMap(([name, { types, many }]) => {
    const refs = Object.hasOwn(inputs, name) ? (inputs[name] ?? []) : [];
    const isOne = many || refs.length === 1 || !Object.hasOwn(inputs, name);
    const unfit = refs.filter(({ node, output }) => !types.some((type) => type === typeOfOutput(before, node, output)));
    return [
      ...(isOne ? [] : [`${name} needs exactly one artifact`]),
      ...unfit.map(
        ({ node, output }) => `${name} needs ${types.join(' or ')}, but ${node}.${output} is not made before it or has another type`,
      ),
    ];
  });
}

function typeOfOutput(before: Before, node: string, output: string): string | undefined {
  const { outputs = {} } = before.get(node) ?? {};
  return Object.hasOwn(outputs, output) ? outputs[output] : undefined;
}

/** Names of a node that the configuration does not declare, or declares with another identity than the plan was made for. */
export function configProblems({ id, kind, models, resources, run }: PlanNode, { endpoints, pools, sources, weights }: Config): string[] {
  const { sources: folders } = kindOf(kind);
  const found: DeclaredIdentity[] = [
    ...Object.values(models).map(({ endpoint: name, identity }) => declared('endpoint', { name, identity, among: endpoints, identityOf })),
    ...Object.entries(resources).map(([key, { name, identity }]) =>
      Object.hasOwn(folders, key)
        ? declared('source', { name, identity, among: sources, identityOf: () => null })
        : declared('weights', { name, identity, among: weights, identityOf: (each) => each.identity }),
    ),
    declared('pool', { name: run.pool, identity: null, among: pools, identityOf: () => null }),
  ];
  return found.flatMap(({ thing, here, made }) => {
    if (here === undefined) return [`${id}: the configuration does not declare ${thing}; add it to codepmp.config.yaml`];
    if (here === made) return [];
    return [
      `${id}: ${thing} is ${here ?? 'without an identity'} here, but the plan was made for ${made ?? 'one without an identity'}; ${stale}`,
    ];
  });
}

interface DeclaredIdentity {
  /** For messages: `endpoint local-strong`. */
  thing: string;
  /** Identity by the configuration; undefined: it is not declared. */
  here: string | null | undefined;
  /** Identity that the plan was made for. */
  made: string | null;
}

function declared<T>(
  word: string,
  {
    name,
    identity,
    among,
    identityOf: identify,
  }: { name: string; identity: string | null; among: { [name: string]: T }; identityOf: (one: T) => string | null },
): DeclaredIdentity {
  const one = Object.hasOwn(among, name) ? among[name] : undefined;
  return { thing: `${word} ${name}`, here: one === undefined ? undefined : identify(one), made: identity };
}
