import { isMade, type InputRef, type NodeResult, type ParamValues, type PlanNode, type UnitProgress } from '../../plan/index.ts';
import type { ValueChange } from '../compare/compare.ts';
import { compareParts, pairRefs } from '../compare/nodes.ts';
import type { EarlierRun } from '../compare/history.ts';
import { nearestNode, sameWork, type Grounds } from './nearest.ts';

/** An artifact that a node reads and that differs from what the compared node read. */
interface InputChange {
  input: string;
  /** The node that makes it; null if nothing is read any more. */
  now: PlanNode | null;
  before: PlanNode | null;
  /** Why the same step gives another result; null if another step is read, or one more or less. */
  cause: Difference | null;
}

/** Why a node differs from the node it is compared with. */
export interface Difference {
  node: PlanNode;
  compared: { run: string; node: PlanNode };
  /** Parts of its own key that changed. */
  changes: ValueChange[];
  inputs: InputChange[];
  /** If nothing differs: why there is no result to reuse. */
  gap: Gap | null;
  /** Values that no earlier node of the step has, if it is compared with another cell. */
  fresh: ParamValues;
}

/** `gone`: the run had a result that is no longer in the store. Else the state in which the run left the node. */
export interface Gap {
  run: string;
  state: UnitProgress['state'] | 'gone';
  failure?: UnitProgress['failure'];
}

/**
 * Why a node has to run: the difference to the same work that an earlier run left unfinished, else to the most similar
 * node that has a result. Null: no earlier run had such a step.
 */
export async function whyNew(node: PlanNode, grounds: Grounds): Promise<Difference | null> {
  const same = sameWork(node, grounds);
  const begun = same.find(({ run, id }) => (run.unitOf(id)?.state ?? 'waiting') !== 'waiting');
  const earlier = begun ?? (await nearestNode(node, grounds)) ?? same[0];
  if (!earlier) return null;
  const before = earlier.run.node(earlier.id);
  const difference = await differ(node, before, { ...grounds, earlier: earlier.run, known: new Map() });
  return { ...difference, fresh: before.key === node.key ? {} : freshValues(node, before) };
}

/** What distinguishes a node from that of another cell of the same step. */
function freshValues({ label, step }: PlanNode, before: PlanNode): ParamValues {
  const differing = Object.entries(label).filter(([name, value]) => before.label[name] !== undefined && before.label[name] !== value);
  return before.step === step ? Object.fromEntries(differing) : {};
}

/** The run that made a result: the oldest known run in which the node was executed, not reused. */
export async function madeBy(
  node: PlanNode,
  result: NodeResult,
  { history, by }: Pick<Grounds, 'history' | 'by'>,
): Promise<EarlierRun | null> {
  for (const run of history.toReversed()) {
    const made = (await run.madeOf(node.kind)).get(result.key);
    if (made !== undefined && made <= by) return run;
  }
  return null;
}

/** A difference and all differences above it, each once, in the order found. */
export function allIn(difference: Difference): Difference[] {
  const seen = new Set<Difference>();
  const visit = (each: Difference): void => {
    if (seen.has(each)) return;
    seen.add(each);
    for (const { cause } of each.inputs) if (cause) visit(cause);
  };
  visit(difference);
  return [...seen];
}

/** The differences that have causes of their own, not only changed inputs. */
export function rootsOf(difference: Difference): Difference[] {
  return allIn(difference).filter(
    ({ changes, inputs, gap }) => changes.length > 0 || gap !== null || inputs.some(({ cause }) => cause === null),
  );
}

interface Against extends Grounds {
  earlier: EarlierRun;
  /** Differences found so far, by the two nodes. */
  known: Map<string, Promise<Difference>>;
}

/** The difference between two nodes without the same result; computed once per pair. */
function differ(node: PlanNode, before: PlanNode, against: Against): Promise<Difference> {
  const key = `${node.id} ${before.id}`;
  const found = against.known.get(key) ?? compareWithEarlier(node, before, against);
  against.known.set(key, found);
  return found;
}

async function compareWithEarlier(node: PlanNode, before: PlanNode, against: Against): Promise<Difference> {
  const { earlier, view } = against;
  const changes = [...compareParts(before, node), ...(await contentChange(node, before, against))];
  const inputs: InputChange[] = [];
  for (const input of new Set([...Object.keys(before.inputs), ...Object.keys(node.inputs)]))
    for (const change of await inputChanges(input, { node, before, against })) inputs.push(change);
  const differs = changes.length + inputs.length > 0;
  const compared = { run: earlier.run.run, node: before };
  if (differs) return { node, compared, changes, inputs, gap: null, fresh: {} };
  const unit = earlier.unitOf(before.id);
  const isDone = isMade(unit?.state ?? 'waiting');
  const hadResult = isDone && (await view.resultOf(node.id)) === null;
  const gap: Gap = {
    run: earlier.run.run,
    state: isDone && hadResult ? 'gone' : (unit?.state ?? 'waiting'),
    ...(unit?.failure && { failure: unit.failure }),
  };
  return { node, compared, changes, inputs, gap, fresh: {} };
}

/** A source whose files changed has another key although nothing in the pipeline differs. */
async function contentChange(node: PlanNode, before: PlanNode, { view, earlier }: Against): Promise<ValueChange[]> {
  const [now, old] = [await view.resultOf(node.id), await earlier.resultOf(before.id)];
  const [after, previous] = [now?.parts['content'], old?.parts['content']];
  return after === undefined || previous === undefined || after === previous ? [] : [{ path: ['content'], before: previous, after }];
}

async function inputChanges(
  input: string,
  { node, before, against }: { node: PlanNode; before: PlanNode; against: Against },
): Promise<InputChange[]> {
  const { view, earlier } = against;
  const pairs = pairRefs(before.inputs[input] ?? [], node.inputs[input] ?? [], {
    isSame: (old, now) => old.output === now.output && earlier.node(old.node).key === view.node(now.node).key,
    stepOf: (ref, side) => (side === 'before' ? earlier : view).node(ref.node).step,
  });
  const changes: InputChange[] = [];
  for (const { before: old, after: now } of pairs) {
    const sides = { input, now: now ? view.node(now.node) : null, before: old ? earlier.node(old.node) : null };
    if (!old || !now || !sides.now || !sides.before) changes.push({ ...sides, cause: null });
    else if (!(await holdsTheSame(now, old, against)))
      changes.push({
        ...sides,
        cause: sides.now.step === sides.before.step && now.output === old.output ? await differ(sides.now, sides.before, against) : null,
      });
  }
  return changes;
}

async function holdsTheSame(now: InputRef, old: InputRef, { view, earlier }: Against): Promise<boolean> {
  const [result, previous] = [await view.resultOf(now.node), await earlier.resultOf(old.node)];
  return result !== null && result.outputs[now.output] === previous?.outputs[old.output];
}
