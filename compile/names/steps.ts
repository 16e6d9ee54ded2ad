import { defaultBudget } from '../../plan/index.ts';
import type { InputRef, JsonObject, Kind, ModelUse, ResourceUse, RunSettings } from '../../plan/index.ts';
import { isKind, kindOf, runSchema } from '../../schemas/index.ts';
import type { KindDefinition } from '../../schemas/index.ts';
import type { Models } from './models.ts';
import { didYouMean, listed, oneOf } from '../diagnostics/near.ts';
import { blameOf, substitute } from './scope.ts';
import type { Scope } from './scope.ts';
import { isSound } from '../check/sound.ts';
import { fillResolved } from './fill.ts';
import type { Place } from '../diagnostics/source.ts';
import { entriesOf, entryOf } from '../read/tree.ts';
import type { Entry, MapTree, Tree } from '../read/tree.ts';

/** An input as resolved: the artifact and where it is named. */
export interface Reference extends InputRef {
  at: Place;
  /** Where the value stands that a param gives, if it is none of its own. */
  given?: Place;
}

/** A step with every name resolved and every default filled in, as one or several cells have it. */
export interface Step {
  /** The id in the file; behind `#` a number where cells have it in several variants. */
  id: string;
  /** The id in the file. */
  name: string;
  kind: Kind;
  at: Place;
  settings: JsonObject;
  inputs: { [name: string]: Reference[] };
  models: { [role: string]: ModelUse };
  resources: { [setting: string]: ResourceUse };
  run: RunSettings;
  /** Something about it is wrong: its settings must not be looked at. */
  isPartial?: true;
  /** The `with` as written, for places. */
  written: Tree;
  /** Params that it was decided by, itself or through what it reads; sorted. */
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

/** The steps of a file that have a known kind. The ids of the others are kept: to name them is no mistake. */
export function readSteps(root: Tree): { drafts: Map<string, StepDraft>; others: Set<string> } {
  const drafts = new Map<string, StepDraft>();
  const others = new Set<string>();
  for (const [id, { key, value }] of entriesOf(root, 'steps')) {
    const uses = entryOf(value, 'uses')?.value;
    const kind = uses?.kind === 'leaf' ? uses.value : null;
    const written = entryOf(value, 'with')?.value;
    if (isKind(kind) && (written === undefined || written.kind === 'map'))
      drafts.set(id, {
        id,
        definition: kindOf(kind),
        at: key,
        written: written ?? emptyMap(key),
        run: entryOf(value, 'run'),
      });
    else others.add(id);
  }
  return { drafts, others };
}

function emptyMap(at: Place): MapTree {
  return { kind: 'map', at, entries: new Map() };
}

/** The plain values of a step, defaults filled in; null where something is wrong with one. */
export function settingsOf({ id, definition, written }: StepDraft, scope: Scope): JsonObject | null {
  const names = Object.keys(definition.settings.properties);
  const value: JsonObject = {};
  let isWhole = true;
  for (const [name, entry] of written.entries) {
    if (!names.includes(name)) continue;
    const setting = isSound(entry.value, scope) ? substitute(entry.value, scope) : undefined;
    if (setting === undefined) isWhole = false;
    else value[name] = setting;
  }
  const filled = fillResolved(definition.settings, value, { tree: written, path: ['steps', id, 'with'], scope });
  return isWhole ? (filled as JsonObject | null) : null;
}

/** The models a step calls. */
export function modelsOf(draft: StepDraft, models: Models, scope: Scope): { [role: string]: ModelUse } {
  const uses: { [role: string]: ModelUse } = {};
  for (const role of Object.keys(draft.definition.models)) {
    const named = nameIn(draft, role, scope);
    if (!named) continue;
    const model = models.of(named.name, scope);
    if (model) model.isUsed = true;
    if (model?.use) uses[role] = model.use;
    if (model) continue;
    scope.problems.push({
      code: 'E0140',
      ...blameOf(named.tree, scope),
      message: `there is no model ${named.name}`,
      expected: oneOf(models.names),
      got: named.name,
      hint: didYouMean(named.name, models.names, `declare ${named.name} under models`),
    });
  }
  return uses;
}

/** The source folders a step reads. Their content is looked at when the step is reached. */
export function sourcesOf(draft: StepDraft, scope: Scope): { [setting: string]: ResourceUse } {
  const uses: { [setting: string]: ResourceUse } = {};
  const known = Object.keys(scope.config.sources);
  for (const [setting, { default: standard }] of Object.entries(draft.definition.sources)) {
    const isLeftOut = standard !== undefined && !draft.written.entries.has(setting);
    const named = isLeftOut ? { name: standard, at: draft.at } : nameIn(draft, setting, scope);
    if (!named) continue;
    if (known.includes(named.name)) uses[setting] = { name: named.name, identity: null };
    else
      scope.problems.push({
        code: 'E0142',
        ...('tree' in named ? blameOf(named.tree, scope) : { at: named.at }),
        message: `there is no source folder ${named.name}`,
        expected: `a source of the configuration: ${listed(known)}`,
        got: named.name,
        hint: didYouMean(named.name, known, 'declare it under sources in codepmp.config.yaml'),
      });
  }
  return uses;
}

/** Where and how a step runs. */
export function runOf({ id, run }: StepDraft, scope: Scope): RunSettings | null {
  const tree = run?.value ?? { kind: 'map', at: { start: 0, end: 0 }, entries: new Map() };
  const value = substitute(tree, scope);
  if (value === undefined || !isSound(tree, scope)) return null;
  const filled = fillResolved(runSchema, value, { tree, path: ['steps', id, 'run'], scope });
  if (!filled) return null;
  const { pool, chunk, budget } = filled;
  const known = Object.keys(scope.config.pools);
  if (known.includes(pool)) return { pool, chunk, budget: { ...defaultBudget, ...budget } };
  scope.problems.push({
    code: 'E0143',
    ...blameOf(entryOf(tree, 'pool')?.value ?? tree, scope),
    message: `there is no pool ${pool}`,
    expected: `a pool of the configuration: ${listed(known)}`,
    got: pool,
    hint: didYouMean(pool, known, 'declare it under pools in codepmp.config.yaml'),
  });
  return null;
}

function nameIn({ written }: StepDraft, key: string, scope: Scope): { name: string; tree: Tree } | null {
  const tree = entryOf(written, key)?.value;
  const name = tree && isSound(tree, scope) ? substitute(tree, scope) : undefined;
  return tree && typeof name === 'string' ? { name, tree } : null;
}
