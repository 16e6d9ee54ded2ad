import type { PlanNode } from '../../plan/index.ts';

/** A node that trains a model. */
export type TrainingNode = Pick<PlanNode, 'id' | 'step'>;

/** The trainings that each node rests on, from the first on; itself the last, where it is one. */
export function createTrainings(nodes: readonly PlanNode[]): (node: string) => TrainingNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const known = new Map<string, TrainingNode[]>();
  const trainingsOf = (id: string): TrainingNode[] => {
    const before = known.get(id);
    if (before) return before;
    const node = byId.get(id);
    const above = Object.values(node?.inputs ?? {}).flat().flatMap((input) => trainingsOf(input.node));
    const found = [...new Set([...above, ...(node?.outputs['out'] === 'checkpoint' ? [node] : [])])];
    known.set(id, found);
    return found;
  };
  return trainingsOf;
}

/** Steps that trained one model which all of several nodes rest on, by the trainings of each: these trainings were not repeated. */
export function trainedOnce([first, ...others]: readonly TrainingNode[][]): string[] {
  if (first === undefined || others.length === 0) return [];
  const shared = first.filter(({ id }) => others.every((each) => each.some((other) => other.id === id)));
  return [...new Set(shared.map(({ step }) => step))];
}
