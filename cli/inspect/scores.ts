import { uncheckedPathOf } from '../../adapters/index.ts';
import { titleOf } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import { sqlPath } from './database.ts';
import type { InspectedRun, NodeOutput } from './inspected-run.ts';
import type { ItemTable } from './item-table.ts';

/** A finished evaluation that has scored the items of an output. */
export interface Scorer {
  node: string;
  title: string;
  /** Parquet of its scores: the row of the item, the place of the text in it, the score. */
  shards: ItemTable['shards'];
}

/** The evaluations that have scored the items of an output, in the order of the plan. */
export async function scorersOf({ plan, results, artifacts }: InspectedRun, { node, output }: NodeOutput): Promise<Scorer[]> {
  const scorers: Scorer[] = [];
  for (const each of plan.nodes) {
    const refs = each.inputs[kindOf(each.kind).scores?.input ?? ''] ?? [];
    const metrics = results.get(each.id)?.outputs['out'];
    if (metrics === undefined || !refs.some((ref) => ref.node === node.id && ref.output === output)) continue;
    const { shards } = await artifacts.readManifest(metrics);
    const scores = shards.filter(({ name = '' }) => name.startsWith('scores'));
    if (scores.length > 0) scorers.push({ node: each.id, title: titleOf(each), shards: scores });
  }
  return scorers;
}

/** The same rows with a column `scores`: the scores of their texts, in order. */
export async function withScores({ store }: InspectedRun, table: ItemTable, { shards }: Scorer): Promise<ItemTable> {
  const paths = await Promise.all(shards.map(async ({ digest }) => sqlPath(await uncheckedPathOf(store, digest))));
  const scores = `(select row as item, list(score order by text) as scores from read_parquet([${paths.join(', ')}]) group by row)`;
  const joined = `(select t.*, s.scores from ${table.relation()} t left join ${scores} s on s.item = t.row)`;
  return { ...table, columns: new Set([...table.columns, 'scores']), relation: () => joined, joined: true };
}
