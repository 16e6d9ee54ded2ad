import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import type { TrainingCurve, TrainingStep } from '../../plan/index.ts';
import { jobFolder } from '../../records/names.ts';

/** The curve of a training from its checkpoint, or as far as the job of this key is while there is none. */
export async function readCurve(store: Store, { manifest, key }: { manifest: Manifest | null; key: string }): Promise<TrainingCurve> {
  const progress = manifest?.shards.find(({ name }) => name === 'progress.jsonl');
  if (progress) return curveIn(await store.getBytes(progress.digest));
  return curveIn(await readFile(join(jobFolder(store, key), 'progress.jsonl')).catch(() => new Uint8Array()));
}

/** The steps in a file of progress, each as it was taken last; other lines, and one that is being written, are passed over. */
function curveIn(bytes: Uint8Array): TrainingCurve {
  const steps = new Map<number, TrainingStep>();
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    const entry = parsedLine(line);
    const measured = steps.get(entry?.after ?? Number.NaN);
    if (measured && entry?.held_out) measured.held_out = entry.held_out;
    if (typeof entry?.step === 'number' && typeof entry.rank_loss === 'number') steps.set(entry.step, entry as TrainingStep);
  }
  return [...steps.values()].toSorted((a, b) => a.step - b.step);
}

/** A line of a step, or of the held-out pairs as they were measured after one. */
function parsedLine(line: string): (Partial<TrainingStep> & { after?: number }) | null {
  try {
    return JSON.parse(line) as Partial<TrainingStep> & { after?: number };
  } catch {
    return null;
  }
}
