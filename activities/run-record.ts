import type { RunProgress } from '../plan/index.ts';
import type { Store } from './ports.ts';

/** Keeps how a run stands in the store, where it outlives the server's memory of it. */
export async function noteRun(store: Store, progress: RunProgress): Promise<void> {
  await store.note(`runs/${progress.run}/progress.json`, new TextEncoder().encode(JSON.stringify(progress)));
}
