import type { CompileOutput, NodeSummary, RunProgress, UnitRow } from '../../plan/index.ts';
import { openRun } from '../../workflows/run-state.ts';
import type { RunState } from '../../workflows/run-state.ts';

const compiled: CompileOutput = {
  name: 'p',
  digest: 'd',
  store: 's',
  budget: { calls: null, gpu_hours: null, money: null },
  gpus: { local: 0, gpu8: 8 },
  prices: { pools: { gpu8: 2 }, endpoints: { e: { input: 1, output: 10 } } },
};

/** The state of a run of these units, in which everything waits. */
export function open(rows: UnitRow[]): RunState {
  const progress: RunProgress = { run: 'r', name: 'p', status: 'running', started: 0, units: [] };
  return openRun(progress, compiled, rows);
}

/** A training on the pool `local`, or a group of so many members. */
export function row(id: string, needs: number[] = [], members = 1): UnitRow {
  const nodes = Array.from({ length: members }, (_, index) => ({
    id: members === 1 ? id : `${id}-${index}`,
    kind: 'train/rm' as const,
    pool: members === 1 ? 'local' : null,
  }));
  return { id, nodes, group: members > 1, needs };
}

/** What a training made in one second, unless more is said. */
export function done(took: Partial<NodeSummary> = {}): NodeSummary {
  return { key: 'k'.repeat(64), outputs: { out: 'd'.repeat(64) }, calls: {}, training_steps: 0, seconds: 1, ...took };
}
