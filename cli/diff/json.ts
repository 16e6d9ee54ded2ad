import type { PlanNode } from '../../plan/index.ts';
import { namedChanges } from '../compare/change-words.ts';
import { belowOf, type Differences } from './lines.ts';
import type { Side } from '../compare/side.ts';

/** The differences as JSON, format 1. Numbers are after minus before. */
export function diffJson(
  { plan, contents, measured, outcomes, places }: Differences,
  { before, after }: { before: Side; after: Side },
): object {
  const { pairs, added, removed, params, cells, claims, budget } = plan;
  const own = pairs.filter(({ changes, wiring }) => changes.length + wiring.length > 0);
  return {
    format: 1,
    before: sideJson(before),
    after: sideJson(after),
    params,
    changed: own.map((pair) => ({
      ...nodesJson(pair),
      changes: namedChanges(pair.after, pair.changes, places),
      inputs: pair.wiring,
    })),
    through_inputs: belowOf(plan).map((pair) => nodesJson(pair)),
    added: added.map(nodeJson),
    removed: removed.map(nodeJson),
    cells: {
      same: cells.same,
      added: cells.added.map(({ id, values }) => ({ id, values })),
      removed: cells.removed.map(({ id, values }) => ({ id, values })),
    },
    claims: { added: claims.added.map(({ id }) => id), removed: claims.removed.map(({ id }) => id), changed: claims.changed, outcomes },
    budget,
    contents: contents.map(({ pair, changes }) => ({ ...nodesJson(pair), changes })),
    results: measured.map(({ node, ...figures }) => ({ ...nodeJson(node), ...figures })),
  };
}

function sideJson(side: Side): object {
  return side.kind === 'file' ? { file: side.name } : { run: side.name, status: side.progress.status };
}

function nodesJson({ before, after }: { before: PlanNode; after: PlanNode }): object {
  return { ...nodeJson(after), before: { node: before.id, key: before.key } };
}

function nodeJson({ id, step, label, kind, key }: PlanNode): object {
  return { node: id, step, label, kind, key };
}
