import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifacts, Manifest } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import type { Digest } from '../../plan/index.ts';
import { copyShard } from './folder.ts';

/** An output of a step to export; `split` is what it is called in the data set. */
export interface ExportedPart {
  split: string;
  artifact: Digest;
  manifest: Manifest;
}

/** The formats of `export`. */
export const exportFormats = ['huggingface', 'jsonl'] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** Rows between two writes of a JSON Lines file. */
const written = 1_000;

/** Whether the rows of an artifact are in parquet, as those of pairs are. */
export function isParquet({ type }: Manifest): boolean {
  return ['pairs', 'choices', 'questions', 'candidates', 'graded'].includes(type);
}

/** Copies the parquet files of a part into the folder `data`, named as Hugging Face names them. */
export async function writeParquetFiles(store: Store, folder: string, { split, manifest: { shards } }: ExportedPart): Promise<void> {
  const five = (number: number): string => String(number).padStart(5, '0');
  for (const [index, shard] of shards.entries())
    await copyShard(store, shard, join(folder, 'data', `${split}-${five(index)}-of-${five(shards.length)}.parquet`));
}

/** Writes the rows of a part as JSON, one a line. */
export async function writeLines(artifacts: Artifacts, folder: string, { split, artifact }: ExportedPart): Promise<void> {
  const file = await open(join(folder, `${split}.jsonl`), 'wx');
  try {
    let lines: string[] = [];
    for await (const row of artifacts.rows(artifact)) {
      if (lines.push(`${JSON.stringify(row)}\n`) < written) continue;
      await file.write(lines.join(''));
      lines = [];
    }
    await file.write(lines.join(''));
  } finally {
    await file.close();
  }
}
