import { planKeyOf } from '../../plan/keys.ts';
import type { InputRef, JsonObject, ParamValues, PlanCell, PlanNode } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Alternatives } from '../sweeps/alternatives.ts';
import type { Cell } from '../sweeps/cell.ts';
import type { Instances } from './instances.ts';
import { createLabels } from './labels.ts';
import type { SourceFiles } from '../diagnostics/source.ts';
import { createParts } from './step-keys.ts';
import type { Step } from '../names/steps.ts';

interface LowerOptions {
  instances: Instances;
  cells: Cell[];
  alternatives: Alternatives;
  files: SourceFiles;
  /** A trial on so many items; null: the whole. */
  sample: number | null;
}

/** The nodes of a plan, its cells, and the node of each step. */
interface Lowered {
  nodes: PlanNode[];
  cells: PlanCell[];
  nodeOf: (step: string) => string | undefined;
}

/**
 * Fourth pass: every step that a target needs becomes a plan node with its key, and steps of equal key become one node. A step comes
 * after what it reads, whose keys are therefore known.
 */
export function lower({ instances, cells, alternatives, files, sample }: LowerOptions): Lowered {
  const drafts = new Map<string, Draft>();
  const draftOf = new Map<string, Draft>();
  const parts = createParts(sample);
  for (const step of instances.steps) {
    if (!instances.needed.has(step.id)) continue;
    const { settings, canonical } = parts(step);
    const { sources, addresses } = sourcesOfStep(step, draftOf);
    const key = planKeyOf(canonical, addresses);
    let draft = drafts.get(key);
    if (!draft) drafts.set(key, (draft = { key, step, sources, settings, id: '' }));
    draftOf.set(step.id, draft);
  }
  nameAll([...drafts.values()]);
  const nodeOf = (step: string): string | undefined => draftOf.get(step)?.id;
  const planCells = cells.map(({ id, sweeps, values }, index) => ({
    id,
    sweeps,
    values,
    nodes: nodesOfCell(instances.cells[index] ?? {}, nodeOf),
  }));
  const labels = createLabels({ cells, planCells, alternatives });
  const nodes = [...drafts.values()].map((draft) => toNode(draft, { files, label: labels(draft.id, draft.step.decidedBy) }));
  return { nodes, cells: planCells, nodeOf };
}

interface Draft {
  key: string;
  step: Step;
  /** What it reads, by input name. */
  sources: DraftInputs;
  settings: JsonObject;
  id: string;
}

interface DraftInputs {
  [input: string]: { draft: Draft; output: string }[];
}

/** What a step reads, with the addresses. A step that gathers reads each artifact once, however many steps share its node. */
function sourcesOfStep(
  { kind, inputs }: Step,
  draftOf: Map<string, Draft>,
): { sources: DraftInputs; addresses: { [input: string]: string[] } } {
  const seen = kindOf(kind).gathers ? new Set<string>() : null;
  const sources: DraftInputs = {};
  const addresses: { [input: string]: string[] } = {};
  for (const [name, references] of Object.entries(inputs)) {
    const list: DraftInputs[string] = [];
    const found: string[] = [];
    seen?.clear();
    for (const { node, output } of references) {
      const draft = draftOf.get(node);
      const address = draft ? `${draft.key}#${output}` : '';
      if (!draft || seen?.has(address)) continue;
      seen?.add(address);
      list.push({ draft, output });
      found.push(address);
    }
    sources[name] = list;
    addresses[name] = found;
  }
  return { sources, addresses };
}

/** Names each node after its step, with the first digits of its key if the step has several nodes. */
function nameAll(drafts: Draft[]): void {
  const counts = new Map<string, number>();
  for (const { step } of drafts) counts.set(step.name, (counts.get(step.name) ?? 0) + 1);
  const taken = new Set<string>();
  for (const draft of drafts) {
    const { name } = draft.step;
    draft.id = counts.get(name) === 1 ? name : `${name}@${draft.key.slice(0, 8)}`;
    for (let digits = 9; taken.has(draft.id); digits++) draft.id = `${name}@${draft.key.slice(0, digits)}`;
    taken.add(draft.id);
  }
}

function nodesOfCell(steps: { [step: string]: string }, nodeOf: Lowered['nodeOf']): { [step: string]: string } {
  const nodes: { [step: string]: string } = {};
  for (const name in steps) {
    const node = nodeOf(steps[name] ?? '');
    if (node !== undefined) nodes[name] = node;
  }
  return nodes;
}

function toNode({ key, step, sources, settings, id }: Draft, { files, label }: { files: SourceFiles; label: ParamValues }): PlanNode {
  const { version, shape, outputs } = kindOf(step.kind);
  const inputs: { [name: string]: InputRef[] } = {};
  for (const [name, list] of Object.entries(sources)) inputs[name] = list.map(({ draft, output }) => ({ node: draft.id, output }));
  const { kind, models, resources, run } = step;
  return {
    id,
    step: step.name,
    label,
    kind,
    version,
    shape,
    key,
    settings,
    inputs,
    outputs,
    models,
    resources,
    run,
    at: files.positionOf(step.at),
  };
}
