import { kindOf } from '../../schemas/index.ts';
import type { InputRef } from '../../plan/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { nameOfStep } from './instances.ts';
import type { Step } from '../names/steps.ts';

/** Item-wise step → the artifact whose items its own come from; null if a step above has errors. */
export type Origins = Map<string, InputRef | null>;

/** Follows item-wise steps up to where their items begin. What is joined item by item must have the same origin. */
export function findOrigins(ordered: Pick<Step, 'id' | 'name' | 'kind' | 'inputs' | 'isPartial'>[]): {
  origins: Origins;
  problems: Problem[];
} {
  const origins: Origins = new Map();
  const problems: Problem[] = [];
  for (const step of ordered) {
    if (kindOf(step.kind).shape !== 'map') continue;
    origins.set(step.id, null);
    const sides = Object.entries(step.inputs).flatMap(([name, references]) =>
      references.map((reference) => ({ name, reference, origin: originOf(reference, origins) })),
    );
    const [first, ...rest] = sides;
    if (!first) continue;
    const isKnown = step.isPartial !== true && sides.every(({ origin }) => origin !== null);
    if (!isKnown || !first.origin) continue;
    origins.set(step.id, first.origin);
    for (const { name, reference, origin } of rest) {
      if (!origin || same(origin, first.origin)) continue;
      problems.push({
        code: 'E0134',
        at: reference.at,
        message: `${name} and ${first.name} of ${step.name} come from different items`,
        expected: `items of ${nameOfArtifact(first.origin)}, as ${first.name} has`,
        got: `items of ${nameOfArtifact(origin)}`,
        hint: 'join only steps that were made from the same corpus',
      });
    }
  }
  return { origins, problems };
}

/** Where the items of an artifact begin; null if a step above has errors. */
export function originOf({ node, output }: InputRef, origins: Origins): InputRef | null {
  const origin = origins.get(node);
  return origin === undefined ? { node, output } : origin;
}

function same(a: InputRef, b: InputRef): boolean {
  return a.node === b.node && a.output === b.output;
}

function nameOfArtifact({ node, output }: InputRef): string {
  const name = nameOfStep(node);
  return output === 'out' ? name : `${name}.${output}`;
}
