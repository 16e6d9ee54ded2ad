import { labelOf, type BudgetCaps, type ParamValues } from '../plan/index.ts';
import { readAlternatives, type Alternatives } from './sweeps/alternatives.ts';
import { cellsOfSweeps } from './sweeps/cells.ts';
import type { Cell } from './sweeps/cell.ts';
import { readClaims, type ClaimDraft } from './claims/claims.ts';
import type { Config } from '../ports/configuration.ts';
import { isError, type Problem } from './diagnostics/diagnostic.ts';
import { instantiate, type Instances } from './graph/instances.ts';
import { readModels } from './names/models.ts';
import { findOrigins, type Origins } from './graph/origins.ts';
import { readParams } from './names/params.ts';
import { checkRules } from './graph/rules.ts';
import { paramsIn, substitute, type Scope } from './names/scope.ts';
import type { Place } from './diagnostics/source.ts';
import { readSteps, type Step } from './names/steps.ts';
import { readSweeps } from './sweeps/sweeps.ts';
import { readTargets } from './graph/targets.ts';
import { entriesOf, entryOf, toJson, type Tree } from './read/tree.ts';
import { readViews, type ViewDraft } from './views/views.ts';
import { findUnused } from './graph/unused.ts';

/** A pipeline with every name resolved in every cell: the input of lowering. */
interface Resolved {
  name: string;
  cells: Cell[];
  instances: Instances;
  alternatives: Alternatives;
  origins: Origins;
  claims: ClaimDraft[];
  views: ViewDraft[];
  budget: BudgetCaps;
}

interface ResolveOptions {
  set: ParamValues;
  /** The places of values from params files. */
  given?: Map<string, Place> | undefined;
  config: Config;
  earlier: Problem[];
  /** Only these sweeps; none: no sweep. */
  sweeps?: string[] | undefined;
  /** Only cells with these values. */
  cell?: ParamValues | undefined;
}

/**
 * Third pass: params, cells and names. It reads only what the schema found correct, so that one mistake is reported once, and every
 * other mistake as well. The result is a pipeline only if no pass found errors.
 */
export function resolve(
  root: Tree,
  { set, given, config, earlier, sweeps: only, cell: selector }: ResolveOptions,
): { resolved: Resolved; problems: Problem[] } {
  const groups = [...groupNames(root)];
  const { params, problems: ofParams } = readParams(root, { set, given, earlier, groups });
  const { alternatives, problems: ofAlternatives } = readAlternatives(root, { params, earlier });
  const steps = readSteps(root);
  const { sweeps, problems: ofSweeps } = readSweeps(root, { params, alternatives, earlier, only, steps: steps.drafts.size });
  const { cells, problems: ofCells } = cellsOfSweeps(
    sweeps,
    { params, alternatives },
    { set, given, only, selector, at: entryOf(root, 'sweeps')?.key ?? entryOf(root, 'params')?.key ?? null },
  );
  const scope: Omit<Scope, 'params'> = { config, usedParams: new Set(), problems: [], earlier };
  const models = readModels(root);
  const { targets, problems: ofTargets } = readTargets(root, steps, { earlier, sweeps });
  const first = cells[0] ?? { id: '', sweeps: [], axes: [], targets: null, values: {}, params: () => params };
  for (const name of models.names) models.of(name, { ...scope, params: first.params() });
  const lowered = cells.length === 0 ? [first] : cells;
  for (const tree of steps.others.values()) substitute(tree, { ...scope, params: first.params() });
  const instances = instantiate(lowered, { steps, models, targets, scope });
  const { origins, problems: mixed } = findOrigins(instances.steps);
  const rules = checkRules(instances.steps, (step) => whereOf(step, { cells: lowered, instances }));
  const problems = [...ofParams, ...ofAlternatives, ...ofSweeps, ...ofCells, ...ofTargets, ...scope.problems, ...mixed, ...rules];
  for (const part of ['sweeps', 'alternatives', 'claims'])
    for (const name of paramsIn(entryOf(root, part)?.value)) scope.usedParams.add(name);
  const isWhole = only === undefined && selector === undefined;
  const over = {
    cells,
    params,
    alternatives,
    steps,
    instances,
    sweeps: entriesOf(root, 'sweeps').map(([name]) => name),
    isWhole: isWhole && ![...earlier, ...problems].some(isError),
    earlier,
  };
  const { claims, problems: ofClaims } = readClaims(root, over);
  const { views, problems: ofViews } = readViews(root, over);
  problems.push(...ofClaims, ...ofViews);
  if (isWhole && ![...earlier, ...problems].some(isError))
    problems.push(...findUnused(instances, { models: models.all(), params, usedParams: scope.usedParams }));
  const named = { name: nameOfPipeline(root), budget: budgetOf(root) };
  return { resolved: { ...named, cells, instances, alternatives, origins, claims, views }, problems };
}

/** The first cell that has a step, described by the params that decide the step and vary over the cells. */
function whereOf({ id, decidedBy }: Step, { cells, instances }: { cells: Cell[]; instances: Instances }): string {
  const { values = {} } = cells[instances.cells.findIndex((nodes) => Object.values(nodes).includes(id))] ?? {};
  const varying = decidedBy.filter((name) => name in values && cells.some((cell) => cell.values[name] !== values[name]));
  return varying.length === 0 ? '' : `, where ${labelOf(Object.fromEntries(varying.map((name) => [name, values[name] ?? ''])))}`;
}

function groupNames(root: Tree): Iterable<string> {
  const groups = entryOf(root, 'alternatives')?.value;
  return groups?.kind === 'map' ? groups.entries.keys() : [];
}

function nameOfPipeline(root: Tree): string {
  const named = entryOf(root, 'name')?.value;
  return named?.kind === 'leaf' ? String(named.value) : '';
}

function budgetOf(root: Tree): BudgetCaps {
  const written = entryOf(root, 'budget')?.value;
  const caps = written?.kind === 'map' ? (toJson(written) as Partial<BudgetCaps>) : {};
  return { calls: null, gpu_hours: null, money: null, ...caps };
}
