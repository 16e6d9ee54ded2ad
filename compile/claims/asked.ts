import type { PlanClaim } from '../../plan/index.ts';
import { claimDefaults } from '../../schemas/index.ts';
import { readMetric, strayN, wrongSteps } from './metric.ts';
import type { Metric } from './metric.ts';
import { namedBy } from './pairing.ts';
import { readRelation } from './relation.ts';
import type { Relation } from './relation.ts';
import { namesIn, noCellOf, partsOfSide, readSelector } from './selectors.ts';
import type { ClaimScope, TermSelector, SideOptions } from './selectors.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, oneOf } from '../diagnostics/near.ts';
import { unknownParam } from '../names/params.ts';
import type { Place } from '../diagnostics/source.ts';
import { entryOf, leavesOf, textOfLeaf } from '../read/tree.ts';
import type { Entry, Tree } from '../read/tree.ts';

export interface ClaimOptions extends SideOptions {
  /** Names of all sweeps of the file, also of those that are not asked for. */
  sweeps: string[];
  /** Problems of earlier passes. */
  earlier: Problem[];
}

/** A claim whose names are known. */
export interface AskedClaim extends Pick<Relation, 'relation' | 'margin'> {
  at: Place;
  scope: ClaimScope;
  metric: Metric;
  /** The claim is about each value of these. */
  each: string[];
  of: TermSelector;
  others: Other[];
  confidence: number;
  /** Null where it does not say. */
  over: PlanClaim['over'] | null;
}

/** What a claim compares its first side with, at its key or in its list. */
export interface Other {
  at: Place;
  side: TermSelector | number;
}

interface AskedOptions extends ClaimOptions {
  at: Place;
  problems: Problem[];
  /** The cells of a sweep, by their place in the list of cells; null: all of them. */
  inSweep: (sweep: string | null) => number[];
}

/** What a claim says; null, with the problems, where it names what is not there or its keys do not go together. */
export function readAsked(tree: Tree, options: AskedOptions): AskedClaim | null {
  const { at, problems, inSweep } = options;
  const before = problems.length;
  const relation = readRelation(tree, problems);
  const metric = readMetric(tree, problems);
  const sweep = sweepOf(tree, options);
  if (!relation || !metric) return null;
  const scope: ClaimScope = { ...options, sweep, pool: inSweep(sweep) };
  const of = readSelector(entryOf(tree, 'of'), { at, scope });
  const others = relation.others.map((entry) => otherOf(entry, { at, scope }));
  if (of === null || others.includes(null)) return null;
  const sides = { of, others: others.filter((other) => other !== null) };
  const selectors = [of, ...sides.others.map(({ side }) => side)].flatMap(partsOfSide);
  problems.push(...wrongMetric(metric, selectors, options));
  const each = readEach(tree, selectors, scope);
  if (problems.length > before) return null;
  const [confidence, over] = ['confidence', 'over'].map((key) => entryOf(tree, key)?.value);
  return {
    ...relation,
    ...sides,
    at,
    scope,
    metric,
    each,
    confidence: confidence ? Number(textOfLeaf(confidence)) : claimDefaults.confidence,
    over: over ? (textOfLeaf(over) as PlanClaim['over']) : null,
  };
}

function otherOf({ key, value }: Entry, options: { at: Place; scope: ClaimScope }): Other | null {
  const side = value.kind === 'map' ? readSelector({ key, value }, options) : Number(textOfLeaf(value));
  return side === null ? null : { at: key, side };
}

function sweepOf(tree: Tree, { sweeps, problems }: AskedOptions): string | null {
  const written = entryOf(tree, 'sweep')?.value;
  if (!written) return null;
  const name = textOfLeaf(written);
  const hint = didYouMean(name, sweeps, sweeps.length === 0 ? 'leave sweep out, or declare sweeps' : undefined);
  if (!sweeps.includes(name))
    problems.push({ code: 'E0210', at: written.at, message: `there is no sweep ${name}`, expected: oneOf(sweeps), got: name, hint });
  return name;
}

/** Steps that do not measure what is compared, or else an N where none has one. */
function wrongMetric(metric: Metric, selectors: TermSelector[], { steps }: AskedOptions): Problem[] {
  const stepsOf = ({ step }: TermSelector) => (step ? [step] : metric.steps);
  const wrong = wrongSteps([...metric.steps, ...selectors.flatMap(stepsOf)], metric, steps);
  if (wrong.length > 0) return wrong;
  const given = [
    ...metric.sizes.map((n) => ({ n, read: selectors.flatMap(stepsOf) })),
    ...selectors.map((selector) => ({ n: selector.n, read: stepsOf(selector) })),
  ];
  return given.flatMap(({ n, read }) => strayN(n, read.map(textOfLeaf), { name: metric.name, drafts: steps.drafts }));
}

/** The params and groups under `each`: those whose values no selector decides. */
function readEach(tree: Tree, selectors: TermSelector[], scope: ClaimScope): string[] {
  const { cells, pool, isWhole, problems } = scope;
  const named = namedBy(selectors, scope);
  const names = namesIn(scope);
  return leavesOf(entryOf(tree, 'each')?.value).map((leaf) => {
    const name = textOfLeaf(leaf);
    const selected = selectors.flatMap(({ places }) => places.get(name)?.key ?? [])[0];
    if (!names.includes(name)) problems.push(unknownParam(name, leaf.at, names));
    else if (named.has(name))
      problems.push({
        code: 'E0212',
        at: leaf.at,
        message: `each names ${name}, which the claim selects`,
        expected: 'a param that no selector names',
        got: name,
        hint: `take ${name} out of each, or out of the selectors`,
        ...(selected && { related: [{ message: `${name} is selected here`, at: selected }] }),
      });
    else if (isWhole && !pool.some((index) => cells[index]?.values[name] !== undefined))
      problems.push({
        code: 'E0213',
        at: leaf.at,
        message: `${noCellOf(scope)} has a value of ${name}`,
        expected: 'a param or group that an axis binds',
        got: name,
      });
    return name;
  });
}
