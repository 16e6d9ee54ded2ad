import type { Alternatives } from '../sweeps/alternatives.ts';
import type { Cell } from '../sweeps/cell.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Instances } from '../graph/instances.ts';
import type { Params } from '../names/params.ts';
import type { Steps } from '../names/references.ts';
import { createMatcher } from '../sweeps/selection.ts';
import type { Scalar } from '../../plan/index.ts';

export interface ViewsOptions {
  cells: Cell[];
  params: Params;
  alternatives: Alternatives;
  steps: Pick<Steps, 'drafts' | 'others'>;
  instances: Instances;
  /** Names of all sweeps of the file, also of those that are not asked for. */
  sweeps: string[];
  /** All cells of the file are there and sound: a selector that finds none is a mistake. */
  isWhole: boolean;
  /** Problems of earlier passes. */
  earlier: Problem[];
}

/** What the views of a file are looked for in. */
export interface ViewScope extends ViewsOptions {
  problems: Problem[];
  /** Steps that some report reads. */
  read: Set<string>;
  find: CellFinder;
}

/** Cells by their place in the list of cells: those of a sweep, all where it is null, and of them those with a value or a step. */
export interface CellFinder {
  ofSweep(sweep: string | null): Set<number>;
  with(sweep: string | null, name: string, value: Scalar): Set<number>;
  withStep(sweep: string | null, step: string): Set<number>;
}

/** Every look is kept: the cells of a view ask for the same values again and again. */
export function createFinder({ cells, instances }: Pick<ViewsOptions, 'cells' | 'instances'>): CellFinder {
  const known = new Map<string, Set<number>>();
  const remembered = (key: string, find: () => Set<number>): Set<number> => {
    const found = known.get(key) ?? find();
    known.set(key, found);
    return found;
  };
  const ofSweep = (sweep: string | null): Set<number> =>
    remembered(JSON.stringify([sweep]), () => {
      const has = ({ sweeps }: Cell): boolean => sweep === null || sweeps.includes(sweep);
      return new Set(cells.flatMap((cell, index) => (has(cell) ? [index] : [])));
    });
  const withValue: CellFinder['with'] = (sweep, name, value) =>
    remembered(JSON.stringify([sweep, name, value]), () => {
      const matches = createMatcher([[name, value]]);
      return new Set([...ofSweep(sweep)].filter((index) => matches((param) => cells[index]?.values[param])));
    });
  const withStep: CellFinder['withStep'] = (sweep, step) =>
    remembered(JSON.stringify([sweep, step]), () => {
      return new Set([...ofSweep(sweep)].filter((index) => instances.cells[index]?.[step] !== undefined));
    });
  return { ofSweep, with: withValue, withStep };
}

/** Steps that reports read; a report that is no step of any cell reads none. */
export function readByReports({ instances, steps }: Pick<ViewsOptions, 'instances' | 'steps'>): Set<string> {
  const names = new Map(instances.steps.map(({ id, name }) => [id, name]));
  const reports = instances.steps.filter(({ name }) => steps.drafts.get(name)?.definition.gathers);
  return new Set(reports.flatMap(({ inputs }) => Object.values(inputs).flat().map(({ node }) => names.get(node) ?? '')));
}
