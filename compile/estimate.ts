import type { InputRef, Plan, PlanNode } from '../plan/index.ts';

/**
 * Last pass: calls to each endpoint when nothing is reused and no item is rejected on the way; null where the number of
 * items is known only once a step has run.
 */
export function estimate(nodes: PlanNode[]): Plan['estimate'] {
  const items = new Map<string, number | null>();
  const calls: Plan['estimate']['calls'] = {};
  for (const node of nodes) {
    const made = itemsOf(node, items);
    for (const [output, count] of Object.entries(made)) items.set(`${node.id}.${output}`, count);
    const asked = made['out'] ?? null;
    for (const { endpoint } of Object.values(node.models)) {
      const before = calls[endpoint];
      calls[endpoint] = asked === null || before === null ? null : (before ?? 0) + asked;
    }
  }
  return { calls };
}

function itemsOf(node: PlanNode, items: Map<string, number | null>): { [output: string]: number | null } {
  const entering = (input: string) => countOf(node.inputs[input]?.[0], items);
  switch (node.kind) {
    case 'source/files':
      return { out: number(node, 'take') };
    case 'dataset/arithmetic':
      return Object.fromEntries(Object.keys(node.outputs).map((output) => [output, number(node, output)]));
    case 'summarize':
      return { out: entering('corpus') };
    case 'clip':
    case 'respond':
    case 'pair':
      return { out: entering('prompts') };
    case 'candidates':
      return { out: times(entering('questions'), number(node, 'n')) };
    case 'grade':
      return { out: entering('candidates') };
    case 'train/pmp':
    case 'train/rm':
    case 'eval/accuracy':
    case 'eval/choice':
    case 'eval/bon':
    case 'report':
      return {};
    default:
      return node.kind satisfies never;
  }
}

function countOf(ref: InputRef | undefined, items: Map<string, number | null>): number | null {
  return ref ? (items.get(`${ref.node}.${ref.output}`) ?? null) : null;
}

function number({ settings }: PlanNode, setting: string): number | null {
  const value = settings[setting];
  return typeof value === 'number' ? value : null;
}

function times(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b;
}
