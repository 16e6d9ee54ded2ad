import type { ClaimNodes, ClaimSide, PlanCell, PlanClaim, PlanComparison } from '../../plan/index.ts';
import { readAsked } from './asked.ts';
import type { ClaimOptions } from './asked.ts';
import { createComparisons } from './comparisons.ts';
import type { ComparisonDraft, Term } from './selectors.ts';
import { describeSide, sentenceOfClaim } from './sentence.ts';
import type { Cell } from '../sweeps/cell.ts';
import { mostClaimComparisons } from '../sweeps/limits.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { isSound } from '../check/sound.ts';
import type { Place, SourceFiles } from '../diagnostics/source.ts';
import { entryOf, textOfLeaf } from '../read/tree.ts';
import type { Tree } from '../read/tree.ts';

/** A claim whose sides are cells; lowering turns these into nodes. */
export interface ClaimDraft extends Omit<PlanClaim, 'comparisons' | 'at' | 'over'> {
  comparisons: ComparisonDraft[];
  /** Null: as the measurements allow. */
  over: PlanClaim['over'] | null;
  at: Place;
}

/**
 * The claims of a file with the cells that each side takes. Where only a part of the cells was asked for (`isWhole` is
 * false), claims that need others are left out.
 */
export function readClaims(root: Tree, options: ClaimOptions): { claims: ClaimDraft[]; problems: Problem[] } {
  const list = entryOf(root, 'claims');
  const problems: Problem[] = [];
  const read = createReader(options, problems);
  const known = new Map<string, Place>();
  const claims = (list?.value.kind === 'list' ? list.value.items : []).flatMap((tree) => {
    const id = entryOf(tree, 'id')?.value;
    if (!id || !isSound(tree, options)) return [];
    const claim = read(tree, { id: textOfLeaf(id), at: id.at });
    const first = known.get(textOfLeaf(id));
    known.set(textOfLeaf(id), first ?? id.at);
    if (first) problems.push(sameId(textOfLeaf(id), id.at, first));
    return claim && !first ? [claim] : [];
  });
  const comparisons = claims.reduce((sum, claim) => sum + claim.comparisons.length, 0);
  if (list && comparisons > mostClaimComparisons) problems.push(tooManyComparisons(list.key, comparisons));
  return { claims, problems };
}

/** Claims over the nodes of a plan. */
export function lowerClaims(
  claims: ClaimDraft[],
  { cells, planCells, files }: { cells: Cell[]; planCells: PlanCell[]; files: SourceFiles },
): PlanClaim[] {
  const nodesOf = ({ step, n, cells: indexes }: Term): ClaimNodes => {
    const alike = Map.groupBy(indexes, (index) => JSON.stringify({ ...cells[index]?.values, seed: null }));
    const found = [...alike.values()].map((own) => [...new Set(own.flatMap((index) => planCells[index]?.nodes[step] ?? []))]);
    return { cells: [...new Map(found.map((nodes) => [nodes.join(' '), nodes])).values()], n };
  };
  const sideOf = (terms: Term[]): ClaimSide => {
    const [first = { cells: [], n: null }, minus] = terms.map(nodesOf);
    return { text: describeSide(terms, cells), ...first, ...(minus && { minus }) };
  };
  return claims.map(({ comparisons: drafts, over, at, ...rest }) => {
    const comparisons = drafts.map(({ where, of, to }) => ({ where, of: sideOf(of), to: typeof to === 'number' ? to : sideOf(to) }));
    return { ...rest, over: over ?? (comparisons.some(hasSeeds) ? 'training' : 'items'), comparisons, at: files.positionOf(at) };
  });
}

/** Some cell of a comparison was trained with several seeds. */
function hasSeeds({ of, to }: PlanComparison): boolean {
  const parts = [of, of.minus, ...(typeof to === 'number' ? [] : [to, to.minus])];
  return parts.some((part) => part?.cells.some((nodes) => nodes.length > 1));
}

function createReader(options: ClaimOptions, problems: Problem[]) {
  const inSweep = createPools(options.cells);
  const compare = createComparisons(options, problems);
  return (tree: Tree, { id, at }: { id: string; at: Place }): ClaimDraft | null => {
    const asked = readAsked(tree, { ...options, problems, inSweep, at });
    const comparisons = asked && compare(asked);
    if (!asked || !comparisons) return null;
    const { metric, relation, margin, confidence, over } = asked;
    return {
      id,
      metric: metric.name,
      text: sentenceOfClaim(asked, comparisons, options.cells),
      relation,
      margin,
      confidence,
      over,
      comparisons,
      at,
    };
  };
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

function sameId(id: string, at: Place, first: Place): Problem {
  return {
    code: 'E0215',
    at,
    message: `another claim is called ${id}`,
    hint: 'give each claim its own id',
    related: [{ message: 'first called so here', at: first }],
  };
}

function tooManyComparisons(at: Place, comparisons: number): Problem {
  return {
    code: 'E0183',
    at,
    message: 'the claims make too many comparisons together',
    expected: `at most ${mostClaimComparisons.toLocaleString('en')} in a file`,
    got: comparisons.toLocaleString('en'),
    hint: 'name fewer params in each, or select fewer cells',
  };
}
