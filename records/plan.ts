import { parseJson } from '../plan/index.ts';
import type { Digest, JsonObject, Plan } from '../plan/index.ts';
import { canonicalBytes } from '../plan/keys.ts';
import type { Store } from '../ports/store.ts';

/** Keeps a plan; runs are frozen to its digest. */
export function keepPlan(store: Store, plan: Plan): Promise<Digest> {
  return store.putBytes(canonicalBytes(plan as unknown as JsonObject));
}

/** The plan with this digest; throws a ClassifiedError where the store lacks it. */
export async function readPlan(store: Store, digest: Digest): Promise<Plan> {
  return parseJson<Plan>(await store.getBytes(digest));
}
