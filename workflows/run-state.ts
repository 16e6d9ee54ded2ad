import { bytesOf, fitting } from './message-size.ts';
import { add, sumOf } from './shard.ts';
import { costOf } from '../plan/index.ts';
import type {
  BudgetCaps,
  CompileOutput,
  Made,
  NodeSummary,
  Paid,
  RunDelta,
  RunProgress,
  RunSettings,
  RunTotals,
  Spent,
  UnitFound,
  UnitProgress,
  UnitRow,
} from '../plan/index.ts';

/** Model calls of a unit, and money for them. */
export type Reserved = Partial<Pick<UnitFound, 'calls' | 'money'>>;

/** The state of a run in the root workflow: the units, what they wait for and what is done. */
export interface RunState {
  progress: RunProgress & { totals: RunTotals };
  compiled: CompileOutput;
  caps: BudgetCaps;
  rows: UnitRow[];
  /** For each unit: how many of the units it reads are unfinished, and which units read it. */
  open: number[];
  neededBy: number[][];
  /** Indices of units that wait for nothing. */
  ready: number[];
  /** What is reserved for units that have begun, by unit, of what the budget limits. */
  reserved: Map<number, Reserved>;
  /** By unit, the money that was not enough for it. */
  short: Map<number, number>;
  /** Indices of units that wait until one of those has ended. */
  held: number[];
  /** How many units are unfinished. */
  left: number;
  made: Map<string, Made>;
  /** Nodes that this execution has left out, and why. */
  skipped: Map<string, string>;
  /** By unit, the members of a group that a decision has left out, and why. */
  without: Map<number, { [node: string]: string }>;
  /** Changes of `run:` by unit. */
  changes: Map<number, Partial<RunSettings>>;
  /** By unit, the nodes whose recorded results are not used. */
  again: Map<number, string[]>;
  /** Indices of units that ran in this run, were reused, or were started, also in earlier executions of the root. */
  ran: Set<number>;
  reused: Set<number>;
  begun: Set<number>;
  /** How often units have met missing or damaged files, by unit. */
  mends: Map<number, number>;
  /** Indices of units whose files are checked when they are looked up. */
  suspect: Set<number>;
  /** Indices of units that changed since the record was written. */
  changed: Set<number>;
}

/** The most units recorded at once, and their bytes: a lookup message also carries what it looks up. */
const noted = { most: 500, bytes: 800_000 };

/** The most units in the answer to a query, and their bytes. */
const listed = { most: 500, bytes: 1_500_000 };

/** The initial state of a run whose plan is known: all units wait. */
export function openRun(progress: RunProgress, compiled: CompileOutput, rows: UnitRow[]): RunState {
  const total = rows.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const totals = progress.totals ?? { nodes: { total, ran: 0, reused: 0 }, calls: {}, training_steps: 0, gpu_hours: 0, money: 0 };
  const neededBy: number[][] = rows.map(() => []);
  rows.forEach(({ needs }, index) => needs.forEach((need) => neededBy[need]?.push(index)));
  const open = rows.map(({ needs }) => needs.length);
  const units = rows.map(({ id, nodes }): UnitProgress => ({
    id,
    nodes: nodes.map((node) => ({ id: node.id, kind: node.kind })),
    state: 'waiting',
  }));
  return {
    progress: Object.assign(progress, { name: compiled.name, plan: compiled.digest, units, totals }),
    compiled,
    caps: compiled.budget,
    rows,
    open,
    neededBy,
    ready: open.flatMap((count, index) => (count === 0 ? [index] : [])),
    reserved: new Map(),
    short: new Map(),
    held: [],
    left: rows.length,
    made: new Map(),
    skipped: new Map(),
    without: new Map(),
    changes: new Map(),
    again: new Map(),
    ran: new Set(),
    reused: new Set(),
    begun: new Set(),
    mends: new Map(),
    suspect: new Set(),
    changed: new Set(),
  };
}

/**
 * Records a finished unit, without the nodes left out of it. Nodes in `found` existed before; the others count as run, with their costs.
 * A unit that an earlier execution of the root started but did not see finish also counts as run, although it is found. One that another
 * run pays for counts as reused.
 */
export function settle(state: RunState, index: number, results: { [node: string]: NodeSummary }, found: Set<string>): void {
  const unit = unitOf(state, index);
  const nodes = rowOf(state, index).nodes.filter(({ id }) => !state.skipped.has(id));
  const isOthers = nodes.some(({ id }) => isPaidByOther(state, results[id]));
  const isOwn = found.size === nodes.length && state.begun.has(index);
  const reused = isOthers ? new Set(nodes.map(({ id }) => id)) : isOwn ? new Set<string>() : found;
  for (const { id } of nodes) {
    const result = results[id];
    if (!result) throw new Error(`${unit.id}: no result for ${id}`);
    state.made.set(id, { key: result.key, outputs: result.outputs });
    Object.assign(unit.nodes.find((node) => node.id === id) ?? {}, {
      key: result.key,
      ...(result.warning !== undefined && { warning: result.warning }),
    });
  }
  const isReused = reused.size === nodes.length;
  if (!state.ran.has(index)) countNodes(state, { ran: nodes.length - reused.size, reused: reused.size });
  if (!isReused)
    charge(state, index, Object.fromEntries(nodes.filter(({ id }) => !reused.has(id)).map(({ id }) => [id, results[id] ?? {}])));
  (isReused ? state.reused : state.ran).add(index);
  endUnit(state, index, isReused ? 'reused' : 'done');
}

/** Whether another run pays for an execution that this one has waited for too. */
export function isPaidByOther({ progress }: RunState, { payer }: { payer?: string } = {}): boolean {
  return payer !== undefined && payer !== progress.run;
}

/** Adds the costs of nodes of a unit, also of a failed execution, to those of the run and the unit. */
export function charge(state: RunState, index: number, spent: { [node: string]: Partial<Spent> }): void {
  const { paid, steps, seconds, gpu_hours, money } = costOfUnit(state, index, spent);
  const { totals } = state.progress;
  totals.calls = add(totals.calls, paid.calls);
  totals.training_steps += steps;
  totals.gpu_hours += gpu_hours;
  totals.money += money;
  const { calls = {}, training_steps = 0, seconds: before = 0 } = unitOf(state, index);
  mark(state, index, { calls: add(calls, paid.calls), training_steps: training_steps + steps, seconds: before + seconds });
}

interface Cost {
  paid: Paid;
  steps: number;
  seconds: number;
  gpu_hours: number;
  money: number;
}

/** The costs of nodes of a unit on the pool they ran on, which a decision may have changed. */
function costOfUnit(state: RunState, index: number, spent: { [node: string]: Partial<Spent> }): Cost {
  const { compiled, changes } = state;
  const cost: Cost = { paid: { calls: {}, prompt_tokens: {}, completion_tokens: {} }, steps: 0, seconds: 0, gpu_hours: 0, money: 0 };
  for (const { id, pool: planned } of rowOf(state, index).nodes) {
    const pool = planned === null ? '' : (changes.get(index)?.pool ?? planned);
    const { calls = {}, prompt_tokens = {}, completion_tokens = {}, training_steps: steps = 0, seconds = 0 } = spent[id] ?? {};
    const hours = ((compiled.gpus[pool] ?? 0) * seconds) / 3600;
    cost.paid = sumOf(cost.paid, { calls, prompt_tokens, completion_tokens });
    cost.steps += steps;
    cost.seconds = Math.max(cost.seconds, seconds);
    cost.gpu_hours += hours;
    cost.money += hours * (compiled.prices.pools[pool] ?? 0);
  }
  cost.money += costOf(cost.paid, compiled.prices.endpoints);
  return cost;
}

/** Leaves nodes of a unit out; without any nodes left, the unit is finished. Nodes that read them are handled when their turn comes. */
export function leaveOutUnit(state: RunState, index: number, left: { [node: string]: string }): void {
  const unit = unitOf(state, index);
  const whys = unit.nodes.flatMap(({ id }) => left[id] ?? []);
  if (whys.length === 0) return;
  for (const [id, why] of Object.entries(left)) state.skipped.set(id, why);
  if (unit.nodes.length > 1) for (const node of unit.nodes) Object.assign(node, left[node.id] !== undefined && { why: left[node.id] });
  state.changed.add(index);
  if (whys.length < unit.nodes.length) return;
  mark(state, index, { state: 'skipped', why: whys[0] ?? '' });
  release(state, index);
}

/** Puts a unit back into the queue, unless units it reads are still to be found or made. */
export function requeue(state: RunState, index: number): void {
  const unit = unitOf(state, index);
  delete unit.failure;
  unit.state = 'waiting';
  state.changed.add(index);
  if ((state.open[index] ?? 0) === 0) state.ready.push(index);
}

/** How often a unit is taken up again because of missing or damaged files. */
const mostMends = 3;

/**
 * Takes up a unit again that met a missing or damaged file, after the units it reads have been looked up again and all their files
 * checked: those that have lost one run again. false: the unit has been taken up too often.
 */
export function mend(state: RunState, index: number): boolean {
  const mends = (state.mends.get(index) ?? 0) + 1;
  if (mends > mostMends) return false;
  state.mends.set(index, mends);
  for (const need of rowOf(state, index).needs) reopen(state, need);
  requeue(state, index);
  return true;
}

/** Puts an ended unit back into the queue; what reads it waits for it again. */
function reopen(state: RunState, index: number): void {
  const unit = unitOf(state, index);
  if (unit.state !== 'done' && unit.state !== 'reused') return;
  state.suspect.add(index);
  if (state.reused.delete(index)) countNodes(state, { ran: 0, reused: -unit.nodes.length });
  const readers = new Set(state.neededBy[index]);
  for (const next of readers) state.open[next] = (state.open[next] ?? 0) + 1;
  state.ready = state.ready.filter((each) => !readers.has(each));
  state.left++;
  requeue(state, index);
}

/** Changes a unit and marks it as changed. */
export function mark(state: RunState, index: number, change: Partial<UnitProgress>): void {
  Object.assign(unitOf(state, index), change);
  state.changed.add(index);
}

/** What to record next: the head of the run and changed units, as many as one message holds; the others are left for the next. */
export function takeDelta(state: RunState): RunDelta {
  state.progress.noted = (state.progress.noted ?? 0) + 1;
  const { units: _, ...head } = state.progress;
  const places = [...state.changed].slice(0, noted.most);
  const changed = fitting(places.map((index) => unitOf(state, index)), noted.bytes);
  for (const index of places.slice(0, changed.length)) state.changed.delete(index);
  return { head, changed };
}

/** The answer to the query: for a large run it lists only running, parked and failed units, and counts the others. */
export function answerOf(progress: RunProgress): RunProgress {
  if (progress.units.length <= listed.most && bytesOf(progress.units) <= listed.bytes) return progress;
  const counts: { [state: string]: number } = {};
  for (const { state } of progress.units) counts[state] = (counts[state] ?? 0) + 1;
  const telling = progress.units.filter(({ state }) => state === 'running' || state === 'parked' || state === 'failed');
  return { ...progress, counts, units: fitting(telling.slice(0, listed.most), listed.bytes) };
}

export function unitOf({ progress }: RunState, index: number): UnitProgress {
  const unit = progress.units[index];
  if (!unit) throw new Error(`no unit ${index}`);
  return unit;
}

export function rowOf({ rows }: RunState, index: number): UnitRow {
  const row = rows[index];
  if (!row) throw new Error(`no unit ${index}`);
  return row;
}

/** Ends a unit; those that waited only for it are ready. */
function endUnit(state: RunState, index: number, ended: 'done' | 'reused'): void {
  mark(state, index, { state: ended, finished: Date.now() });
  release(state, index);
}

/** Restores a unit that ended in an earlier execution; the record has its results, or why it was skipped. */
export function restore(state: RunState, index: number, ended: 'done' | 'reused' | 'skipped'): void {
  if (ended !== 'skipped') (ended === 'done' ? state.ran : state.reused).add(index);
  unitOf(state, index).state = ended;
  release(state, index);
}

function release(state: RunState, index: number): void {
  state.left--;
  for (const next of state.neededBy[index] ?? []) {
    const open = (state.open[next] ?? 0) - 1;
    state.open[next] = open;
    if (open === 0 && unitOf(state, next).state === 'waiting') state.ready.push(next);
  }
}

function countNodes({ progress: { totals } }: RunState, { ran, reused }: { ran: number; reused: number }): void {
  totals.nodes.ran += ran;
  totals.nodes.reused += reused;
}
