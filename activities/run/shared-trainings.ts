import type { PlanNode } from '../../plan/index.ts';

/** Which steps trained one model that all nodes of a list rest on, where the list has several: these trainings were not repeated. */
export function createSharedTrainings(nodes: readonly PlanNode[]): (list: readonly string[]) => string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const known = new Map<string, Set<string>>();
  const trainingsOf = (id: string): Set<string> => {
    const before = known.get(id);
    if (before) return before;
    const node = byId.get(id);
    const above = Object.values(node?.inputs ?? {}).flat().flatMap((input) => [...trainingsOf(input.node)]);
    const own = node?.outputs['out'] === 'checkpoint' ? [id] : [];
    const found = new Set([...above, ...own]);
    known.set(id, found);
    return found;
  };
  return (list) => {
    const [first, ...others] = list.map(trainingsOf);
    if (first === undefined || others.length === 0) return [];
    const shared = [...first].filter((id) => others.every((each) => each.has(id)));
    return [...new Set(shared.map((id) => byId.get(id)?.step ?? id))];
  };
}
