import type { Cell } from '../sweeps/cell.ts';
import { createPairing } from './pairing.ts';
import { describeSide, readSelector, selectCells } from './selectors.ts';
import type { ClaimScope, Selector, SideOptions } from './selectors.ts';
import { createSizes } from './sizes.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Entry, Tree } from '../read/tree.ts';

/** The cells that one side of a claim takes, by their place in the list of cells. */
export interface SideDraft {
  step: string;
  text: string;
  cells: number[];
}

export interface Asked {
  sweep: string | null;
  /** The step whose metrics are read where a side names none. */
  step: string;
  metric: string;
  n: Tree | undefined;
  at: Place;
  of: Entry | undefined;
  /** What `above` or `below` gives. */
  other: Entry;
}

export interface Found {
  of: SideDraft;
  to: SideDraft | number;
  n: number | null;
}

export type Sides = ReturnType<typeof createSides>;

/** Finds the cells of both sides; null where a side has none, which is a problem where all cells are there. */
export function createSides(options: SideOptions, problems: Problem[]) {
  const inSweep = createPools(options.cells);
  const pair = createPairing(options.cells);
  const sizeOf = createSizes(options);
  const draft = (selector: Selector, cells: number[]): SideDraft => ({ step: selector.step, text: describeSide(selector, cells, options.cells), cells });
  const read = ({ sweep, step, metric, n, at, of, other }: Asked): Found | null => {
    const scope: ClaimScope = { ...options, problems, sweep, pool: inSweep(sweep) };
    const first = readSelector(of, { at, step, scope });
    const second = other.value.kind === 'map' ? readSelector(other, { at, step, scope }) : 'number';
    if (first === null || second === null) return null;
    const ours = selectCells(first, scope);
    const theirs = second === 'number' ? [] : selectCells(second, scope);
    if (ours === null || theirs === null) return null;
    const taken = second === 'number' ? { ours, theirs } : pair([first, ours], [second, theirs], { at, otherAt: other.key, scope });
    if (taken === null) return null;
    const sides = [[first.step, taken.ours] as const, ...(second === 'number' ? [] : [[second.step, taken.theirs] as const])];
    const size = metric === 'accuracy' ? sizeOf(sides, { n, at }, problems) : null;
    if (size === 'wrong') return null;
    const to = second === 'number' ? numberOf(other.value) : draft(second, taken.theirs);
    return { of: draft(first, taken.ours), to, n: size };
  };
  return { read };
}

function numberOf(tree: Tree): number {
  return tree.kind === 'leaf' ? Number(tree.value) : NaN;
}

/** The cells of each sweep, by their place in the list of cells; null: all of them. */
function createPools(cells: Cell[]): (sweep: string | null) => number[] {
  const pools = new Map<string | null, number[]>();
  return (sweep) => {
    const before = pools.get(sweep);
    if (before) return before;
    const pool = cells.flatMap(({ sweeps }, index) => (sweep === null || sweeps.includes(sweep) ? [index] : []));
    pools.set(sweep, pool);
    return pool;
  };
}
