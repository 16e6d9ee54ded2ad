import { ApplicationFailure } from '@temporalio/workflow';
import type { BudgetCaps, Decision, UnitProgress } from '../plan/index.ts';
import { totalOf } from './allowance.ts';
import { leaveOutUnit, requeue, unitOf, type RunState } from './run-state.ts';

/** The indices of the units a decision is about; `*` means the whole run. Throws a sentence if nothing waits for it. */
export function decidable(state: RunState | null, decision: Decision): number[] {
  if (!state) throw refused('the file is still being read; nothing waits for a decision');
  assertMeant(state, decision);
  const { node } = decision;
  const parked = state.progress.units.flatMap(({ state: each }, index) => (each === 'parked' ? [index] : []));
  if (node === '*') {
    if (parked.length > 0 || state.progress.capped !== undefined) return parked;
    throw refused('nothing waits for a decision');
  }
  const step = parked.filter((index) => isNamed(state, index, node));
  if (step.length > 0) return step;
  const known = state.progress.units.some((_, index) => isNamed(state, index, node));
  const waiting = parked.map((index) => unitOf(state, index).id);
  const there = waiting.length > 0 ? `Parked are: ${waiting.slice(0, 10).join(', ')}` : 'Nothing is parked';
  throw refused(`${known ? `${node} is not parked` : `there is no step ${node} in this run`}. ${there}`);
}

/** Refuses a decision that nothing waits for, or that would change nothing. Throws a sentence. */
export function assertDecides(state: RunState | null, decision: Decision): void {
  const places = decidable(state, decision);
  if (!state || places.length > 0 || decision.decision === 'fail') return;
  const cap = cappedBy({ ...state, caps: { ...state.caps, ...decision.budget } });
  if (cap !== null) throw refused(`its budget is reached (${cap}), and nothing can continue until this cap is raised`);
}

/** Refuses malformed decisions, which any client can send; a pool that is not declared would be waited for forever. */
function assertMeant({ compiled }: RunState, { node, decision, run = {}, pool, budget = {} }: Decision): void {
  if (typeof node !== 'string' || !['retry', 'skip', 'fail'].includes(decision))
    throw refused('expected {"node": STEP or "*", "decision": "retry", "skip" or "fail"}');
  const pools = Object.keys(compiled.gpus);
  if (run.pool !== undefined && pool === undefined && !pools.includes(run.pool))
    throw refused(`there is no pool ${run.pool}. Declared are: ${pools.join(', ')}`);
  for (const [name, value] of Object.entries({ chunk: run.chunk ?? 1, ...run.budget, ...withoutNull(budget), ...pool }))
    if (typeof value !== 'number' || !(value >= (name === 'chunk' ? 1 : 0)))
      throw refused(`${name}: expected a number, got ${String(value)}`);
}

/** Leaves out caps that are null, which means no cap. */
function withoutNull(caps: Partial<BudgetCaps>): Partial<BudgetCaps> {
  return Object.fromEntries(Object.entries(caps).filter(([, cap]) => cap !== null));
}

/** Carries out a decision and returns the ids it was about. `fail` throws the failure of the node. */
export function decide(state: RunState, decision: Decision): string[] {
  const places = decidable(state, decision);
  if (decision.decision === 'fail') throw failureOfUnits(state, places);
  if (decision.run?.pool !== undefined && decision.pool) declare(state, decision.run.pool, decision.pool);
  if (decision.budget) state.caps = { ...state.caps, ...decision.budget };
  if (decision.node === '*') delete state.progress.capped;
  return places.flatMap((index) => {
    if (decision.decision === 'skip') return skip(state, index, decision.node);
    if (decision.run) state.changes.set(index, { ...state.changes.get(index), ...decision.run });
    requeue(state, index);
    return unitOf(state, index).id;
  });
}

function declare({ compiled: { gpus, prices } }: RunState, name: string, pool: NonNullable<Decision['pool']>): void {
  gpus[name] = pool.gpus;
  if (pool.price !== undefined) prices.pools[name] = pool.price;
}

/** Leaves nodes of a parked unit out; the other members of a group continue without them. */
function skip(state: RunState, index: number, name: string): string[] {
  const { failure, nodes } = unitOf(state, index);
  const why = `skipped after ${shortMessage(failure?.message ?? 'it failed')}`;
  const skipped = meantIn(unitOf(state, index), name);
  const left = Object.fromEntries(skipped.map((id) => [id, why]));
  if (skipped.length === nodes.length) leaveOutUnit(state, index, left);
  else {
    state.without.set(index, { ...state.without.get(index), ...left });
    requeue(state, index);
  }
  return skipped;
}

/** The node that failed, or the named nodes if it is not one of them. */
function meantIn({ nodes, failure }: UnitProgress, name: string): string[] {
  const named = nodes.map(({ id }) => id).filter((id) => isNode(id, name));
  const failed = failure?.node;
  if (failed !== undefined && (named.length === 0 || named.includes(failed))) return [failed];
  return named.length > 0 ? named : nodes.map(({ id }) => id);
}

/** The first line of a message, kept short because the report repeats it for everything that is missing. */
function shortMessage(message: string): string {
  const [line = ''] = message.split('\n');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/** The cap that has been reached, in words; null if none has. */
export function cappedBy({ caps, progress: { totals } }: RunState): string | null {
  const calls = totalOf(totals.calls);
  if (caps.calls !== null && calls >= caps.calls) return `calls: ${calls} of ${caps.calls}`;
  if (caps.gpu_hours !== null && totals.gpu_hours >= caps.gpu_hours)
    return `gpu_hours: ${totals.gpu_hours.toFixed(2)} of ${caps.gpu_hours}`;
  if (caps.money !== null && totals.money >= caps.money) return `money: ${totals.money.toFixed(2)} of ${caps.money}`;
  return null;
}

/** Whether a name is the id of a unit, of one of its nodes, or of the step of one. */
function isNamed(state: RunState, index: number, name: string): boolean {
  const { id, nodes } = unitOf(state, index);
  return id === name || nodes.some((node) => isNode(node.id, name));
}

function isNode(id: string, name: string): boolean {
  return id === name || id.split('@')[0] === name;
}

function failureOfUnits(state: RunState, places: number[]): Error {
  const [first] = places;
  const unit = first === undefined ? null : unitOf(state, first);
  if (unit) unit.state = 'failed';
  const known = unit
    ? `${unit.id} failed. What with: codepmp status ${state.progress.run}`
    : `the budget is spent: ${state.progress.capped}`;
  return ApplicationFailure.nonRetryable(unit?.failure?.message ?? known, unit?.failure?.class ?? 'invalid');
}

function refused(message: string): Error {
  return ApplicationFailure.nonRetryable(message, 'Refused');
}
