import { parseJson, secondsIn } from '../plan/index.ts';
import type { Counts, Digest, JsonObject, NodeResult, NodeSummary, PlanNode } from '../plan/index.ts';
import { resultKey } from '../plan/keys.ts';
import type { Store } from '../ports/store.ts';
import { blobsIn, type Manifest } from '../ports/artifacts.ts';
import { isSound, nullIfLost, publishNamed, readNamed } from './named.ts';
import { resultName } from './names.ts';

/** The result recorded under a key, or null. */
export async function readResult(store: Store, key: Digest): Promise<NodeResult | null> {
  return readNamed<NodeResult>(store, resultName(key));
}

/**
 * The result under a key, if everything it names exists; otherwise it is set aside, so that it is made again. `check`: every file is
 * read, and a damaged one counts as missing. `use`: the caller builds on it, and `gc` keeps it.
 */
export async function readWholeResult(store: Store, key: Digest, { check = false, use = false } = {}): Promise<NodeResult | null> {
  if (use) await store.renew(resultName(key));
  const result = await readResult(store, key);
  if (!result || (await isWhole(store, result, check))) return result;
  await store.setAside(resultName(key));
  return null;
}

/** Files that are looked for at the same time. */
const filesAtOnce = 16;

async function isWhole(store: Store, { outputs }: NodeResult, check: boolean): Promise<boolean> {
  const manifests = await Promise.all(Object.values(outputs).map((digest) => store.getBytes(digest).then(parseJson<Manifest>, nullIfLost)));
  const files = manifests.flatMap((manifest) => (manifest ? blobsIn(manifest) : []));
  for (let at = 0; at < files.length; at += filesAtOnce) {
    const some = files.slice(at, at + filesAtOnce);
    const found = await Promise.all(some.map((digest) => (check ? isSound(store, digest) : store.has(digest))));
    if (found.includes(false)) return false;
  }
  return !manifests.includes(null);
}

/** A result without what only the store needs. */
export function summaryOf({
  key,
  outputs,
  calls,
  prompt_tokens = {},
  completion_tokens = {},
  training_steps,
  seconds,
  warning,
}: NodeResult): NodeSummary {
  return { key, outputs, calls, prompt_tokens, completion_tokens, training_steps, seconds, ...(warning !== undefined && { warning }) };
}

interface Finished {
  node: PlanNode;
  parts: JsonObject;
  /** Digests of the inputs, by input name. */
  inputs: { [name: string]: Digest[] };
  outputs: { [output: string]: Digest };
  calls?: Counts;
  prompt_tokens?: Counts;
  completion_tokens?: Counts;
  trainingSteps?: number;
  warning?: string | undefined;
}

/** Seconds of work, or, for work without a break, when it began (milliseconds since the epoch). */
type Took = { seconds: number } | { started: number };

/**
 * Records a node's outputs under its result key, write-once. A second writer gets the existing outputs, with its own costs.
 */
export async function publishResult(store: Store, finished: Finished & Took): Promise<NodeSummary> {
  const { node, parts, inputs, outputs, calls = {}, prompt_tokens = {}, completion_tokens = {}, trainingSteps = 0, warning } = finished;
  const seconds = 'seconds' in finished ? finished.seconds : secondsIn([[finished.started, Date.now()]]);
  const spent = { calls, prompt_tokens, completion_tokens, training_steps: trainingSteps, seconds };
  const key = resultKey(parts, inputs);
  const result: NodeResult = {
    format: 1,
    key,
    kind: node.kind,
    parts: { ...parts, inputs },
    outputs,
    ...spent,
    ...(warning !== undefined && { warning }),
  };
  const winner = await publishNamed(store, resultName(key), result);
  return { ...summaryOf(winner), ...spent };
}
