import { secondsIn, type CloseInput, type Digest, type UnitSummary } from '../../plan/index.ts';
import { chunkShards } from './chunk.ts';
import type { ChunkShard } from '../../records/chunk.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { knownInputs } from '../run/lookup.ts';
import { readTable } from './open.ts';
import { sourceOf } from '../run/unit-items.ts';
import { checkAnswered, checkKept } from '../keep.ts';
import { statusesOf, type Member } from './members.ts';
import { publishResult } from '../../records/results.ts';
import type { OpenedWork } from '../run/unit-work.ts';
import { workOf, type Works } from '../works.ts';

/** Makes the artifacts of a group from its chunks and records them. */
export function closeGroup(dependencies: Dependencies, works: Works) {
  return async (input: OpenedWork<CloseInput>): Promise<UnitSummary> => {
    const { ranges } = await readTable(dependencies.store, input.table);
    const shards = new Map<string, ChunkShard[]>();
    const results: UnitSummary = {};
    const began = Date.now();
    const spans = Object.values(input.worked).flatMap(({ ran = [] }) => ran);
    for (const node of input.unit.nodes) {
      shards.set(node.id, await chunkShards(dependencies.store, input, node.id, ranges.length));
      const inputs = knownInputs(node, input.unit, results);
      if (!inputs) throw new Error(`${node.id}: closed before the members it reads`);
      const { model } = node.models;
      const endpoint = model && dependencies.config.endpoints[model.endpoint];
      if (endpoint) checkAnswered(node, statusesOf(shards.get(node.id) ?? []), { endpoint: model.endpoint, allowed: endpoint.unanswered });
      const { close = manifestOf } = workOf(works, node, 'map');
      const { keepsStatus, useful } = kindOf(node.kind);
      const warning = keepsStatus ? undefined : checkKept(node, statusesOf(shards.get(node.id) ?? []), useful);
      const out = await close(dependencies, { node, nodes: input.unit.nodes, source: sourceOf(input.unit), ranges, shards, inputs });
      results[node.id] = await publishResult(dependencies.store, {
        node,
        parts: input.parts[node.id] ?? {},
        inputs,
        outputs: { out },
        warning,
        ...input.worked[node.id],
        seconds: secondsIn([...spans, [began, Date.now()]]),
      });
    }
    return results;
  };
}

/** The shards of a member as an artifact, with the origin at which each starts and the number of rows by status. */
async function manifestOf({ artifacts }: Dependencies, { node, ranges, shards: all }: Member): Promise<Digest> {
  const own = all.get(node.id) ?? [];
  const shards = own.map(({ digest, rows, bytes }) => ({ digest, rows, bytes }));
  const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
  const meta = { statuses: statusesOf(own), starts: ranges.map(({ lo }) => lo) };
  return artifacts.writeManifest({ type: node.outputs['out'] ?? '', rows, shards, meta });
}
