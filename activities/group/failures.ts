import type { Row } from '../../ports/artifacts.ts';
import type { ChunkShard } from '../../records/chunk.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ItemCounts } from '../keep.ts';
import { rowsOfShards } from './members.ts';

/** Why items of a step have no answer, and how many each; only shards with such items are read. */
export async function failuresIn(dependencies: Pick<Dependencies, 'artifacts'>, shards: ChunkShard[]): Promise<ItemCounts> {
  const failures: ItemCounts = {};
  const affected = shards.filter(({ statuses: { unanswered = 0, rejected = 0 } }) => unanswered + rejected > 0);
  for await (const { failure } of rowsOfShards(dependencies, affected) as AsyncIterable<Row & { failure?: string }>)
    if (failure !== undefined) failures[failure] = (failures[failure] ?? 0) + 1;
  return failures;
}
