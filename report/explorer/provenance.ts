import type { JsonObject } from '../../plan/index.ts';
import type { Markup } from '../formats/markup.ts';
import { html } from '../formats/markup.ts';
import { factList, textBlock } from './facts.ts';
import { addressOf } from './page.ts';
import { pairCard } from './pairs.ts';
import { itemCard } from './step.ts';

/** A step on the way of an item, with what it made of it. */
export interface LineageStep {
  node: string;
  title: string;
  output: string;
  type: string;
  /** Where the step is in its file, its keys, the model that it asked: whatever says how this came about. */
  facts: [name: string, value: string][];
  settings: JsonObject;
  /** The item as this step left it; null where it has nothing that belongs to the item, as a folder of a source. */
  item: { row: number; item: JsonObject } | null;
  /** Said where there is no item. */
  why: string;
}

/** An item and every step on its way, from the item back to the source. */
export function provenancePage([own, ...before]: readonly LineageStep[]): Markup {
  return html`${own ? lineageStep(own, true) : null}
<h2>Where it comes from</h2>
${before.length === 0 ? html`<p>Its step reads no other step.</p>` : before.map((step) => lineageStep(step, false))}`;
}

function lineageStep({ node, title, output, type, facts, settings, item, why }: LineageStep, own: boolean): Markup {
  const to = own || !item ? null : addressOf('item', { node, output, row: item.row });
  const shown = { row: item?.row ?? 0, item: item?.item ?? {}, to, most: Infinity };
  return html`<section class="lineage">
${own ? null : html`<h3><a href="${addressOf('step', { node, output })}">${title}</a></h3>`}
${item === null ? html`<p>${why}</p>` : type === 'pairs' && 'chosen' in item.item ? pairCard(shown) : itemCard({ ...shown, to: null })}
${factList(facts)}
<details><summary>Settings</summary>${textBlock(JSON.stringify(settings, null, 2))}</details>
</section>`;
}
