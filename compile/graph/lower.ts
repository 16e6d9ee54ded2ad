import { cellsOfView } from '../../plan/index.ts';
import { planKeyOf } from '../../plan/keys.ts';
import type { InputRef, JsonObject, ParamValues, PlanCell, PlanNode, PlanView } from '../../plan/index.ts';
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
  /** The views of the file, over the nodes that its steps have become. */
  viewsOf: (nodeOf: Lowered['nodeOf']) => PlanView[];
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
export function lower({ instances, cells, alternatives, viewsOf, files, sample }: LowerOptions): Lowered {
  const drafts = new Map<string, Draft>();
  const draftOf = new Map<string, Draft>();
  const nodeOf = (step: string): string | undefined => draftOf.get(step)?.id;
  const parts = createParts(sample);
  const addAll = (steps: Step[], shown: PlanView[]): void => {
    for (const step of steps) {
      const { settings, canonical } = parts(step, shown);
      const { sources, addresses } = sourcesOfStep(step, draftOf);
      const key = planKeyOf(canonical, addresses);
      let draft = drafts.get(key);
      if (!draft) drafts.set(key, (draft = { key, step, sources, settings, views: shown, id: '' }));
      draftOf.set(step.id, draft);
    }
    nameAll(steps.flatMap(({ id }) => draftOf.get(id) ?? []));
  };
  const isReport = ({ kind }: Step): boolean => kindOf(kind).gathers === true;
  const needed = instances.steps.filter(({ id }) => instances.needed.has(id));
  addAll(needed.filter((step) => !isReport(step)), []);
  const reports = needed.filter(isReport);
  const lowered = reports.length > 0 ? viewsOf(nodeOf) : [];
  for (const report of reports) addAll([report], lowered.filter(isShownBy(report, nodeOf)));
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
  views: PlanView[];
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

/** Whether a report reads something that a view shows; a view that reads nothing, as one of settings, is in every report. */
function isShownBy({ inputs }: Step, nodeOf: Lowered['nodeOf']): (view: PlanView) => boolean {
  const read = new Set(Object.values(inputs).flatMap((references) => references.map(({ node }) => nodeOf(node))));
  return (view) => {
    const nodes = cellsOfView(view).flatMap((cell) => (cell.text === undefined ? cell.nodes : []));
    return nodes.length === 0 || nodes.some((node) => read.has(node));
  };
}

/** Names each node after its step, with the first digits of its key if the step has several nodes. */
function nameAll(all: Draft[]): void {
  const drafts = [...new Set(all)];
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

function toNode(
  { key, step, sources, settings, views, id }: Draft,
  { files, label }: { files: SourceFiles; label: ParamValues },
): PlanNode {
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
    ...(views.length > 0 && { views }),
    at: files.positionOf(step.at),
  };
}
