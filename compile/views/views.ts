import { cellsOfView, mapView } from '../../plan/index.ts';
import type { PlanView, PlanViewCell, ViewOf } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import { isSound } from '../check/sound.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Step } from '../names/steps.ts';
import { entriesOf, entryOf } from '../read/tree.ts';
import type { Tree } from '../read/tree.ts';
import { readAsked, sweepsOf } from './asked.ts';
import type { AskedView } from './asked.ts';
import { createCellReader } from './cell.ts';
import type { ViewCellDraft } from './cell.ts';
import { defaultViews } from './defaults.ts';
import { buildFigure } from './figure.ts';
import { entriesBy, namedPositionsOf, positionsOf } from './levels.ts';
import type { ViewLevel } from './levels.ts';
import { mostViewCells, tooManyViewCells, withoutReport } from './mistakes.ts';
import { createFinder, readByReports } from './scope.ts';
import type { ViewsOptions, ViewScope } from './scope.ts';
import { buildTable } from './table.ts';

/** A view whose cells are steps of the cells of the sweeps. */
export type ViewDraft = ViewOf<ViewCellDraft>;

/**
 * The views of a file, and one for each sweep that none of them shows. Where only a part of the cells was asked for, cells of
 * views that are not among them are empty, and views of such cells alone are left out.
 */
export function readViews(root: Tree, options: ViewsOptions): { views: ViewDraft[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const scope: ViewScope = { ...options, problems, read: readByReports(options), find: createFinder(options) };
  const section = entryOf(root, 'views');
  const sound = entriesOf(root, 'views').filter(([, { value }]) => value.kind === 'map' && isSound(value, options));
  const asked = sound.flatMap(([name, entry]) => readAsked(name, entry, scope) ?? []);
  const gathering = [...options.steps.drafts.values()].find(({ definition }) => definition.gathers);
  if (section && asked.length > 0 && !gathering) problems.push(withoutReport(section.key));
  if (!gathering || problems.length > 0) return { views: [], problems };
  const shown = new Set(asked.flatMap(sweepsOf));
  const at = entryOf(root, 'sweeps')?.key ?? gathering.at;
  const wanted = [...asked, ...defaultViews({ scope, shown, taken: new Set(sound.map(([name]) => name)), at })];
  const drafts = wanted.map((view) => draftOf(view, scope));
  const count = drafts.reduce((sum, draft) => sum + draft.count, 0);
  if (count > mostViewCells) problems.push(tooManyViewCells(section?.key ?? at, count));
  const views = count > mostViewCells ? [] : drafts.map(({ build }) => build());
  problems.push(...drafts.flatMap(({ misses }) => misses()));
  return { views: views.filter((view) => options.isWhole || cellsOfView(view).some((cell) => !cell.isNone)), problems };
}

/** How many cells a view has, the way to make them, and what is then found to be written for none. */
function draftOf(view: AskedView, scope: ViewScope): { count: number; build: () => ViewDraft; misses: () => Problem[] } {
  const { name, at, label, footnotes, base, shape } = view;
  const { cellOf, misses } = createCellReader({ at, scope });
  const named = (levels: ViewLevel[]) => namedPositionsOf(levels, base, scope);
  const head = { name, label, title: view.title ?? titleOf(view), footnotes };
  const everyStep: ViewLevel[] = [{ by: 'step', at }];
  if (shape.form === 'table') {
    const columnLevels = shape.columns ?? everyStep;
    const [rows, columns] = [positionsOf(shape.rows, base, scope), named(columnLevels)];
    const build = (): ViewDraft => ({
      ...head,
      ...buildTable(shape, base, { rows: rows.all(), columns: columns.all(), columnLevels, cellOf, scope }),
    });
    return { count: rows.count * columns.count, build, misses };
  }
  const along = entriesBy(shape.x, base, scope);
  const [panels, lines] = [named(shape.panels ?? everyStep), named(shape.lines)];
  const build = (): ViewDraft => ({ ...head, ...buildFigure(shape, base, { panels: panels.all(), lines: lines.all(), along, cellOf }) });
  return { count: panels.count * lines.count * along.length, build, misses };
}

/** `accuracy by rm_pairs`. */
function titleOf({ name, shape }: AskedView): string {
  const named = shape.form === 'table' ? shape.rows : [{ by: shape.x.by }];
  const names = named.flatMap((level) => ('by' in level ? [level.by] : []));
  return names.length === 0 ? name : `${name}: by ${names.join(' and ')}`;
}

interface ViewLowering {
  /** The node that a step has become. */
  nodeOf: (step: string) => string | undefined;
  steps: Step[];
}

/** Views over the nodes of a plan. */
export function lowerViews(views: ViewDraft[], { nodeOf, steps }: ViewLowering): PlanView[] {
  const trainedOf = createTrained(steps);
  const lowered = (cell: ViewCellDraft): PlanViewCell => {
    const nodes = cell.nodes.map((id) => nodeOf(id) ?? '');
    const isFirst = nodes.map((node, index) => nodes.indexOf(node) === index);
    const own = { ...cell, nodes: nodes.filter((_, index) => isFirst[index]), seeds: cell.seeds.filter((_, index) => isFirst[index]) };
    delete own.isNone;
    return own;
  };
  return views.map((view) => {
    const once = new Set(cellsOfView(view).flatMap(({ nodes, text }) => (text === undefined ? sharedBy(nodes.map(trainedOf)) : [])));
    return { ...mapView(view, lowered), once: [...once].sort() };
  });
}

/** Names of the trainings that all of several results come from; none of one result alone. */
function sharedBy([first, ...others]: ReturnType<ReturnType<typeof createTrained>>[]): string[] {
  if (!first || others.length === 0) return [];
  return [...first].flatMap(([id, name]) => (others.every((each) => each.has(id)) ? [name] : []));
}

/** The trainings that a step comes from, by id, with the names of their steps. */
function createTrained(steps: Step[]): (id: string) => Map<string, string> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const known = new Map<string, Map<string, string>>();
  const trainedOf = (id: string): Map<string, string> => {
    const before = known.get(id);
    if (before) return before;
    const step = byId.get(id);
    const isTraining = step && Object.values(kindOf(step.kind).outputs).includes('checkpoint');
    const own = isTraining ? [[id, step.name] as const] : [];
    known.set(id, new Map(own));
    const found = new Map([...own, ...Object.values(step?.inputs ?? {}).flat().flatMap(({ node }) => [...trainedOf(node)])]);
    known.set(id, found);
    return found;
  };
  return trainedOf;
}
