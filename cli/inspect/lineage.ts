import type { Row } from '../../ports/artifacts.ts';
import { titleOf } from '../../plan/index.ts';
import type { PlanNode } from '../../plan/index.ts';
import type { LineageStep } from '../../report/explorer/index.ts';
import { answerOfRow } from '../runs/paid-answer.ts';
import { findOutput, tableOf } from './inspected-run.ts';
import type { InspectedRun, NodeOutput } from './inspected-run.ts';
import { pageOfRows } from './item-table.ts';
import type { ItemTable, NumberedRow, RowCondition } from './item-table.ts';

/** An item of an output with every step that it came through, from the item back to the source. */
export async function lineageOf(run: InspectedRun, output: NodeOutput, found: NumberedRow): Promise<LineageStep[]> {
  const steps = [await lineageStep(run, output, found)];
  for (const { node, output: name } of outputsAbove(run, output.node)) {
    const above = await findOutput(run, { node, output: name });
    steps.push(await lineageStep(run, above, await itemIn(run, above, found.item)));
  }
  return steps;
}

/** Outputs that a node is made from, directly or not, each once, the nearest first. */
function outputsAbove({ plan }: InspectedRun, node: PlanNode): { node: string; output: string }[] {
  const nodes = new Map(plan.nodes.map((each) => [each.id, each]));
  const found = new Map<string, { node: string; output: string }>();
  const waiting = [node];
  for (let each = waiting.shift(); each; each = waiting.shift())
    for (const ref of Object.values(each.inputs).flat()) {
      const above = nodes.get(ref.node);
      if (!above || found.has(`${ref.node}.${ref.output}`)) continue;
      found.set(`${ref.node}.${ref.output}`, ref);
      waiting.push(above);
    }
  return [...found.values()];
}

/** The row of an output that belongs to an item; null where it has none. */
async function itemIn(run: InspectedRun, output: NodeOutput, item: Row): Promise<NumberedRow | null> {
  if (!itemTypes.has(output.type)) return null;
  const table = await tableOf(run, output);
  const conditions = sameItem(table, item);
  if (conditions.length === 0) return null;
  const [found] = await pageOfRows(run.database, table, { conditions, from: 0, most: 1 });
  return found ?? null;
}

/** Types of artifacts whose rows can belong to an item. */
const itemTypes = new Set(['corpus', 'ranked', 'prompts', 'responses', 'pairs', 'questions', 'choices', 'candidates', 'graded']);

/** What a row must fulfil to belong to an item: the same origin and ordinal, or the same question and, among candidates, the same one. */
function sameItem(table: ItemTable, item: Row): RowCondition[] {
  const same = (column: string): RowCondition => ({ column, is: String(item[column]) });
  const both = (column: string): boolean => table.columns.has(column) && item[column] !== undefined;
  if (both('origin') && both('ordinal')) return [same('origin'), same('ordinal')];
  if (both('question')) return [same('question'), ...(both('ordinal') ? [same('ordinal')] : [])];
  return [];
}

async function lineageStep(run: InspectedRun, made: NodeOutput, item: NumberedRow | null): Promise<LineageStep> {
  const { node, output, type, artifact } = made;
  const { at, kind, version, key, models, resources, settings } = node;
  const result = run.results.get(node.id);
  return {
    node: node.id,
    title: titleOf(node),
    output,
    type,
    item,
    why: itemTypes.has(type) ? 'It has no row of this item.' : `Its ${type} has no items.`,
    settings,
    facts: [
      ['step', `${node.step}, ${kind} version ${version}`],
      ['in the file', `${at.file === undefined ? '' : `${at.file}, `}line ${at.line}, column ${at.column}`],
      ...(artifact === null ? [] : [['artifact', artifact] as [string, string]]),
      ...(result ? [['result key', result.key] as [string, string]] : []),
      ['plan key', key],
      ...Object.entries(models).map(([role, { name, identity, sampling }]): [string, string] => [
        role,
        `${name} (${identity}), temperature ${sampling.temperature}, top_p ${sampling.top_p}, at most ${sampling.max_tokens} tokens`,
      ]),
      ...Object.entries(resources).map(([setting, { name, identity }]): [string, string] => [
        setting,
        identity === null ? name : `${name} (${identity})`,
      ]),
      ...(await answerFacts(run, item?.item)),
    ],
  };
}

/** What the ledger says of the answer that an item was made from. */
async function answerFacts({ store }: InspectedRun, item: Row | undefined): Promise<[string, string][]> {
  const record = item ? await answerOfRow(store, item) : null;
  if (!record) return [];
  const { model, finish_reason, usage } = record;
  const tokens = usage ? `, ${usage.prompt_tokens} tokens read, ${usage.completion_tokens} written` : '';
  return [['answer', `by ${model}, finished by ${finish_reason}${tokens}`]];
}
