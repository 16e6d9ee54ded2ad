import type { Cell } from '../sweeps/cell.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Models } from '../names/models.ts';
import type { Steps } from '../names/references.ts';
import type { Scope } from '../names/scope.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Reference, Step, StepDraft } from '../names/steps.ts';
import { createUnion } from './union.ts';
import { createVariants, wiringParams, type Variant } from './variants.ts';

/** The steps of all cells, each variant once, and which of them each cell uses. */
export interface Instances {
  /** Each after what it reads. */
  steps: Step[];
  /** Ids of the steps that some target needs. */
  needed: Set<string>;
  /** For each cell: step → id of its variant in that cell. */
  cells: { [step: string]: string }[];
}

interface InstanceOptions {
  steps: Steps;
  models: Models;
  /** Ids of steps to work towards. */
  targets: (draft: StepDraft) => boolean;
  scope: Omit<Scope, 'params'>;
}

/**
 * Makes the steps of every cell. A step is resolved once for each combination of the params it is written with. Each such variant
 * with each set of inputs is one instance, and cells that agree on both share it. The first cell makes every step, so that every
 * mistake is found; the others make only the steps that a target needs.
 */
export function instantiate(cells: Cell[], options: InstanceOptions): Instances {
  const variants = createVariants(options);
  const made = createMade();
  const gathered: Gathered = new Map();
  const neededIn = createNeeded(options, variants);
  const ofCells = cells.map((cell, index) => {
    const variantOf = (draft: StepDraft) => variants(draft, cell);
    const needed = neededIn(cell);
    const { visit } = createVisitor({ options, variantOf, made, gathered, needed: cell.targets && needed });
    const nodes: { [step: string]: string } = {};
    for (const draft of options.steps.drafts.values()) {
      if (index > 0 && !needed.has(draft.id)) continue;
      const step = visit(draft, []);
      if (!needed.has(draft.id)) continue;
      if (step) nodes[draft.id] = step.id;
      else if (gathered.has(draft.id)) nodes[draft.id] = draft.id;
    }
    return nodes;
  });
  for (const [name, { variant, inputs, sources }] of gathered) {
    const isEmpty = [...inputs.values()].every(({ size }) => size === 0);
    if (isEmpty) for (const nodes of ofCells) delete nodes[name];
    else made.add(variant, [...sources], () => inputsGathered(inputs));
  }
  const needed = new Set(ofCells.flatMap((nodes) => Object.values(nodes)));
  return { steps: made.steps, needed, cells: ofCells };
}

interface VisitorOptions {
  options: InstanceOptions;
  variantOf: (draft: StepDraft) => Variant;
  made: MadeSteps;
  gathered: Gathered;
  /** In a cell with targets of its own, the only steps from which a gathering step takes; null: it takes all that it reads. */
  needed: Set<string> | null;
}

/** Makes the steps of one cell, each after what it reads; null for a step in a cycle, and for one that gathers from all cells. */
function createVisitor({ options: { steps, scope }, variantOf, made, gathered, needed }: VisitorOptions) {
  const own = new Map<string, Step | null>();
  const visit = (draft: StepDraft, path: StepDraft[]): Step | null => {
    const done = own.get(draft.id);
    if (done !== undefined) return done;
    if (path.includes(draft)) {
      scope.problems.push(stepCycle(path.slice(path.indexOf(draft)), variantOf));
      return null;
    }
    const variant = variantOf(draft);
    const isGathering = draft.definition.gathers === true;
    const read = variant.reads.filter(({ reference }) => !isGathering || !needed || needed.has(reference.node));
    path.push(draft);
    const sources = read.map(({ reference }) => {
      const target = steps.drafts.get(reference.node);
      return target ? visit(target, path) : null;
    });
    path.pop();
    const inputs = () => inputsFrom(read, sources);
    const step = isGathering ? gather(gathered, variant, { inputs: inputs(), sources }) : made.add(variant, sources, inputs);
    own.set(draft.id, step);
    return step;
  };
  return { visit };
}

function inputsFrom(read: Variant['reads'], sources: (Step | null)[]): Step['inputs'] {
  const inputs: Step['inputs'] = {};
  read.forEach(({ input, reference }, index) => {
    const source = sources[index];
    inputs[input] ??= [];
    if (source) inputs[input].push({ ...reference, node: source.id });
  });
  return inputs;
}

type MadeSteps = ReturnType<typeof createMade>;

/** The steps made so far; the same variant with the same sources is made once. */
function createMade() {
  const steps: Step[] = [];
  const counts = new Map<string, number>();
  const union = createUnion();
  const add = ({ step: common, made }: Variant, sources: (Step | null)[], inputsOfNew: () => Step['inputs']): Step => {
    const key = idsOfSteps(sources);
    const before = made.get(key);
    if (before) return before;
    const number = (counts.get(common.name) ?? 0) + 1;
    counts.set(common.name, number);
    const id = number === 1 ? common.name : `${common.name}#${number}`;
    const decidedBy = sources.reduce((names, source) => union(names, source?.decidedBy ?? []), common.decidedBy);
    const step = { ...common, id, inputs: inputsOfNew(), decidedBy };
    made.set(key, step);
    steps.push(step);
    return step;
  };
  return { steps, add };
}

function idsOfSteps([first, ...others]: (Step | null)[]): string {
  let ids = first?.id ?? '';
  for (const other of others) ids += ` ${other?.id ?? ''}`;
  return ids;
}

/** What the steps that read all cells have gathered: for each input and each place in its list, the artifacts by address. */
type Gathered = Map<string, { variant: Variant; inputs: Map<string, GatheredPlaces>; sources: Set<Step | null> }>;

/** By place in the file, because a cell may have only some items of a list. */
type GatheredPlaces = Map<number, Map<string, Reference>>;

function gather(gathered: Gathered, variant: Variant, { inputs, sources }: { inputs: Step['inputs']; sources: (Step | null)[] }): null {
  const entry = gathered.get(variant.step.name) ?? { variant, inputs: new Map(), sources: new Set() };
  gathered.set(variant.step.name, entry);
  for (const source of sources) entry.sources.add(source);
  for (const [name, references] of Object.entries(inputs)) {
    const places = entry.inputs.get(name) ?? new Map<number, Map<string, Reference>>();
    entry.inputs.set(name, places);
    for (const reference of references) {
      const place = places.get(reference.at.start) ?? new Map<string, Reference>();
      places.set(reference.at.start, place.set(`${reference.node}.${reference.output}`, reference));
    }
  }
  return null;
}

function inputsGathered(inputs: Map<string, GatheredPlaces>): Step['inputs'] {
  const listOf = (places: GatheredPlaces) => [...places].sort(([a], [b]) => a - b).flatMap(([, place]) => [...place.values()]);
  return Object.fromEntries(
    [...inputs].map(([name, places]) => [name, listOf(places)]).filter(([, list]) => list !== undefined && list.length > 0),
  );
}

/** Ids of the steps that the targets need in a cell; computed once for all cells with the same wiring. */
function createNeeded(options: InstanceOptions, variants: (draft: StepDraft, cell: Cell) => Variant): (cell: Cell) => Set<string> {
  const wiring = wiringParams(options.steps);
  const known = new Map<string, Set<string>>();
  return (cell) => {
    const key = JSON.stringify([cell.targets && [...cell.targets], ...wiring.map((name) => cell.values[name])]);
    const needed = known.get(key) ?? neededIn(cell, options, variants);
    known.set(key, needed);
    return needed;
  };
}

/** In a cell with targets of its own, a step that gathers adds nothing to what is needed. */
function neededIn(cell: Cell, { steps, targets }: InstanceOptions, variants: (draft: StepDraft, cell: Cell) => Variant): Set<string> {
  const needed = new Set<string>();
  const visit = (draft: StepDraft): void => {
    if (needed.has(draft.id)) return;
    needed.add(draft.id);
    for (const { reference } of variants(draft, cell).reads) {
      const next = steps.drafts.get(reference.node);
      if (next) visit(next);
    }
  };
  const { targets: own } = cell;
  for (const draft of steps.drafts.values()) if (own ? own.has(draft.id) : targets(draft)) visit(draft);
  if (own) for (const { id, definition } of steps.drafts.values()) if (definition.gathers) needed.add(id);
  return needed;
}

/** The id in the file, for the id of a variant. */
export function nameOfStep(id: string): string {
  return id.split('#', 1)[0] ?? id;
}

function stepCycle(members: StepDraft[], variantOf: (draft: StepDraft) => Variant): Problem {
  const all = members.map(({ id }) => id);
  const ids = all.length > 8 ? [...all.slice(0, 4), '…', ...all.slice(-2)] : all;
  const [first] = [...members].sort((a, b) => a.at.start - b.at.start);
  const others: { message: string; at: Place }[] = members
    .filter((each) => each !== first)
    .map(({ id, at }) => ({ message: `${id} is declared here`, at }));
  const values = members.flatMap((each, index) => {
    const next = members[(index + 1) % members.length]?.id;
    const { given } = variantOf(each).reads.find(({ reference }) => reference.node === next)?.reference ?? {};
    return given ? [{ message: `${each.id} reads ${next} by this value`, at: given }] : [];
  });
  return {
    code: 'E0133',
    at: first?.at ?? null,
    message: `these steps form a cycle: ${[...ids, ids[0]].join(' reads ')}`,
    hint: 'let one of them read something else',
    related: [...values, ...others],
  };
}
