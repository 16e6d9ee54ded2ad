import { secondsIn, type CloseInput, type Digest, type PlanNode, type UnitSummary } from '../../plan/index.ts';
import { chunkShards } from './chunk.ts';
import type { ChunkShard } from '../../records/chunk.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { knownInputs } from '../run/lookup.ts';
import { failuresIn } from './failures.ts';
import { readTable } from './open.ts';
import { metaOfSorted } from './slices.ts';
import { sourceOf } from '../run/unit-items.ts';
import { checkAnswered, checkKept, warnOfFlags } from '../keep.ts';
import { flagsOf, statusesOf, type Member } from './members.ts';
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
      const warning = await checkItems(dependencies, node, shards.get(node.id) ?? []);
      const { close = manifestOf } = workOf(works, node, 'map');
      const { content = null } = (input.parts[node.id] ?? {}) as { content?: string };
      const member = { node, content, nodes: input.unit.nodes, source: sourceOf(input.unit), ranges, shards, inputs };
      const out = await close(dependencies, member);
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

/** Throws if too many items of a member have no answer or cannot be used, and returns a warning if there are such. */
async function checkItems(dependencies: Dependencies, node: PlanNode, shards: ChunkShard[]): Promise<string | undefined> {
  const statuses = statusesOf(shards);
  const { model } = node.models;
  const endpoint = model && dependencies.config.endpoints[model.endpoint];
  const { keepsStatus, useful } = kindOf(node.kind);
  const asked = endpoint && { endpoint: model.endpoint, allowed: endpoint.unanswered, failures: await failuresIn(dependencies, shards) };
  const unanswered = asked && checkAnswered(node, statuses, asked);
  const unusable = keepsStatus ? undefined : checkKept(node, statuses, useful);
  const flagged = keepsStatus ? undefined : warnOfFlags(statuses, flagsOf(shards));
  const warnings = [unanswered, unusable, flagged].filter((warning) => warning !== undefined);
  return warnings.length > 0 ? warnings.join('; ') : undefined;
}

/** The shards of a member as an artifact, with the origin at which each starts and the numbers of rows by status and by flag. */
async function manifestOf({ artifacts }: Dependencies, { node, ranges, shards: all }: Member): Promise<Digest> {
  const own = all.get(node.id) ?? [];
  const shards = own.map(({ digest, rows, bytes }) => ({ digest, rows, bytes }));
  const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
  const flags = flagsOf(own);
  const sorted = metaOfSorted({ starts: ranges.map(({ lo }) => lo), growths: ranges.map(({ growth = 0 }) => growth) });
  const meta = { statuses: statusesOf(own), ...(Object.keys(flags).length > 0 && { flags }), ...sorted };
  return artifacts.writeManifest({ type: node.outputs['out'] ?? '', rows, shards, meta });
}
