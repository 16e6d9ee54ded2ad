import { scalarText } from '../../plan/index.ts';
import type { Scalar } from '../../plan/index.ts';
import type { Place } from '../diagnostics/source.ts';
import { kindOf } from '../../schemas/index.ts';
import { unknownParam } from '../names/params.ts';
import { textOfLeaf } from '../read/tree.ts';
import type { Tree } from '../read/tree.ts';
import { merged, ownOf, readSelector, selectorOf } from './selector.ts';
import type { ViewSelector } from './selector.ts';
import type { ViewScope } from './scope.ts';
import { valuesOfStep } from './value.ts';

/** One level of rows, columns, lines or panels: all values of something, or labels with what they stand for. */
export type ViewLevel = { by: string; at: Place } | { entries: LevelEntry[] };

/** A label and what it stands for. */
export type LevelEntry = [label: string, selector: ViewSelector];

/** A row, column, line or panel, or a position on an axis. */
export interface ViewPosition {
  /** A label for each level. */
  heads: string[];
  selector: ViewSelector;
}

/** What a level may be by besides params and groups. */
const otherLevels = ['step', 'n', 'seed'];

export function readLevels(tree: Tree | undefined, scope: ViewScope): ViewLevel[] {
  return (tree?.kind === 'list' ? tree.items : []).map((each): ViewLevel => {
    if (each.kind === 'map')
      return { entries: [...each.entries].map(([label, { value }]): LevelEntry => [label, readSelector(value, scope)]) };
    const by = textOfLeaf(each);
    checkLevel(by, each.at, scope);
    return { by, at: each.at };
  });
}

/** Reports the name of a level that is nothing a view can run over. */
export function checkLevel(by: string, at: Place, { params, alternatives, problems }: ViewScope): void {
  const names = [...new Set([...params.keys(), ...alternatives.keys(), ...otherLevels])];
  if (!names.includes(by)) problems.push(unknownParam(by, at, names));
}

/** Every combination of the entries of some levels, the first level changing slowest; how many there are is known before. */
export function positionsOf(levels: ViewLevel[], base: ViewSelector, scope: ViewScope): ViewPositions {
  return combined(levels.map((level) => ('by' in level ? entriesBy(level, base, scope) : level.entries)));
}

/** The same where nothing else says what the values are of: `lr=1e-4`. */
export function namedPositionsOf(levels: ViewLevel[], base: ViewSelector, scope: ViewScope): ViewPositions {
  const named = (level: ViewLevel): LevelEntry[] => {
    if (!('by' in level)) return level.entries;
    const name = level.by === 'step' ? '' : `${level.by === 'n' ? 'N' : level.by}=`;
    return entriesBy(level, base, scope).map(([label, selector]) => [`${name}${label}`, selector]);
  };
  return combined(levels.map(named));
}

interface ViewPositions {
  count: number;
  all: () => ViewPosition[];
}

function combined(entries: LevelEntry[][]): ViewPositions {
  const count = entries.reduce((product, { length }) => product * length, 1);
  const all = (): ViewPosition[] =>
    entries.reduce<ViewPosition[]>(
      (before, level) =>
        before.flatMap(({ heads, selector }) =>
          level.map(([label, own]) => ({ heads: [...heads, label], selector: merged([selector, own]) })),
        ),
      [{ heads: [], selector: merged([]) }],
    );
  return { count, all };
}

/** A level by a name: every value that the cells have, the steps that measure, their N. */
export function entriesBy({ by, at }: { by: string; at: Place }, base: ViewSelector, scope: ViewScope): LevelEntry[] {
  const values = by === 'step' ? measuringSteps(base, scope) : by === 'n' ? sizesIn(base, scope) : valuesIn(by, base, scope);
  return values.map((value) => [scalarText(value), selectorOf(by, value, at)]);
}

/** The values that a param has in the cells of a view, in the order of the sweep. */
function valuesIn(name: string, base: ViewSelector, scope: ViewScope): Scalar[] {
  const values = cellsOfBase(base, scope).map((index) => scope.cells[index]?.values[name]);
  return [...new Set(values)].filter((value) => value !== undefined);
}

/** Steps that reports read and that measure what the view shows, in the order in which the reports name them. */
function measuringSteps(base: ViewSelector, scope: ViewScope): string[] {
  const { steps, read, instances } = scope;
  const metric = ownOf(base, 'metric') ?? 'accuracy';
  const cells = cellsOfBase(base, scope);
  const isThere = (step: string): boolean => cells.some((index) => instances.cells[index]?.[step] !== undefined);
  return [...read].filter((id) => {
    const draft = steps.drafts.get(id);
    return draft !== undefined && valuesOfStep(draft).includes(metric) && isThere(id);
  });
}

/** The N that the steps of a view measure. */
function sizesIn(base: ViewSelector, scope: ViewScope): number[] {
  const step = ownOf(base, 'step');
  const names = new Set(step === null ? measuringSteps(base, scope) : [step]);
  const steps = scope.instances.steps.filter(({ name, isPartial }) => names.has(name) && !isPartial);
  const sizes = steps.flatMap(({ kind, settings }) => kindOf(kind).sizes?.(settings) ?? []);
  return [...new Set(sizes)].sort((a, b) => a - b);
}

function cellsOfBase(base: ViewSelector, { find }: ViewScope): number[] {
  const sweep = ownOf(base, 'sweep');
  const sets = Object.entries(base.values).map(([name, value]) => find.with(sweep, name, value));
  return [...find.ofSweep(sweep)].filter((index) => sets.every((set) => set.has(index)));
}
