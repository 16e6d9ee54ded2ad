import type { JsonObject } from '../../plan/index.ts';
import type { Markup } from '../formats/markup.ts';
import { html } from '../formats/markup.ts';
import type { TextStretch } from './difference.ts';
import { differenceOf } from './difference.ts';
import { factSpans, markedBlock, shortFacts, textBlock } from './facts.ts';
import { amount } from './page.ts';

/** A preference pair as it is shown. */
export interface ShownPair {
  /** Number of its row, from 0. */
  row: number;
  item: JsonObject;
  /** Address of its own page; null there. */
  to: string | null;
  /** Characters of each text at most. */
  most: number;
}

const texts = ['prompt', 'chosen', 'rejected'];
/** Columns that say where a pair is from, which only its own page shows. */
const onOwnPage = ['origin', 'ordinal', 'generation_keys'];

/** Both answers of a pair side by side, with what only one of them has marked. */
export function pairCard({ row, item, to, most }: ShownPair): Markup {
  const difference = differenceOf(textIn(item, 'chosen'), textIn(item, 'rejected'));
  const number = `Row ${amount(row)}`;
  const elsewhere = [...texts, 'chosen_tokens', 'rejected_tokens', ...(to === null ? [] : onOwnPage)];
  return html`<article class="card">
<header><b>${to === null ? number : html`<a href="${to}">${number}</a>`}</b>${factSpans(shortFacts(item, elsewhere))}</header>
${textBlock(textIn(item, 'prompt'), most)}
${difference ? null : html`<p class="rest">Nothing is marked: the answers share too little.</p>`}
<div class="sides">
${sideOf('chosen', { item, stretches: difference?.left, most })}
${sideOf('rejected', { item, stretches: difference?.right, most })}
</div>
</article>`;
}

function sideOf(
  side: 'chosen' | 'rejected',
  { item, stretches, most }: { item: JsonObject; stretches: TextStretch[] | undefined; most: number },
): Markup {
  const text = textIn(item, side);
  const tokens = item[`${side}_tokens`];
  const length = typeof tokens === 'number' ? `${amount(tokens)} tokens, ` : '';
  return html`<section class="${side}">
<h3>${side} <small>${length}${amount(text.length)} characters</small></h3>
${stretches ? markedBlock(stretches, most) : textBlock(text, most)}
</section>`;
}

function textIn(item: JsonObject, column: string): string {
  const value = item[column];
  return typeof value === 'string' ? value : '';
}
