import { executeChild, workflowInfo } from '@temporalio/workflow';
import { chunksOfShard } from '../plan/index.ts';
import type { NodeInput, UnitSummary } from '../plan/index.ts';
import { cpu } from './activities.ts';
import { withBudget } from './budget.ts';
import { undispatched } from './failure.ts';
import { shard, sumOf } from './shard.ts';
import type { PaidByNode } from './shard.ts';

/** Shards of one group that run at once. */
const shardsAtOnce = 4;

/** Map nodes over the same origins, streamed chunk by chunk through shards whose histories stay short. */
export async function group(input: NodeInput): Promise<UnitSummary> {
  const { work, key, nodes } = input;
  const { workflowId } = workflowInfo();
  const last = nodes.at(-1);
  if (!last) throw undispatched(`${key}: a group has members`);
  const { table, chunks } = await withBudget(last, () => cpu.openGroup({ work, key }));
  const paid: PaidByNode = {};
  const size = chunksOfShard(nodes.length);
  let next = 0;
  const lane = async () => {
    while (next < chunks) {
      const from = next;
      const to = Math.min(chunks, from + size);
      next = to;
      const args = [{ ...input, table, from, to }] as const;
      const done = await executeChild(shard, { workflowId: `${workflowId}/${from}`, args: [...args] });
      for (const [node, more] of Object.entries(done)) paid[node] = sumOf(paid[node], more);
    }
  };
  await Promise.all(Array.from({ length: shardsAtOnce }, lane));
  return withBudget(last, () => cpu.closeGroup({ work, key, table, paid }));
}
