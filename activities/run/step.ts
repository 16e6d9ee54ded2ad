import type { DataChecks } from '../../plan/checks.ts';
import { onlyNode, type Digest, type JobInput, type NodeSummary } from '../../plan/index.ts';
import { publishResult } from '../../records/results.ts';
import type { Dependencies } from '../dependencies.ts';
import { workOf, type Works } from '../works.ts';
import { warnOfChecks, warnOfFiles, type ItemCounts } from '../keep.ts';
import { knownInputs } from './lookup.ts';
import type { OpenedWork } from './unit-work.ts';

/** Does the work of a node that is one short activity, and records what it made. */
export function step(dependencies: Dependencies, works: Works) {
  return async ({ unit, parts, started }: OpenedWork<JobInput>): Promise<NodeSummary> => {
    const node = onlyNode(unit);
    const inputs = knownInputs(node, unit, {});
    if (!inputs) throw new Error(`${unit.id}: a step is one node whose inputs are there`);
    const outputs = await workOf(works, node, 'step').work(dependencies, { node, inputs, unit, started });
    const warning = await warningOf(dependencies, outputs);
    return publishResult(dependencies.store, { node, parts: parts[node.id] ?? {}, inputs, outputs, started, warning });
  };
}

/** What may be wrong with what a step made: files of its source that it left out, rows that a reader refused. */
async function warningOf({ artifacts }: Dependencies, outputs: { [output: string]: Digest }): Promise<string | undefined> {
  const manifests = await Promise.all(Object.values(outputs).map((digest) => artifacts.readManifest(digest)));
  const warnings = manifests.map(({ meta: { left_out, checks } }) =>
    checks ? warnOfChecks(checks as unknown as DataChecks) : warnOfFiles((left_out ?? {}) as ItemCounts),
  );
  return warnings.find((warning) => warning !== undefined);
}
