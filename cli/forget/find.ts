import { rowBlobs } from '../../adapters/index.ts';
import { forgottenRule, type Provenance } from '../../items/index.ts';
import type { Digest, NodeResult } from '../../plan/index.ts';
import { blobsIn, type Artifacts, type Manifest, type Row } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import type { Forgotten } from '../../records/forgotten.ts';
import { resultKeys } from '../../records/names.ts';
import { readResult } from '../../records/results.ts';

/** What of a store comes from something that is to be forgotten. */
export interface ForgottenFound {
  /** Origins that nothing else has as well. */
  origins: Set<Digest>;
  /** Rows that say that they are from there. */
  rows: number;
  /** Whether a row has to go. */
  isGone: (row: Row) => boolean;
  /** How many rows have to go from each file of rows with such rows; the files whose rows say where they are from come last. */
  files: Map<Digest, number>;
  /** Artifacts of results with such a file, by digest. */
  artifacts: Map<Digest, Manifest>;
  /** Results that have made these artifacts. */
  results: NodeResult[];
  /** Results made from them, directly or not, that have no such rows themselves: checkpoints, metrics, reports. */
  dependents: NodeResult[];
  /** Files of rows that cannot be read. */
  damaged: string[];
}

/** Looks through all files of rows: what has no rows of its own about where it is from is found by its origins. */
export async function findForgotten(store: Store, artifacts: Artifacts, forgotten: Forgotten): Promise<ForgottenFound> {
  const isForgotten = forgottenRule(forgotten);
  const { origins, rows } = await originsOf(store, isForgotten);
  const isGone = (row: Row): boolean => (namesSource(row) ? isForgotten(row) : origins.has(String(row['origin'])));
  const [saying, others]: [[Digest, number][], [Digest, number][]] = [[], []];
  const damaged: string[] = [];
  for await (const blob of rowBlobs(store, (file) => damaged.push(file))) {
    const gone = blob.rows.filter(isGone);
    if (gone[0]) (namesSource(gone[0]) ? saying : others).push([blob.digest, gone.length]);
  }
  const files = new Map([...others, ...saying]);
  return { origins, rows, isGone, files, damaged, ...(await resultsWith(store, artifacts, files)) };
}

function namesSource({ repository }: Row): boolean {
  return typeof repository === 'string' && repository !== '';
}

async function originsOf(store: Store, isForgotten: (row: Provenance) => boolean): Promise<{ origins: Set<Digest>; rows: number }> {
  const origins = new Set<Digest>();
  let count = 0;
  for await (const { rows } of rowBlobs(store))
    for (const row of rows) {
      if (!namesSource(row) || !isForgotten(row)) continue;
      count += 1;
      origins.add(String(row['origin']));
    }
  if (origins.size === 0) return { origins, rows: count };
  for await (const { rows } of rowBlobs(store))
    for (const row of rows) if (namesSource(row) && !isForgotten(row)) origins.delete(String(row['origin']));
  return { origins, rows: count };
}

async function resultsWith(
  store: Store,
  artifacts: Artifacts,
  files: ReadonlyMap<Digest, number>,
): Promise<Pick<ForgottenFound, 'artifacts' | 'results' | 'dependents'>> {
  const found = new Map<Digest, Manifest>();
  const results: NodeResult[] = [];
  const others: NodeResult[] = [];
  for (const key of await resultKeys(store)) {
    const result = await readResult(store, key);
    if (!result) continue;
    let isAffected = false;
    for (const digest of Object.values(result.outputs)) {
      const manifest = await artifacts.readManifest(digest).catch(() => null);
      if (!manifest || !blobsIn(manifest).some((each) => files.has(each))) continue;
      found.set(digest, manifest);
      isAffected = true;
    }
    (isAffected ? results : others).push(result);
  }
  return { artifacts: found, results, dependents: dependentsOn(results, others) };
}

/** Those of the other results that were made from these, directly or through each other. */
function dependentsOn(results: NodeResult[], others: NodeResult[]): NodeResult[] {
  const made = new Set(results.flatMap(({ outputs }) => Object.values(outputs)));
  const found = new Set<NodeResult>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const each of others) {
      const inputs = Object.values((each.parts['inputs'] ?? {}) as { [name: string]: Digest[] }).flat();
      if (found.has(each) || !inputs.some((digest) => made.has(digest))) continue;
      found.add(each);
      for (const digest of Object.values(each.outputs)) made.add(digest);
    }
  }
  return [...found];
}
