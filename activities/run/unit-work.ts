import { createKept, parseJson } from '../../plan/index.ts';
import type { Digest, Json, JsonObject, NodeInput, UnitInput, WorkInput, WorkNode } from '../../plan/index.ts';
import { canonicalBytes } from '../../plan/keys.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Store } from '../../ports/store.ts';
import { callsPerItem } from './unit-items.ts';

/** A unit and the parts of its nodes' keys, to which messages about the unit refer. */
export interface UnitWork {
  unit: UnitInput;
  parts: { [node: string]: JsonObject };
}

/** A message with what it refers to. */
export type OpenedWork<Message extends WorkInput> = Omit<Message, 'work'> & UnitWork;

/** Units kept open in one worker. */
const kept = 100;

const open = createKept<string, Promise<UnitWork>>(kept);

/** Stores a unit, and returns the input of its workflow: a few hundred bytes per node, however much the unit reads. */
export async function workOn(store: Store, { unit, parts, key }: UnitWork & { key: Digest }): Promise<NodeInput> {
  const work: UnitWork = { unit, parts };
  return { work: await store.putBytes(canonicalBytes(work as unknown as Json)), key, nodes: workNodesOf(unit) };
}

function workNodesOf({ nodes }: UnitInput): WorkNode[] {
  const members = new Set(nodes.map(({ id }) => id));
  return nodes.map((node) => {
    const { id, kind, shape, run, models, inputs } = node;
    const reads = new Set(Object.values(inputs).flatMap((refs) => refs.map(({ node }) => node)));
    return {
      id,
      kind,
      shape,
      run,
      endpoint: models['model']?.endpoint ?? null,
      calls: callsPerItem(node),
      tokens: models['model']?.sampling.max_tokens ?? 0,
      ...(kindOf(kind).together && { together: true }),
      reads: [...reads].filter((each) => members.has(each)),
    };
  });
}

/** Turns an activity that takes units into one that takes messages about units. */
export function onWork<Message extends WorkInput, Result>(
  store: Store,
  activity: (input: OpenedWork<Message>) => Promise<Result>,
): (message: Message) => Promise<Result> {
  return async ({ work, ...message }) => activity({ ...message, ...(await openWork(store, work)) });
}

/** A stored unit; the last ones stay open. */
function openWork(store: Store, digest: Digest): Promise<UnitWork> {
  return open(`${store.id}/${digest}`, async () => parseJson<UnitWork>(await store.getBytes(digest)));
}
