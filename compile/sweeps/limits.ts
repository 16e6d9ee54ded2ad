import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import { entryOf, type Tree } from '../read/tree.ts';

/** The most cells of all sweeps of a file together; a cell of several sweeps counts for each. */
export const mostCells = 50_000;

/** The most values of params in all cells together. */
export const mostValues = 1_000_000;

/** The most steps of all cells together, before equal ones are merged; some seconds of work. */
export const mostSteps = 200_000;

/** The most comparisons of a value in exclude and include with a combination, in all sweeps together. */
export const mostComparisons = 2_000_000;

/** The most cells that the sides of all claims may consider together; a second of work. */
export const mostClaimed = 2_000_000;

/** The most comparisons of all claims together; a report has a row for each. */
export const mostClaimComparisons = 10_000;

/** The size of a sweep, counted before exclude removes anything. */
export interface SweepSize {
  name: string;
  at: Place;
  cells: number;
  comparisons: number;
}

interface CountOptions {
  /** The file, for its claims. */
  root: Tree;
  /** Number of params and groups of alternatives. */
  params: number;
  steps: number;
}

/** Reports the first limit that the sweeps of a file exceed together, counted before any cell is made. */
export function beyondLimits(sweeps: SweepSize[], { root, params, steps }: CountOptions): Problem | null {
  const most = Math.min(mostCells, Math.floor(mostValues / Math.max(1, params)));
  let cells = 0;
  let comparisons = 0;
  for (const { name, at, ...own } of sweeps) {
    cells += own.cells;
    comparisons += own.comparisons;
    if (cells > most) return tooManyCells({ name, at, own: own.cells, cells, most, params });
    if (comparisons > mostComparisons) return tooManyEntries(name, at, comparisons);
  }
  if (cells * steps > mostSteps) return tooManySteps(entryOf(root, 'sweeps')?.key ?? null, cells * steps);
  return tooManyClaimed(root, new Map([[null, cells], ...sweeps.map((each) => [each.name, each.cells] as const)]));
}

function tooManyCells({
  name,
  at,
  own,
  cells,
  most,
  params,
}: {
  name: string;
  at: Place;
  own: number;
  cells: number;
  most: number;
  params: number;
}): Problem {
  return {
    code: 'E0183',
    at,
    message: own === cells ? `the sweep ${name} has too many cells` : `with the sweep ${name} the file has too many cells`,
    expected: `at most ${number(most)} cells in a file${most < mostCells ? ` of ${number(params)} params` : ''}`,
    got: `${number(cells)} cells`,
    hint: 'vary one factor at a time with baseline and vary, or make the lists shorter',
  };
}

function tooManyEntries(name: string, at: Place, comparisons: number): Problem {
  return {
    code: 'E0183',
    at,
    message: `exclude and include of the sweep ${name} have too many entries for its cells`,
    expected: `at most ${number(mostComparisons)} comparisons of a value with a cell in a file`,
    got: `${number(comparisons)} comparisons`,
    hint: 'make the lists of the axes shorter instead',
  };
}

/** Reported for all sweeps together, at the key `sweeps`. */
function tooManySteps(at: Place | null, steps: number): Problem {
  return {
    code: 'E0183',
    at,
    message: 'the cells of all sweeps have too many steps together',
    expected: `at most ${number(mostSteps)} steps`,
    got: `${number(steps)} steps`,
    hint: 'vary one factor at a time with baseline and vary, or run the sweeps one at a time with --sweep',
  };
}

/** Reported for all claims together, at the key `claims`; `cellsIn`: the cells of each sweep, and of all sweeps under null. */
function tooManyClaimed(root: Tree, cellsIn: Map<string | null, number>): Problem | null {
  const claims = entryOf(root, 'claims');
  const claimed = (claims?.value.kind === 'list' ? claims.value.items : []).reduce((sum, claim) => {
    const sweep = entryOf(claim, 'sweep')?.value;
    return sum + sidesOf(claim) * (cellsIn.get(sweep?.kind === 'leaf' ? String(sweep.value) : null) ?? 0);
  }, 0);
  if (!claims || claimed <= mostClaimed) return null;
  return {
    code: 'E0183',
    at: claims.key,
    message: 'the claims look at too many cells together',
    expected: `at most ${number(mostClaimed)}, the cells of its sweep counted for each side of a claim`,
    got: number(claimed),
    hint: 'name the sweep of each claim, or make fewer of them',
  };
}

/** How often a claim searches for cells: for each side of a comparison, once for each step and N. */
function sidesOf(claim: Tree): number {
  const itemsOf = (tree: Tree | undefined): Tree[] => (tree?.kind === 'list' ? tree.items : tree ? [tree] : []);
  const metric = entryOf(claim, 'metric')?.value;
  const others = ['above', 'below', 'near'].flatMap((name) => itemsOf(entryOf(claim, name)?.value));
  const times = (key: string): number => Math.max(1, itemsOf(entryOf(metric, key)?.value).length);
  const selectors = others.flatMap((other) => [entryOf(claim, 'of')?.value, other]);
  const looks = selectors.reduce(
    (sum, selector, index) => sum + (index % 2 === 0 || selector?.kind === 'map' ? 1 : 0) + (entryOf(selector, 'minus') ? 1 : 0),
    0,
  );
  return looks * times('steps') * times('n');
}

function number(count: number): string {
  return count.toLocaleString('en');
}
