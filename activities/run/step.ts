import { ApplicationFailure } from '@temporalio/activity';
import type { DataChecks } from '../../plan/checks.ts';
import { onlyNode, type Digest, type JobInput, type NodeSummary } from '../../plan/index.ts';
import { publishResult } from '../../records/results.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { workOf, type Works } from '../works.ts';
import { warnOfChecks, warnOfFiles, type ItemCounts } from '../keep.ts';
import { knownInputs } from './lookup.ts';
import type { OpenedWork } from './unit-work.ts';

/** Seconds after which another worker is looked for that may take part in a step. */
const lookAgain = 20;

/**
 * Does the work of a node that is one short activity, and records what it made. Several workers may do some steps together; one that
 * takes part already sends others of its activities away.
 */
export function step(dependencies: Dependencies, works: Works) {
  const joined = new Set<Digest>();
  const work = doStep(dependencies, works);
  return async (input: OpenedWork<JobInput>): Promise<NodeSummary> => {
    const { kind, key } = onlyNode(input.unit);
    if (!kindOf(kind).together) return work(input);
    if (joined.has(key)) throw laterElsewhere();
    joined.add(key);
    return work(input).finally(() => joined.delete(key));
  };
}

function laterElsewhere(): Error {
  const message = 'this worker takes part already';
  return ApplicationFailure.create({ message, type: 'takes-part', nonRetryable: false, nextRetryDelay: `${lookAgain}s` });
}

function doStep(dependencies: Dependencies, works: Works) {
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
