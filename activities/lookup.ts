import { hashOf, nodeParts, resultKey } from '../plan/keys.ts';
import type { Digest, JsonObject, LookupInput, NodeResult, PlanNode, UnitFound, UnitInput } from '../plan/index.ts';
import type { Dependencies } from './dependencies.ts';
import { readResult } from './results.ts';
import { noteRun } from './run-record.ts';
import { fingerprint } from './source-files.ts';

/** Keys of a wave of ready units and what the store has of them. Writes down how the run stands. */
export function lookup(dependencies: Dependencies) {
  return async ({ units, progress }: LookupInput): Promise<UnitFound[]> => {
    await noteRun(dependencies.store, progress);
    return Promise.all(units.map((unit) => lookUp(dependencies, unit)));
  };
}

async function lookUp(dependencies: Dependencies, unit: UnitInput): Promise<UnitFound> {
  const parts: { [node: string]: JsonObject } = {};
  const results: { [node: string]: NodeResult } = {};
  let nodeKey: Digest | null = null;
  for (const node of unit.nodes) {
    const own = await partsOf(dependencies, node);
    parts[node.id] = own;
    const inputs = knownInputs(node, unit, results);
    if (!inputs) continue;
    nodeKey = resultKey(own, inputs);
    const result = await readResult(dependencies.store, nodeKey);
    if (result) results[node.id] = result;
  }
  const key = unit.group ? groupKey(unit, parts) : nodeKey;
  if (!key) throw new Error(`${unit.id}: inputs are missing`);
  return { id: unit.id, key, parts, results };
}

/** Id of a group: what its members do and the digests that enter it. The members' names stay out. */
function groupKey(unit: UnitInput, parts: { [node: string]: JsonObject }): Digest {
  const place = new Map(unit.nodes.map((node, index) => [node.id, index]));
  const members = unit.nodes.map((node) => ({
    parts: parts[node.id] ?? {},
    wiring: Object.fromEntries(
      Object.entries(node.inputs).map(([name, refs]) => [name, refs.map((ref) => place.get(ref.node) ?? ref.output)]),
    ),
    entering: unit.inputs[node.id] ?? {},
  }));
  return hashOf({ group: members });
}

async function partsOf(dependencies: Dependencies, node: PlanNode): Promise<JsonObject> {
  const parts = nodeParts(node);
  return node.kind === 'source/files' ? { ...parts, content: await fingerprint(dependencies, node) } : parts;
}

/** Digests of all inputs of a node, or null while a member before it has no result. */
export function knownInputs(
  node: PlanNode,
  unit: UnitInput,
  results: { [node: string]: NodeResult },
): { [name: string]: Digest[] } | null {
  const members = new Set(unit.nodes.map((each) => each.id));
  const inputs: { [name: string]: Digest[] } = {};
  for (const [name, refs] of Object.entries(node.inputs)) {
    const entering = [...(unit.inputs[node.id]?.[name] ?? [])];
    const digests = refs.map((ref) =>
      members.has(ref.node) ? results[ref.node]?.outputs[ref.output] : entering.shift(),
    );
    if (digests.some((digest) => digest === undefined)) return null;
    inputs[name] = digests.filter((digest) => digest !== undefined);
  }
  return inputs;
}
