import { stat } from 'node:fs/promises';
import { parseJson, type Digest, type JsonObject, type Plan } from '../plan/index.ts';
import { canonicalBytes } from '../plan/keys.ts';
import { classified } from '../ports/failure.ts';
import type { Store } from '../ports/store.ts';

/** Stores a plan; a run is fixed to its digest. */
export function keepPlan(store: Store, plan: Plan): Promise<Digest> {
  return store.putBytes(canonicalBytes(plan as unknown as JsonObject));
}

/** The largest plan in bytes: less than a string can hold. */
const mostBytes = 256 * 1024 * 1024;

/** The plan with this digest; throws a ClassifiedError if the store does not have it, or it is not a plan. */
export async function readPlan(store: Store, digest: Digest): Promise<Plan> {
  const { size } = await stat(await store.pathOf(digest));
  if (size > mostBytes) throw classified('invalid', `${digest} is not a plan: it has ${size} bytes, expected at most ${mostBytes}`);
  const bytes = await store.getBytes(digest);
  try {
    return parseJson<Plan>(bytes);
  } catch (error) {
    throw classified('invalid', `${digest} is not a plan: ${String(error)}`);
  }
}
