import type { FilterField, ItemList, PageQuery } from '../../report/explorer/index.ts';
import { pageSize } from '../../report/explorer/index.ts';
import type { Database } from './database.ts';
import type { InspectedRun, NodeOutput } from './inspected-run.ts';
import { countRows, countValues, pageOfRows } from './item-table.ts';
import type { ItemTable, RowCondition, RowOrder } from './item-table.ts';
import { scorersOf, withScores } from './scores.ts';
import type { Scorer } from './scores.ts';

/** Columns that a list can be narrowed by, and what they are called. */
const choices = { status: 'status', language: 'language', kind: 'kind', level: 'level' };

/** A list as it was asked for: its form, and what the form says. */
export interface FilteredTable {
  table: ItemTable;
  fields: FilterField[];
  conditions: RowCondition[];
  order: RowOrder | null;
}

/** Narrows the rows of a table by the parameters of an address. */
export async function filtered(database: Database, table: ItemTable, asked: URLSearchParams): Promise<FilteredTable> {
  const fields: FilterField[] = [];
  const conditions: RowCondition[] = [];
  for (const [name, label] of Object.entries(choices)) {
    const found = await countValues(database, table, name);
    const value = asked.get(name) ?? '';
    if (value !== '') conditions.push({ column: name, is: value });
    if (found.length < 2 && value === '') continue;
    const options = found.map(({ value: each, rows }) => ({ value: each, label: each === '' ? 'none' : each, rows }));
    fields.push({ form: 'choice', name, label, value, options: [{ value: '', label: 'all' }, ...options.filter((each) => each.value !== '')] });
  }
  return { table, fields, conditions, order: null };
}

/** The same for pairs, which can also be narrowed and ordered by the lengths of their answers. */
export async function filteredPairs(database: Database, table: ItemTable, asked: URLSearchParams): Promise<FilteredTable> {
  const { fields, conditions } = await filtered(database, table, asked);
  const inTokens = await hasTokens(database, table);
  const unit = inTokens ? 'tokens' : 'characters';
  const lengthOf = (side: string) => ({ column: inTokens ? `${side}_tokens` : side, of: inTokens ? ('number' as const) : ('length' as const) });
  for (const side of ['chosen', 'rejected'])
    for (const [end, bound] of [['from', 'least'], ['to', 'most']] as const) {
      const name = `${side}_${end}`;
      const value = wholeNumber(asked.get(name));
      if (value !== null) conditions.push({ ...lengthOf(side), [bound]: value });
      fields.push({ form: 'number', name, label: `${side}, ${unit} ${end}`, value: value === null ? '' : String(value) });
    }
  const orders: { value: string; label: string; order: RowOrder | null }[] = [
    { value: '', label: 'as stored', order: null },
    { value: 'chosen', label: 'longest chosen', order: lengthOf('chosen') },
    { value: 'rejected', label: 'longest rejected', order: lengthOf('rejected') },
    { value: 'longer', label: 'chosen longer by most', order: { ...lengthOf('chosen'), minus: lengthOf('rejected').column } },
    { value: 'shorter', label: 'rejected longer by most', order: { ...lengthOf('rejected'), minus: lengthOf('chosen').column } },
  ];
  const chosen = orders.find(({ value }) => value === asked.get('order'));
  fields.push({ form: 'choice', name: 'order', label: 'order', value: chosen?.value ?? '', options: orders });
  return { table, fields, conditions, order: chosen?.order ?? null };
}

/** Adds scores of an evaluation to the rows, and a choice between the evaluations; `right`: SQL of what a right score is. */
export async function scored(
  run: InspectedRun,
  output: NodeOutput,
  { table, asked, right }: { table: ItemTable; asked: URLSearchParams; right: string | null },
): Promise<FilteredTable & { scorer: Scorer | null }> {
  const scorers = await scorersOf(run, output);
  const by = asked.get('by');
  const scorer = scorers.find(({ node }) => node === by) ?? scorers[0] ?? null;
  if (!scorer) return { table, fields: [], conditions: [], order: null, scorer };
  const options = scorers.map(({ node, title }) => ({ value: node, label: title }));
  const fields: FilterField[] = [{ form: 'choice', name: 'by', label: 'scores of', value: scorer.node, options }];
  const verdict = asked.get('verdict') ?? '';
  const conditions: RowCondition[] = [];
  if (right !== null) {
    const verdicts = ['', 'right', 'wrong'].map((value) => ({ value, label: value === '' ? 'all' : value }));
    fields.push({ form: 'choice', name: 'verdict', label: 'verdict', value: verdict, options: verdicts });
    if (verdict === 'right' || verdict === 'wrong') conditions.push({ sql: verdict === 'right' ? right : `not (${right})` });
  }
  return { table: await withScores(run, table, scorer), fields, conditions, order: null, scorer };
}

/** The part of a list that an address asks for. */
export async function listOfItems(
  database: Database,
  { table, fields, conditions, order }: FilteredTable,
  { query, asked }: { query: PageQuery; asked: URLSearchParams },
): Promise<ItemList> {
  const total = await countRows(database, table, conditions);
  const from = fromOf(asked, total);
  const items = await pageOfRows(database, table, { conditions, order, from, most: pageSize });
  const values = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  return { from, total, fields, query: { ...query, ...values }, items };
}

/** Number of the first row that an address asks for: the beginning of a page that exists. */
export function fromOf(asked: URLSearchParams, total: number): number {
  const from = Math.min(wholeNumber(asked.get('from')) ?? 0, Math.max(0, total - 1));
  return from - (from % pageSize);
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

async function hasTokens(database: Database, table: ItemTable): Promise<boolean> {
  if (table.rows === 0 || !table.columns.has('chosen_tokens')) return false;
  const [first] = await pageOfRows(database, table, { from: 0, most: 1 });
  return typeof first?.item['chosen_tokens'] === 'number' && typeof first.item['rejected_tokens'] === 'number';
}
