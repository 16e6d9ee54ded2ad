import { onlyNode } from '../../plan/index.ts';
import type { JobInput, NodeSummary } from '../../plan/index.ts';
import { publishResult } from '../../records/results.ts';
import type { Dependencies } from '../dependencies.ts';
import { workOf } from '../works.ts';
import type { Works } from '../works.ts';
import { knownInputs } from './lookup.ts';
import type { Opened } from './unit-work.ts';

/** Does the work of a node that is one short activity, and records what it made. */
export function step(dependencies: Dependencies, works: Works) {
  return async ({ unit, parts, started }: Opened<JobInput>): Promise<NodeSummary> => {
    const node = onlyNode(unit);
    const inputs = knownInputs(node, unit, {});
    if (!inputs) throw new Error(`${unit.id}: a step is one node whose inputs are there`);
    const outputs = await workOf(works, node, 'step').work(dependencies, { node, inputs, unit, started });
    return publishResult(dependencies.store, { node, parts: parts[node.id] ?? {}, inputs, outputs, started });
  };
}
