import type { Place } from '../diagnostics/source.ts';
import type { AskedView } from './asked.ts';
import { entriesBy } from './levels.ts';
import type { ViewLevel } from './levels.ts';
import { everything, selectorOf } from './selector.ts';
import type { ViewSelector } from './selector.ts';
import { scaleOf } from './figure.ts';
import type { ViewScope } from './scope.ts';

interface DefaultOptions {
  scope: ViewScope;
  /** Sweeps that some view of the file shows. */
  shown: Set<string>;
  /** Names of the views of the file. */
  taken: Set<string>;
  /** Where the sweeps are written, or the report. */
  at: Place;
}

/**
 * Views for what no view of the file shows: one for each such sweep, by its axes; without sweeps one for the steps. Sweeps and
 * axes come by their names, so that the order of keys in a file changes nothing.
 */
export function defaultViews({ scope, shown, taken, at }: DefaultOptions): AskedView[] {
  const { cells, sweeps } = scope;
  const names = sweeps.filter((sweep) => !shown.has(sweep) && cells.some((cell) => cell.sweeps.includes(sweep))).sort();
  const isPlain = taken.size === 0 && cells.some((cell) => cell.sweeps.length === 0);
  const of = [...(isPlain ? [null] : []), ...names].map((sweep) => viewsOfSweep(sweep, { scope, at }));
  return of.flat().map((view) => ({ ...view, name: taken.has(view.name) ? `sweep-${view.name}` : view.name }));
}

/** A table of what one axis or several decide, a figure along an axis of many numbers, and one along N. */
function viewsOfSweep(sweep: string | null, { scope, at }: { scope: ViewScope; at: Place }): AskedView[] {
  const base: ViewSelector = sweep === null ? everything : selectorOf('sweep', sweep, at);
  const isThere = (by: string): boolean => entriesBy({ by, at }, base, scope).length > 0;
  if (!isThere('step')) return [];
  const axes = sweep === null ? ['step'] : axesOf(sweep, scope);
  const level = (by: string): ViewLevel => ({ by, at });
  const long = axes.find((axis) => isLong(entriesBy({ by: axis, at }, base, scope).map(([label]) => label)));
  const name = sweep ?? 'results';
  const common = { at, label: '', footnotes: [], base };
  const title = sweep === null ? 'Accuracy of each measurement.' : `Accuracy over the sweep ${sweep}.`;
  const others = axes.filter((axis) => axis !== long);
  const first: AskedView = long
    ? { ...common, name, title, shape: figure(long, { at, lines: others.map(level), panels: sweep === null ? [] : null }) }
    : { ...common, name, title, shape: table(axes.map(level), { at, isPlain: sweep === null }) };
  if (!isThere('n')) return [first];
  const byN = `Best-of-N accuracy by N${sweep === null ? '' : ` over the sweep ${sweep}`}.`;
  const shape = figure('n', { at, lines: (sweep === null ? axes : others).map(level), panels: sweep === null ? [] : null });
  return [first, ...(long ? [] : [{ ...common, name: `${name}-by-n`, title: byN, shape }])];
}

function table(rows: ViewLevel[], { at, isPlain }: { at: Place; isPlain: boolean }): AskedView['shape'] {
  const columns: ViewLevel[] | null = isPlain ? [{ entries: [['Accuracy', everything]] }] : null;
  return { form: 'table', rows, columns, heads: null, published: null, places: { heads: at, published: at } };
}

function figure(by: string, { at, lines, panels }: { at: Place; lines: ViewLevel[]; panels: ViewLevel[] | null }): AskedView['shape'] {
  return { form: 'figure', x: { by, at, scale: null, label: by === 'n' ? 'N' : by }, y: null, lines, panels, fit: null };
}

/** The params and groups that tell the cells of a sweep apart, seeds aside. */
function axesOf(sweep: string, { cells }: ViewScope): string[] {
  const own = cells.filter((cell) => cell.sweeps.includes(sweep));
  const names = [...new Set(own.flatMap(({ axes }) => axes))].filter((name) => name !== 'seed');
  return names.filter((name) => new Set(own.map(({ values }) => values[name])).size > 1).sort();
}

/** Whether values are numbers enough for an axis. */
function isLong(labels: string[]): boolean {
  return labels.length >= 4 && scaleOf(labels) !== 'category';
}
