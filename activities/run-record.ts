import type { RunDelta, RunProgress, Unit, UnitProgress } from '../plan/index.ts';
import type { Store } from './ports.ts';

/** The record of a run that begins: everything waits. */
export async function beginRecord(store: Store, head: RunDelta['head'], units: Unit[]): Promise<void> {
  await write(store, { ...head, units: units.map(unitOf) });
}

/**
 * Keeps how a run stands in the store, where it outlives the server's memory of it: the units that changed are put in the
 * place of what was known of them.
 */
export async function noteRun(store: Store, { head, changed }: RunDelta): Promise<RunProgress> {
  const before = await readRecord(store, head.run);
  const units = new Map((before?.units ?? []).map((unit) => [unit.id, unit]));
  for (const unit of changed) units.set(unit.id, unit);
  const record = { ...head, units: [...units.values()] };
  await write(store, record);
  return record;
}

export async function readRecord(store: Store, run: string): Promise<RunProgress | null> {
  const bytes = await store.readNote(`runs/${run}/progress.json`);
  return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as RunProgress) : null;
}

function unitOf({ id, nodes }: Unit): UnitProgress {
  return { id, nodes: nodes.map((node) => ({ id: node.id, kind: node.kind })), state: 'waiting' };
}

async function write(store: Store, record: RunProgress): Promise<void> {
  await store.note(`runs/${record.run}/progress.json`, new TextEncoder().encode(JSON.stringify(record)));
}
