import { nodeParts, planKey } from '../plan/keys.ts';
import type { PlanNode } from '../plan/index.ts';
import { kindOf } from '../schemas/index.ts';
import type { Resolved } from './resolve.ts';
import type { Source } from './source.ts';
import type { Step } from './steps.ts';

/** Fourth pass: each step becomes a plan node with its key; the keys of what it reads are there already. */
export function lower({ steps }: Resolved, source: Source): PlanNode[] {
  const keys = new Map<string, string>();
  return steps.map((step) => {
    const node = nodeOf(step, source);
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, refs]) => [
        name,
        refs.map((ref) => `${keys.get(ref.node)}#${ref.output}`),
      ]),
    );
    const key = planKey(nodeParts(node), inputs);
    keys.set(node.id, key);
    return { ...node, key };
  });
}

function nodeOf(
  { id, kind, at, settings, inputs, models, resources, run }: Step,
  source: Source,
): Omit<PlanNode, 'key'> {
  const { version, shape, outputs } = kindOf(kind);
  const refs = Object.entries(inputs).map(([name, references]) => [
    name,
    references.map(({ node, output }) => ({ node, output })),
  ]);
  return {
    id,
    step: id,
    label: {},
    kind,
    version,
    shape,
    settings,
    inputs: Object.fromEntries(refs),
    outputs: { ...outputs },
    models,
    resources,
    run,
    at: source.positionOf(at.start),
  };
}
