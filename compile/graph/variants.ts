import type { Cell } from '../sweeps/cell.ts';
import type { Models } from '../names/models.ts';
import type { Params } from '../names/params.ts';
import { resolvedInputs, type Steps } from '../names/references.ts';
import { paramsIn, type Scope } from '../names/scope.ts';
import { isSound } from '../check/sound.ts';
import { modelsOf, runSettingsOf, settingsOf, sourceFoldersOf, type Reference, type Step, type StepDraft } from '../names/steps.ts';
import { entryOf } from '../read/tree.ts';

/** A step, shared by all cells that agree on the params it is written with. */
export interface Variant {
  /** With inputs that name steps of the file. */
  step: Step;
  /** What it reads, input by input. */
  reads: { input: string; reference: Reference }[];
  /** The steps made from it, by what they read. */
  made: Map<string, Step>;
}

interface VariantOptions {
  steps: Steps;
  models: Models;
  scope: Omit<Scope, 'params'>;
}

/** The step of a draft under the params of a cell, made once for the values of the params it is written with. */
export function createVariants({ steps, models, scope }: VariantOptions) {
  const params = new Map([...steps.drafts.values()].map((draft) => [draft, paramsOfDraft(draft, models)]));
  const variants = new Map<string, Variant>();
  const paramsOf = createParamsOf();
  return (draft: StepDraft, cell: Cell): Variant => {
    const names = params.get(draft) ?? [];
    const key = names.length === 0 ? draft.id : JSON.stringify([draft.id, ...names.map((name) => cell.values[name])]);
    const before = variants.get(key);
    if (before) return before;
    const step = { ...resolveStep(draft, { steps, models, scope: { ...scope, params: paramsOf(cell) } }), decidedBy: names };
    const reads = Object.entries(step.inputs).flatMap(([input, references]) => references.map((reference) => ({ input, reference })));
    const variant = { step, reads, made: new Map<string, Step>() };
    variants.set(key, variant);
    return variant;
  };
}

/** The params of a cell, made once for all its steps, since cells are handled one after the other. */
function createParamsOf(): (cell: Cell) => Params {
  let last: { cell: Cell; params: Params } | null = null;
  return (cell) => {
    if (last?.cell !== cell) last = { cell, params: cell.params() };
    return last.params;
  };
}

/** The params that decide which steps a cell has: those used in place of a step's name. */
export function wiringParams({ drafts }: Steps): string[] {
  return union(
    [...drafts.values()].flatMap(({ definition, written }) =>
      Object.keys(definition.inputs).map((name) => paramsIn(entryOf(written, name)?.value)),
    ),
  );
}

function paramsOfDraft(draft: StepDraft, models: Models): string[] {
  const roles = Object.keys(draft.definition.models).map((role) => entryOf(draft.written, role)?.value);
  const called = roles.flatMap((tree) => {
    if (tree?.kind !== 'leaf') return [];
    return typeof tree.value === 'string' && models.names.includes(tree.value) ? [tree.value] : models.names;
  });
  return union([paramsIn(draft.written), paramsIn(draft.run?.value), ...called.map((name) => models.paramsOf(name))]);
}

function resolveStep(draft: StepDraft, { steps, models, scope }: { steps: Steps; models: Models; scope: Scope }): Omit<Step, 'decidedBy'> {
  const { inputs, weights } = resolvedInputs(draft, steps, scope);
  const settings = settingsOf(draft, scope);
  const uses = modelsOf(draft, models, scope);
  const resources = { ...sourceFoldersOf(draft, scope), ...weights };
  const run = runSettingsOf(draft, scope);
  const { id, definition, at, written } = draft;
  const common = { id, name: id, kind: definition.kind, at, written, inputs, models: uses, resources };
  const step: Omit<Step, 'decidedBy'> = { ...common, settings: settings ?? {}, run: run ?? { pool: '', chunk: null, budget: {} } };
  const isWhole = settings !== null && run !== null && isSound(written, scope);
  return isWhole ? step : { ...step, isPartial: true };
}

/** Names, sorted and without repeats. */
function union(lists: string[][]): string[] {
  return [...new Set(lists.flat())].sort();
}
