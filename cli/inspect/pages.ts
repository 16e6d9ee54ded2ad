import { parseJson, titleOf } from '../../plan/index.ts';
import type { DataStatistics, PlanNode, WaterfallStage } from '../../plan/index.ts';
import {
  addressOf,
  cleaningNotes,
  explorerPage,
  html,
  itemsPage,
  outputHead,
  pageSize,
  pairsPage,
  provenancePage,
  runPage,
  textBlock,
  trainingCurves,
} from '../../report/explorer/index.ts';
import type { Markup, ShownNode, ShownOutput } from '../../report/explorer/index.ts';
import { readCurve } from '../runs/curve.ts';
import { isFolder } from '../runs/step-output.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { findOutput, tableOf } from './inspected-run.ts';
import type { InspectedRun, NodeOutput } from './inspected-run.ts';
import { filtered, filteredPairs, fromOf, listOfItems, scored } from './item-list.ts';
import type { FilteredTable } from './item-list.ts';
import { pageOfRows } from './item-table.ts';
import { lineageOf } from './lineage.ts';
import { candidates, questions } from './questions.ts';

/** A page of a run by its name and the parameters of its address; null for a name that no page has. */
export async function renderPage(run: InspectedRun, name: string, asked: URLSearchParams): Promise<string | null> {
  const { run: title } = run.record;
  if (name === '') return explorerPage({ title, run: title }, await overview(run, asked));
  if (name !== 'step' && name !== 'question' && name !== 'item') return null;
  const output = await findOutput(run, { node: asked.get('node') ?? '', output: asked.get('output') ?? '' });
  const head = shownOutput(run, output);
  const step = { text: nameOf(output), to: addressOf('step', { node: head.node, output: head.output }) };
  if (name === 'step') return explorerPage({ title: step.text, run: title, trail: [] }, await stepPage(run, { head, output, asked }));
  const table = await tableOf(run, output, { dropped: asked.get('part') === 'dropped' });
  if (name === 'question') {
    const page = await candidates(run, { head, output, table, asked });
    return explorerPage({ title: `Question ${asked.get('question')}`, run: title, trail: [step] }, page);
  }
  const row = Number(asked.get('row') ?? 0);
  const [found] = Number.isSafeInteger(row) && row >= 0 ? await pageOfRows(run.database, table, { from: row, most: 1 }) : [];
  if (!found) throw new CommandFailure(`${step.text} has no row ${asked.get('row')}: it has ${table.rows} rows`);
  return explorerPage({ title: `Row ${row} of ${step.text}`, run: title, trail: [step] }, provenancePage(await lineageOf(run, output, found)));
}

async function overview(run: InspectedRun, asked: URLSearchParams): Promise<Markup> {
  const { record, plan } = run;
  const from = fromOf(asked, plan.nodes.length);
  const units = new Map(record.units.flatMap((unit) => unit.nodes.map(({ id }) => [id, unit] as const)));
  const shown = plan.nodes.slice(from, from + pageSize);
  const nodes = await Promise.all(shown.map((node) => shownNode(run, node, units.get(node.id)?.state ?? 'waiting')));
  return runPage({
    facts: [
      ['pipeline', plan.name],
      ['status', record.status],
      ['started', `${new Date(record.started).toISOString().slice(0, 16).replace('T', ' ')} UTC`],
      ...(record.report === undefined ? [] : [['report', record.report] as [string, string]]),
    ],
    part: { from, total: plan.nodes.length },
    nodes,
  });
}

async function shownNode({ results, artifacts }: InspectedRun, node: PlanNode, state: ShownNode['state']): Promise<ShownNode> {
  const made = results.get(node.id)?.outputs;
  const outputs = Object.entries(node.outputs).map(async ([output, type]) => {
    const artifact = made?.[output];
    // One that cannot be read says so on its own page.
    const manifest = artifact === undefined ? null : await artifacts.readManifest(artifact).catch(() => null);
    const rows = manifest === null || type === 'metrics' || isFolder(manifest) ? null : manifest.rows;
    return { output, type, rows, to: artifact !== undefined || state === 'running' };
  });
  return { node: node.id, title: titleOf(node), kind: node.kind, state, outputs: await Promise.all(outputs) };
}

interface AskedStep {
  head: ShownOutput;
  output: NodeOutput;
  asked: URLSearchParams;
}

/** What a step made, in the form that its type asks for. */
async function stepPage(run: InspectedRun, { head, output, asked }: AskedStep): Promise<Markup> {
  const { type, manifest, node } = output;
  if (type === 'checkpoint') return html`${outputHead(head)}${await curves(run, output)}`;
  if (manifest && (type === 'metrics' || isFolder(manifest))) return html`${outputHead(head)}${textBlock(await contentOf(run, output))}`;
  if (type === 'pairs') return pairs(run, { head, output, asked });
  const waterfall = manifest?.meta['waterfall'] as unknown as WaterfallStage[] | undefined;
  const dropped = waterfall !== undefined && asked.get('part') === 'dropped';
  const table = await tableOf(run, output, { dropped });
  if (table.format === 'parquet' && (type === 'graded' || type === 'candidates')) return questions(run, { head, output, table, asked });
  const query = { node: node.id, output: head.output, ...(dropped && { part: 'dropped' }) };
  const right = type === 'choices' ? 'len(list_filter(scores, lambda score: score >= scores[label + 1])) = 1' : null;
  const scores = await scored(run, output, { table, asked, right });
  const list = joined(scores, await filtered(run.database, table, asked));
  const notes = waterfall ? cleaningNotes(head, { dropped, waterfall }) : null;
  return itemsPage(head, await listOfItems(run.database, list, { query, asked }), notes);
}

async function pairs(run: InspectedRun, { head, output, asked }: AskedStep): Promise<Markup> {
  const dropped = asked.get('part') === 'dropped';
  const table = await tableOf(run, output, { dropped });
  const statistics = output.manifest?.meta['statistics'] as DataStatistics | undefined;
  const query = { node: head.node, output: head.output, part: dropped ? 'dropped' : '' };
  const running = output.artifact === null ? [dropped ? { column: 'status', isNot: 'ok' } : { column: 'status', is: 'ok' }] : [];
  const asItIs = dropped ? await filtered(run.database, table, asked) : await filteredPairs(run.database, table, asked);
  const scores = dropped ? null : await scored(run, output, { table, asked, right: 'scores[1] > scores[2]' });
  const { conditions, fields, ...list } = scores ? joined(scores, asItIs) : asItIs;
  const named = fields.flatMap((field) => (field.name !== 'status' ? [field] : dropped ? [{ ...field, label: 'reason' }] : []));
  const shown = await listOfItems(run.database, { ...list, fields: named, conditions: [...running, ...conditions] }, { query, asked });
  const keeps = output.artifact === null || typeof output.manifest?.meta['rejected'] === 'string';
  return pairsPage({ head, list: shown, dropped: keeps ? dropped : null, waterfall: statistics?.waterfall ?? [] });
}

/** Rows with scores, with the form and the conditions of both. */
function joined(scores: FilteredTable, { fields, conditions, order }: FilteredTable): FilteredTable {
  return { table: scores.table, fields: [...fields, ...scores.fields], conditions: [...conditions, ...scores.conditions], order };
}

/** The curves of a training, as far as it is. */
async function curves({ store, record }: InspectedRun, { node, unit, artifact, manifest }: NodeOutput): Promise<Markup> {
  const curve = await readCurve(store, { manifest, key: unit?.key ?? record.run });
  return trainingCurves({ step: titleOf(node), key: unit?.key ?? '', artifact: artifact ?? '', curve, config: node.settings });
}

/** Metrics as they are, or the files of a folder. */
async function contentOf({ store }: InspectedRun, { manifest, type }: NodeOutput): Promise<string> {
  const [shard] = manifest?.shards ?? [];
  if (type !== 'metrics' || !shard) return (manifest?.shards ?? []).map(({ name = '', bytes }) => `${name}  ${bytes} bytes`).join('\n');
  return JSON.stringify(parseJson(await store.getBytes(shard.digest)), null, 2);
}

function shownOutput({ record }: InspectedRun, { node, unit, output, type, artifact, manifest }: NodeOutput): ShownOutput {
  const state = unit?.state ?? record.status;
  return { node: node.id, output, kind: node.kind, type, state, artifact, outputs: Object.keys(node.outputs), meta: manifest?.meta ?? {} };
}

function nameOf({ node, output }: { node: PlanNode; output: string }): string {
  return Object.keys(node.outputs).length === 1 ? titleOf(node) : `${titleOf(node)}.${output}`;
}
