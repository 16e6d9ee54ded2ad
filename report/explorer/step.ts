import type { Digest, JsonObject, WaterfallStage } from '../../plan/index.ts';
import type { Markup } from '../formats/markup.ts';
import { html } from '../formats/markup.ts';
import { factList, factSpans, listedCharacters, longTexts, shortFacts, textBlock } from './facts.ts';
import { filterForm } from './filters.ts';
import type { FilterField } from './filters.ts';
import type { ListPart, PageQuery } from './page.ts';
import { addressOf, amount, pager } from './page.ts';
import { pairCard } from './pairs.ts';
import { waterfallTable } from './waterfall.ts';

/** One output of a step, as the head of its page names it. */
export interface ShownOutput {
  node: string;
  output: string;
  kind: string;
  type: string;
  state: string;
  artifact: Digest | null;
  /** All outputs of the step. */
  outputs: string[];
  /** What the artifact says of itself. */
  meta: JsonObject;
}

/** A list of items with its form. */
export interface ItemList extends ListPart {
  fields: FilterField[];
  /** Parameters of the page, its part of the list aside. */
  query: PageQuery;
  items: { row: number; item: JsonObject }[];
}

/** What a step is and made, above whatever its page shows. */
export function outputHead({ node, output, kind, type, state, artifact, outputs, meta }: ShownOutput): Markup {
  const others = outputs.map((each) => html` <a href="${addressOf('step', { node, output: each })}">${each}</a>`);
  const recorded = html`<details><summary>What is recorded with it</summary>${textBlock(JSON.stringify(meta, null, 2))}</details>`;
  return html`${factList([
    ['kind', kind],
    ['state', state],
    ['holds', type],
    ...(artifact === null ? [] : [['artifact', artifact] as const]),
    ...(outputs.length < 2 ? [] : [['outputs', html`${output}; all:${others}`] as const]),
  ])}${artifact === null ? null : recorded}`;
}

export interface PairsPage {
  head: ShownOutput;
  list: ItemList;
  /** The list shows the items that made no pair; null where nobody kept any. */
  dropped: boolean | null;
  waterfall: readonly WaterfallStage[];
}

/** Pairs side by side, or the items that made none. */
export function pairsPage({ head, list, dropped, waterfall }: PairsPage): Markup {
  const { node, output } = head;
  const to = (part: string): string => addressOf('step', { node, output, part });
  const parts = dropped === true
    ? html`<a href="${to('')}">Pairs</a> <b>Items without a pair</b>`
    : html`<b>Pairs</b> <a href="${to('dropped')}">Items without a pair</a>`;
  return html`${outputHead(head)}
${waterfall.length === 0 ? null : waterfallTable(waterfall)}
${dropped === null ? null : html`<p class="parts">${parts}</p>`}
${dropped === true ? itemCards(head, list) : listOf(list, pairCards(head, list))}`;
}

function pairCards({ node, output }: ShownOutput, { items }: ItemList): Markup {
  const marks = html`<p class="legend"><mark>Marked</mark> is what only this answer has.</p>`;
  const most = listedCharacters;
  return html`${marks}${items.map(({ row, item }) => pairCard({ row, item, to: addressOf('item', { node, output, row }), most }))}`;
}

/** The items of a step, one below the other. */
export function itemsPage(head: ShownOutput, list: ItemList, notes: Markup | null = null): Markup {
  return html`${outputHead(head)}${notes}${itemCards(head, list)}`;
}

/** What a clean corpus says above its texts, or above those that went: the way from the source, and the way to the other part. */
export function cleaningNotes({ node, output }: ShownOutput, { dropped, waterfall }: Pick<PairsPage, 'waterfall'> & { dropped: boolean }): Markup {
  const to = (part: string): string => addressOf('step', { node, output, part });
  const parts = dropped
    ? html`<a href="${to('')}">Texts that stay</a> <b>Texts that went</b>`
    : html`<b>Texts that stay</b> <a href="${to('dropped')}">Texts that went</a>`;
  return html`${waterfallTable(waterfall, 'From the source to the clean corpus')}<p class="parts">${parts}</p>`;
}

function itemCards({ node, output }: ShownOutput, list: ItemList): Markup {
  const part = list.query['part'] ?? '';
  const to = (row: number): string => addressOf('item', { node, output, part, row });
  return listOf(list, html`${list.items.map(({ row, item }) => itemCard({ row, item, to: to(row), most: listedCharacters }))}`);
}

/** A form, the items and the way through them. */
function listOf(list: ItemList, items: Markup): Markup {
  const { fields, query, total } = list;
  const kept = Object.fromEntries(Object.entries(query).filter(([name]) => !fields.some((field) => field.name === name)));
  const pages = pager(list, (from) => addressOf('step', { ...query, from }));
  return html`${filterForm('step', fields, kept)}${pages}${total === 0 ? html`<p>Nothing to show.</p>` : items}${total > 0 ? pages : null}`;
}

/** Columns that say where an item is from, which only its own page shows. */
const onOwnPage = ['origin', 'ordinal', 'request', 'answer_digest', 'generation_key', 'generation_keys'];

/** An item of any type: what is short on one line, what is long below. `to`: the address of its own page, null there. */
export function itemCard({ row, item, to, most }: { row: number; item: JsonObject; to: string | null; most: number }): Markup {
  const elsewhere = to === null ? [] : onOwnPage;
  const number = `Row ${amount(row)}`;
  return html`<article class="card">
<header><b>${to === null ? number : html`<a href="${to}">${number}</a>`}</b>${factSpans(shortFacts(item, elsewhere))}</header>
${longTexts(item, elsewhere).map(([name, text]) => html`<h3>${name}</h3>${textBlock(text, most)}`)}
</article>`;
}
