import { defaultBudget, type InputRef, type JsonObject, type ModelUse, type ResourceUse, type RunSettings } from '../../plan/index.ts';
import { isKind, kindOf, runSchema, type KindDefinition } from '../../schemas/index.ts';
import type { Models } from './models.ts';
import { undeclaredName, unknownName } from '../diagnostics/near.ts';
import { blameOf, nameIn, substitute, type Scope } from './scope.ts';
import { fillResolved } from './fill.ts';
import type { Place } from '../diagnostics/source.ts';
import { entriesOf, entryOf, type Entry, type MapTree, type Tree } from '../read/tree.ts';

/** A resolved input: the artifact and where it is named. */
export interface Reference extends InputRef {
  at: Place;
  /** The place of the value, if it comes through a param. */
  given?: Place;
}

/** A step with every name resolved and every default filled in, for one or several cells. */
export interface Step {
  /** The id in the file, with `#` and a number if cells have several variants of the step. */
  id: string;
  /** The id in the file. */
  name: string;
  kind: string;
  at: Place;
  settings: JsonObject;
  inputs: { [name: string]: Reference[] };
  models: { [role: string]: ModelUse };
  resources: { [setting: string]: ResourceUse };
  run: RunSettings;
  /** It has errors: its settings must not be used. */
  isPartial?: true;
  /** The `with` as written, for places. */
  written: Tree;
  /** Params that decide it, directly or through what it reads; sorted. */
  decidedBy: string[];
}

/** A step whose kind is known; its inputs are resolved later, when all steps are. */
export interface StepDraft {
  id: string;
  definition: KindDefinition;
  at: Place;
  written: MapTree;
  run: Entry | undefined;
}

/** The steps of a file that have a known kind, and the others, since naming those is not another mistake. */
export function readSteps(root: Tree): { drafts: Map<string, StepDraft>; others: Map<string, Tree> } {
  const drafts = new Map<string, StepDraft>();
  const others = new Map<string, Tree>();
  for (const [id, { key, value }] of entriesOf(root, 'steps')) {
    const uses = entryOf(value, 'uses')?.value;
    const kind = uses?.kind === 'leaf' ? uses.value : null;
    const written = entryOf(value, 'with')?.value;
    if (isKind(kind) && (written === undefined || written.kind === 'map'))
      drafts.set(id, { id, definition: kindOf(kind), at: key, written: written ?? emptyMap(key), run: entryOf(value, 'run') });
    else others.set(id, value);
  }
  return { drafts, others };
}

function emptyMap(at: Place): MapTree {
  return { kind: 'map', at, entries: new Map() };
}

/** The settings of a step, with defaults filled in; null if one has errors. */
export function settingsOf({ id, definition, written }: StepDraft, scope: Scope): JsonObject | null {
  const names = Object.keys(definition.settings.properties);
  const value: JsonObject = {};
  let isWhole = true;
  for (const [name, entry] of written.entries) {
    if (!names.includes(name)) continue;
    const setting = substitute(entry.value, scope);
    if (!setting.isWhole) isWhole = false;
    if (setting.value !== undefined) value[name] = setting.value;
  }
  return fillResolved(definition.settings, { value, isWhole }, { tree: written, path: ['steps', id, 'with'], scope }) as JsonObject | null;
}

/** The models a step calls. */
export function modelsOf(draft: StepDraft, models: Models, scope: Scope): { [role: string]: ModelUse } {
  const uses: { [role: string]: ModelUse } = {};
  for (const role of Object.keys(draft.definition.models)) {
    const named = nameIn(draft.written, role, scope);
    if (!named) continue;
    const model = models.of(named.name, scope);
    if (model) model.isUsed = true;
    if (model?.use) uses[role] = model.use;
    if (model) continue;
    scope.problems.push({
      code: 'E0140',
      ...blameOf(named.tree, scope),
      ...unknownName('model', named.name, { known: models.names, otherwise: `declare ${named.name} under models` }),
    });
  }
  return uses;
}

/** The source folders a step reads. Their content is read when a run reaches the step. */
export function sourceFoldersOf(draft: StepDraft, scope: Scope): { [setting: string]: ResourceUse } {
  const uses: { [setting: string]: ResourceUse } = {};
  const known = Object.keys(scope.config.sources);
  for (const [setting, { default: standard }] of Object.entries(draft.definition.sources)) {
    const isLeftOut = standard !== undefined && !draft.written.entries.has(setting);
    const named = isLeftOut ? { name: standard, at: draft.at } : nameIn(draft.written, setting, scope);
    if (!named) continue;
    if (known.includes(named.name)) uses[setting] = { name: named.name, identity: null };
    else
      scope.problems.push({
        code: 'E0142',
        ...('tree' in named ? blameOf(named.tree, scope) : { at: named.at }),
        ...undeclaredName('source folder', 'sources', { name: named.name, known }),
      });
  }
  return uses;
}

/** Where and how a step runs. */
export function runSettingsOf({ id, run }: StepDraft, scope: Scope): RunSettings | null {
  const tree = run?.value ?? { kind: 'map', at: { start: 0, end: 0 }, entries: new Map() };
  const filled = fillResolved(runSchema, substitute(tree, scope), { tree, path: ['steps', id, 'run'], scope });
  const known = Object.keys(scope.config.pools);
  const named = nameIn(tree, 'pool', scope);
  if (!named || known.includes(named.name))
    return filled && { pool: filled.pool, chunk: filled.chunk, budget: { ...defaultBudget, ...filled.budget } };
  scope.problems.push({
    code: 'E0143',
    ...blameOf(named.tree, scope),
    ...undeclaredName('pool', 'pools', { name: named.name, known }),
  });
  return null;
}
