import type { Cell } from './cells.ts';
import type { Problem } from './diagnostic.ts';
import type { Models } from './models.ts';
import { inputsOf } from './references.ts';
import type { Steps } from './references.ts';
import { paramsIn } from './scope.ts';
import type { Scope } from './scope.ts';
import { isSound } from './sound.ts';
import type { Place } from './source.ts';
import { modelsOf, runOf, settingsOf, sourcesOf } from './steps.ts';
import type { Reference, Step, StepDraft } from './steps.ts';
import { entryOf } from './tree.ts';

/** The steps of all cells, each variant once, and which of them do the work of which cell. */
export interface Instances {
  /** Each after what it reads. */
  steps: Step[];
  /** Ids of the steps that some target needs. */
  needed: Set<string>;
  /** For each cell, step → id of the variant that does its work there. */
  cells: { [step: string]: string }[];
  /** Params that a variant was decided by, itself or through what it reads; sorted. */
  decidedBy: Map<string, string[]>;
}

export interface InstanceOptions {
  steps: Steps;
  models: Models;
  /** Ids of steps to work towards. */
  targets: (draft: StepDraft) => boolean;
  scope: Omit<Scope, 'params'>;
}

/**
 * Makes the steps of every cell. A step is resolved once for each combination of the params it is written with, and is one
 * instance for each such variant and what it reads; cells that agree on these share it. In the first cell every step is
 * made, so that a mistake is found wherever it stands; in the others only what a target needs.
 */
export function instantiate(cells: Cell[], options: InstanceOptions): Instances {
  const { steps, scope } = options;
  const made: Instances = { steps: [], needed: new Set(), cells: [], decidedBy: new Map() };
  const known = new Map<string, Step>();
  const counts = new Map<string, number>();
  const variants = createVariants(options);
  const gathered = new Map<string, Gathered>();
  const add = (key: string, variant: Variant, inputs: Step['inputs']): Step => {
    const before = known.get(key);
    if (before) return before;
    const number = (counts.get(variant.step.name) ?? 0) + 1;
    counts.set(variant.step.name, number);
    const step = { ...variant.step, id: number === 1 ? variant.step.name : `${variant.step.name}#${number}`, inputs };
    known.set(key, step);
    made.steps.push(step);
    made.decidedBy.set(step.id, union([variant.params, ...readBy(step).map((id) => made.decidedBy.get(id) ?? [])]));
    return step;
  };
  cells.forEach((cell, index) => {
    const own = new Map<string, Step | null>();
    const visit = (draft: StepDraft, path: StepDraft[]): Step | null => {
      const { id } = draft;
      const done = own.get(id);
      if (done !== undefined) return done;
      if (path.includes(draft)) {
        scope.problems.push(cycleOf(path.slice(path.indexOf(draft))));
        return null;
      }
      const variant = variants(draft, cell);
      const read = (name: string, reference: Reference): Reference | null => {
        const target = steps.drafts.get(reference.node);
        const step = target ? visit(target, [...path, draft]) : null;
        return step && { ...reference, node: step.id };
      };
      const inputs: Step['inputs'] = {};
      for (const [name, references] of Object.entries(variant.step.inputs))
        inputs[name] = references.map((reference) => read(name, reference)).filter((each) => each !== null);
      if (draft.definition.gathers) {
        gather(gathered, variant, inputs);
        own.set(id, null);
        return null;
      }
      const step = add(`${variant.key} ${readBy({ inputs }).join(' ')}`, variant, inputs);
      own.set(id, step);
      return step;
    };
    const needed = neededIn(cell, options, variants);
    for (const draft of steps.drafts.values()) if (index === 0 || needed.has(draft.id)) visit(draft, []);
    const nodes: { [step: string]: string } = {};
    for (const id of needed) {
      const step = own.get(id);
      if (step) nodes[id] = step.id;
      else if (gathered.has(id)) nodes[id] = id;
      made.needed.add(nodes[id] ?? '');
    }
    made.cells.push(nodes);
  });
  for (const { variant, inputs } of gathered.values()) add(`${variant.key} all`, variant, Object.fromEntries([...inputs].map(([name, rows]) => [name, rows.flatMap((row) => [...row.values()])])));
  return made;
}

interface Variant {
  /** With inputs that name steps of the file. */
  step: Step;
  params: string[];
  key: string;
}

/** What a step that reads all cells has gathered: for each input, for each place in its list, the artifacts by address. */
interface Gathered {
  variant: Variant;
  inputs: Map<string, Map<string, Reference>[]>;
}

function gather(gathered: Map<string, Gathered>, variant: Variant, inputs: Step['inputs']): void {
  const entry = gathered.get(variant.step.name) ?? { variant, inputs: new Map() };
  gathered.set(variant.step.name, entry);
  for (const [name, references] of Object.entries(inputs)) {
    const rows = entry.inputs.get(name) ?? references.map(() => new Map<string, Reference>());
    entry.inputs.set(name, rows);
    references.forEach((reference, index) => rows[index]?.set(`${reference.node}.${reference.output}`, reference));
  }
}

/** The step of a draft under the params of a cell, made once for the values of the params it is written with. */
function createVariants({ steps, models, scope }: InstanceOptions) {
  const params = new Map([...steps.drafts.values()].map((draft) => [draft, paramsOfDraft(draft, models)]));
  const variants = new Map<string, Variant>();
  return (draft: StepDraft, cell: Cell): Variant => {
    const names = params.get(draft) ?? [];
    const key = names.length === 0 ? draft.id : JSON.stringify([draft.id, ...names.map((name) => cell.values[name])]);
    const before = variants.get(key);
    if (before) return before;
    const variant = { step: resolveStep(draft, { steps, models, scope: { ...scope, params: cell.params() } }), params: names, key };
    variants.set(key, variant);
    return variant;
  };
}

function paramsOfDraft(draft: StepDraft, models: Models): string[] {
  const roles = Object.keys(draft.definition.models).map((role) => entryOf(draft.written, role)?.value);
  const called = roles.flatMap((tree) => {
    if (tree?.kind !== 'leaf') return [];
    return typeof tree.value === 'string' && models.names.includes(tree.value) ? [tree.value] : models.names;
  });
  return union([paramsIn(draft.written), paramsIn(draft.run?.value), ...called.map((name) => models.paramsOf(name))]);
}

function resolveStep(draft: StepDraft, { steps, models, scope }: { steps: Steps; models: Models; scope: Scope }): Step {
  const { inputs, weights } = inputsOf(draft, steps, scope);
  const settings = settingsOf(draft, scope);
  const uses = modelsOf(draft, models, scope);
  const resources = { ...sourcesOf(draft, scope), ...weights };
  const run = runOf(draft, scope);
  const { id, definition, at, written } = draft;
  const common = { id, name: id, kind: definition.kind, at, written, inputs, models: uses, resources };
  const step: Step = { ...common, settings: settings ?? {}, run: run ?? { pool: '', chunk: null, budget: {} } };
  const isWhole = settings !== null && run !== null && isSound(written, scope);
  return isWhole ? step : { ...step, isPartial: true };
}

/** Ids of the steps that the targets need in a cell. */
function neededIn(cell: Cell, { steps, targets }: InstanceOptions, variants: (draft: StepDraft, cell: Cell) => Variant): Set<string> {
  const needed = new Set<string>();
  const visit = (draft: StepDraft): void => {
    if (needed.has(draft.id)) return;
    needed.add(draft.id);
    for (const id of readBy(variants(draft, cell).step)) {
      const next = steps.drafts.get(id);
      if (next) visit(next);
    }
  };
  for (const draft of steps.drafts.values()) if (targets(draft)) visit(draft);
  return needed;
}

/** Ids of the steps a step reads. */
export function readBy({ inputs }: Pick<Step, 'inputs'>): string[] {
  return Object.values(inputs).flatMap((references) => references.map(({ node }) => node));
}

/** The id in the file of a step that cells have in several variants. */
export function nameOfStep(id: string): string {
  return id.split('#', 1)[0] ?? id;
}

const unions = new Map<string, string[]>();

/** Names sorted and each once; equal unions are one array, because there are many of them and few different ones. */
function union(lists: string[][]): string[] {
  const [first, ...rest] = lists.filter((list) => list.length > 0);
  if (!first) return none;
  if (rest.every((list) => list === first)) return first;
  const names = [...new Set(lists.flat())].sort();
  const key = names.join(' ');
  const before = unions.get(key);
  if (before) return before;
  unions.set(key, names);
  return names;
}

const none: string[] = [];

function cycleOf(members: StepDraft[]): Problem {
  const ids = members.map(({ id }) => id);
  const [first] = [...members].sort((a, b) => a.at.start - b.at.start);
  const others: { message: string; at: Place }[] = members.filter((each) => each !== first).map(({ id, at }) => ({ message: `${id} is declared here`, at }));
  return {
    code: 'E0133',
    at: first?.at ?? null,
    message: `steps wait for each other: ${[...ids, ids[0]].join(' reads ')}`,
    hint: 'let one of them read something else',
    related: others,
  };
}
