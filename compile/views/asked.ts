import type { ViewScale } from '../../plan/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import { entryOf, leavesOf, textOfLeaf } from '../read/tree.ts';
import type { Leaf, Tree } from '../read/tree.ts';
import { checkLevel, readLevels } from './levels.ts';
import type { ViewLevel } from './levels.ts';
import { strayKey, unknownSweep } from './mistakes.ts';
import { everything, merged, ownOf, readSelector } from './selector.ts';
import type { ViewSelector } from './selector.ts';
import type { ViewScope } from './scope.ts';

/** A view as written, or as a sweep without one gets it. */
export interface AskedView {
  name: string;
  /** Where its name is written; for one that is not written, where the sweep is. */
  at: Place;
  label: string;
  /** Null: made from the names in it. */
  title: string | null;
  footnotes: string[];
  /** What all of its cells have in common. */
  base: ViewSelector;
  shape: AskedTable | AskedFigure;
}

export interface AskedTable {
  form: 'table';
  rows: ViewLevel[];
  /** Null: a column for each step that measures. */
  columns: ViewLevel[] | null;
  /** Headings of the levels of rows; null: the names of their params. */
  heads: Leaf[] | null;
  /** Numbers printed elsewhere, a text for each row; null: none. */
  published: Leaf[] | null;
  /** Where the lists of `heads` and `published` are written. */
  places: { heads: Place; published: Place };
}

export interface AskedFigure {
  form: 'figure';
  x: { by: string; at: Place; scale: ViewScale | null; label: string };
  /** Null: the metric. */
  y: string | null;
  lines: ViewLevel[];
  /** Null: one for each step that measures. */
  panels: ViewLevel[] | null;
  fit: 'power law' | null;
}

const tableKeys = ['rows', 'columns', 'heads', 'published'];
const figureKeys = ['y', 'lines', 'panels', 'fit'];

/** What a view says; null, with the problems, where it names what is not there or its keys do not go together. */
export function readAsked(name: string, { key: at, value: tree }: { key: Place; value: Tree }, scope: ViewScope): AskedView | null {
  const before = scope.problems.length;
  scope.problems.push(...strayKeys(tree));
  const sweep = entryOf(tree, 'sweep')?.value;
  const ofSweep: ViewSelector = sweep?.kind === 'leaf' ? { ...everything, own: new Map([['sweep', sweep]]) } : everything;
  const base = merged([ofSweep, readSelector(entryOf(tree, 'of')?.value, scope)]);
  const shape = entryOf(tree, 'x') ? readFigure(tree, scope) : readTable(tree, { at, scope });
  scope.problems.push(...unknownSweeps([base, ...selectorsIn(shape)], scope));
  if (scope.problems.length > before) return null;
  const textOf = (key: string): string => textOfLeaf(entryOf(tree, key)?.value);
  const footnotes = leavesOf(entryOf(tree, 'footnotes')?.value).map(textOfLeaf);
  return { name, at, label: textOf('label'), title: textOf('title') || null, footnotes, base, shape };
}

/** Names of the sweeps that a view shows cells of; none: the cells of all. */
export function sweepsOf({ base, shape }: AskedView): string[] {
  return [base, ...selectorsIn(shape)].flatMap((selector) => ownOf(selector, 'sweep') ?? []);
}

function readTable(tree: Tree, { at, scope }: { at: Place; scope: ViewScope }): AskedTable {
  const [rows, columns, heads, published] = tableKeys.map((key) => entryOf(tree, key));
  return {
    form: 'table',
    rows: readLevels(rows?.value, scope),
    columns: columns ? readLevels(columns.value, scope) : null,
    heads: heads ? leavesOf(heads.value) : null,
    published: published ? leavesOf(published.value) : null,
    places: { heads: heads?.key ?? at, published: published?.key ?? at },
  };
}

function readFigure(tree: Tree, scope: ViewScope): AskedFigure {
  const x = entryOf(tree, 'x')?.value;
  const by = x?.kind === 'map' ? entryOf(x, 'by')?.value : x;
  const name = textOfLeaf(by);
  const panels = entryOf(tree, 'panels')?.value;
  const at = by?.at ?? { start: 0, end: 0 };
  checkLevel(name, at, scope);
  return {
    form: 'figure',
    x: {
      by: name,
      at,
      scale: (textOfLeaf(entryOf(x, 'scale')?.value) || null) as ViewScale | null,
      label: textOfLeaf(entryOf(x, 'label')?.value) || (name === 'n' ? 'N' : name),
    },
    y: textOfLeaf(entryOf(tree, 'y')?.value) || null,
    lines: readLevels(entryOf(tree, 'lines')?.value, scope),
    panels: panels ? readLevels(panels, scope) : null,
    fit: entryOf(tree, 'fit') ? 'power law' : null,
  };
}

function strayKeys(tree: Tree): Problem[] {
  const x = entryOf(tree, 'x')?.key ?? null;
  const strays = (x ? tableKeys : figureKeys).flatMap((key) => ({ key, at: entryOf(tree, key)?.key }));
  return strays.flatMap(({ key, at }) => (at ? [strayKey(key, at, { form: x ? 'figure' : 'table', first: x })] : []));
}

function unknownSweeps(selectors: ViewSelector[], { sweeps }: ViewScope): Problem[] {
  const named = selectors.flatMap(({ own }) => own.get('sweep') ?? []);
  return named.filter((leaf) => !sweeps.includes(textOfLeaf(leaf))).map((leaf) => unknownSweep(textOfLeaf(leaf), leaf.at, sweeps));
}

function selectorsIn(shape: AskedView['shape']): ViewSelector[] {
  const levels = shape.form === 'table' ? [...shape.rows, ...(shape.columns ?? [])] : [...shape.lines, ...(shape.panels ?? [])];
  return levels.flatMap((level) => ('by' in level ? [] : level.entries.map(([, selector]) => selector)));
}
