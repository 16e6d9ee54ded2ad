import { compareJson, type ValueChange } from './compare.ts';
import { compareParts, pairNodes, pairRefs, type PairedRefs } from './nodes.ts';
import { labelOf, mapView, type PlanViewCell } from '../../plan/index.ts';
import { isEqualJson, type Json, type JsonObject } from '../../plan/json.ts';
import type { Plan, PlanCell, PlanClaim, PlanNode, Scalar } from '../../plan/plan.ts';

/**
 * Two nodes of the same step. `changes` and `wiring` are its own differences; without any, it differs only by its inputs, or not
 * at all.
 */
export interface NodePair {
  before: PlanNode;
  after: PlanNode;
  changes: ValueChange[];
  /** Inputs that come from another step, were added or were removed. */
  wiring: ({ input: string } & PairedRefs)[];
  /** Of equal plan key. */
  isSame: boolean;
}

/** The differences between two plans. */
export interface PlanDifference {
  pairs: NodePair[];
  added: PlanNode[];
  removed: PlanNode[];
  /** Params by name, with their values in the cells. */
  params: ValueChange[];
  cells: { added: PlanCell[]; removed: PlanCell[]; same: number };
  /** Claims by id: what they compare, without their place in the file. */
  claims: { added: PlanClaim[]; removed: PlanClaim[]; changed: { id: string; changes: ValueChange[] }[] };
  budget: ValueChange[];
}

/** Compares two plans, matching nodes by step and label. */
export function comparePlans(before: Plan, after: Plan): PlanDifference {
  const { pairs, added, removed } = pairNodes(before, after);
  const sides = {
    before: new Map(before.nodes.map((node) => [node.id, node])),
    after: new Map(after.nodes.map((node) => [node.id, node])),
  };
  const successors = new Map(pairs.map(([old, now]) => [old.id, now.id]));
  return {
    pairs: pairs.map(([old, now]) => comparedPair(old, now, { ...sides, successors })),
    added,
    removed,
    params: compareJson(valuesOfParams(before), valuesOfParams(after)),
    cells: comparedCells(before.cells, after.cells),
    claims: comparedClaims(before.claims, after.claims),
    budget: compareJson({ ...before.budget }, { ...after.budget }),
  };
}

/** Whether two plans do the same work for the same cells and claims. */
export function isEqualPlan({ pairs, added, removed, params, cells, claims, budget }: PlanDifference): boolean {
  const lists = [added, removed, params, cells.added, cells.removed, claims.added, claims.removed, claims.changed, budget];
  return lists.every((list) => list.length === 0) && pairs.every(({ isSame }) => isSame);
}

interface NodesOfPlans {
  before: Map<string, PlanNode>;
  after: Map<string, PlanNode>;
  /** Ids of the nodes of the plan after, by those of the nodes whose place they take. */
  successors: Map<string, string>;
}

function comparedPair(before: PlanNode, after: PlanNode, sides: NodesOfPlans): NodePair {
  if (before.key === after.key) return { before, after, changes: [], wiring: [], isSame: true };
  const names = [...new Set([...Object.keys(before.inputs), ...Object.keys(after.inputs)])];
  const wiring = names.flatMap((input) => wiringOf(input, { before, after, sides }));
  const changes = compareParts(before, after).filter(({ path }) => path[0] !== 'views' || !hasSameViews(before, after, sides));
  return { before, after, changes, wiring, isSame: false };
}

/** Whether views show the same, apart from ids: a node that changed has another one. */
function hasSameViews(before: PlanNode, after: PlanNode, { successors }: NodesOfPlans): boolean {
  const succeeded = ({ nodes, ...cell }: PlanViewCell) => ({ ...cell, nodes: nodes.map((id) => successors.get(id) ?? id) });
  const views = (before.views ?? []).map((view) => mapView(view, succeeded));
  return isEqualJson(views as unknown as Json, (after.views ?? []) as unknown as Json);
}

function wiringOf(input: string, { before, after, sides }: { before: PlanNode; after: PlanNode; sides: NodesOfPlans }): NodePair['wiring'] {
  const stepOf = (id: string, side: 'before' | 'after'): string => sides[side].get(id)?.step ?? id;
  const pairs = pairRefs(before.inputs[input] ?? [], after.inputs[input] ?? [], {
    isSame: (old, now) => old.output === now.output && sides.before.get(old.node)?.key === sides.after.get(now.node)?.key,
    stepOf: (ref, side) => stepOf(ref.node, side),
  });
  return pairs
    .filter(
      ({ before: old, after: now }) =>
        !old || !now || old.output !== now.output || stepOf(old.node, 'before') !== stepOf(now.node, 'after'),
    )
    .filter(
      ({ before: old, after: now }) =>
        sides.before.get(old?.node ?? '')?.key !== sides.after.get(now?.node ?? '')?.key || old?.output !== now?.output,
    )
    .map((pair) => ({ input, ...pair }));
}

/** Each param's value, or the list of its values over the cells. */
function valuesOfParams({ cells }: Plan): JsonObject {
  const values = new Map<string, Set<Scalar>>();
  for (const cell of cells)
    for (const [name, value] of Object.entries(cell.values)) {
      const known = values.get(name) ?? new Set();
      values.set(name, known.add(value));
    }
  return Object.fromEntries(
    [...values].map(([name, known]) => [name, known.size === 1 ? ([...known][0] ?? null) : [...known].sort(byValue)]),
  );
}

function byValue(a: Scalar, b: Scalar): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}

function comparedCells(before: PlanCell[], after: PlanCell[]): PlanDifference['cells'] {
  const [old, now] = [new Set(before.map(({ id }) => id)), new Set(after.map(({ id }) => id))];
  const added = after.filter(({ id }) => !old.has(id));
  return { added, removed: before.filter(({ id }) => !now.has(id)), same: after.length - added.length };
}

function comparedClaims(before: PlanClaim[], after: PlanClaim[]): PlanDifference['claims'] {
  const old = new Map(before.map((claim) => [claim.id, claim]));
  const now = new Map(after.map((claim) => [claim.id, claim]));
  const both = after.flatMap((claim) => {
    const earlier = old.get(claim.id);
    return earlier ? [{ id: claim.id, changes: compareJson(claimSentence(earlier), claimSentence(claim)) }] : [];
  });
  return {
    added: after.filter(({ id }) => !old.has(id)),
    removed: before.filter(({ id }) => !now.has(id)),
    changed: both.filter(({ changes }) => changes.length > 0),
  };
}

/** The content of a claim, without node ids and its place in the file. */
function claimSentence({ metric, relation, margin, confidence, comparisons }: PlanClaim): JsonObject {
  const compared = comparisons.map(({ where, of, to }) => [labelOf(where), of.text, typeof to === 'number' ? to : to.text]);
  return { metric, relation, margin, confidence, comparisons: compared };
}
