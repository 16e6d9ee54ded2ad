import { namedChanges, type SpecPlaces } from '../compare/change-words.ts';
import type { Difference } from './reasons.ts';
import { sentenceOf, type Explanation } from './words.ts';

interface ExplanationJsonOptions {
  step: string;
  about: { file: string } | { run: string };
  explanations: Explanation[];
  places: SpecPlaces;
}

/** Explanations as JSON, format 1. */
export function explanationJson({ step, about, explanations, places }: ExplanationJsonOptions): object {
  const nodes = explanations.map((explanation) => {
    const { node, state, from, failure, why, difference, equal, sources, awaited } = explanation;
    return {
      node: node.id,
      label: node.label,
      kind: node.kind,
      key: node.key,
      state,
      sentence: sentenceOf(explanation, places),
      from,
      equal: equal.map(({ id }) => id),
      sources: sources.map(({ id }) => id),
      awaited: awaited.map(({ id }) => id),
      ...(why !== undefined && { why }),
      ...(failure && { failure }),
      difference: difference && differenceJson(difference, places, new Set()),
    };
  });
  return { format: 1, step, ...about, nodes };
}

/** A difference that occurs in several places is written out once. */
function differenceJson(difference: Difference, places: SpecPlaces, seen: Set<Difference>): object {
  const { node, compared, inputs, gap, fresh } = difference;
  if (seen.has(difference)) return { node: node.id };
  seen.add(difference);
  return {
    node: node.id,
    compared: { run: compared.run, node: compared.node.id, key: compared.node.key },
    changes: namedChanges(node, difference.changes, places),
    inputs: inputs.map(({ input, now, before, cause }) => ({
      input,
      now: now?.id ?? null,
      before: before?.id ?? null,
      because: cause && differenceJson(cause, places, seen),
    })),
    gap,
    new_values: fresh,
  };
}
