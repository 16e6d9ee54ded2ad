import type { Json, JsonObject } from '../../plan/index.ts';
import { plainLine, plainText } from '../../text/index.ts';
import type { Markup } from '../formats/markup.ts';
import { html } from '../formats/markup.ts';
import type { TextStretch } from './difference.ts';
import { amount } from './page.ts';

/** Characters of a text that a list shows; the page of the item has all. */
export const listedCharacters = 4_000;

/** A long text, or as much of it as `most` allows. Nothing in it acts: characters that would are replaced. */
export function textBlock(text: string, most = Infinity): Markup {
  return html`<div class="text">${plainText(text.slice(0, most))}</div>${rest(text.length, most)}`;
}

/** The same with the stretches marked that only this text has. */
export function markedBlock(stretches: TextStretch[], most = Infinity): Markup {
  let left = most;
  const shown = stretches.map(({ text, own }) => {
    const part = plainText(text.slice(0, Math.max(0, left)));
    left -= text.length;
    return own && part !== '' ? html`<mark>${part}</mark>` : html`${part}`;
  });
  return html`<div class="text">${shown}</div>${rest(most - left, most)}`;
}

function rest(length: number, most: number): Markup | null {
  return length > most ? html`<p class="rest">${amount(length - most)} more characters on the page of the item</p>` : null;
}

/** Names and values side by side. */
export function factList(facts: readonly (readonly [name: string, value: string | Markup])[]): Markup {
  const fact = (value: string | Markup): string | Markup => (typeof value === 'string' ? plainLine(value) : value);
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${fact(value)}</dd></div>`)}</dl>`;
}

/** The same in the head of a card. */
export function factSpans(facts: readonly (readonly [name: string, value: string])[]): Markup {
  return html`${facts.map(([name, value]) => html`<span><i>${name}</i> ${plainLine(value)}</span>`)}`;
}

/** What a column is called. */
function columnLabel(column: string): string {
  return column.replaceAll('_', ' ');
}

/** A value of a column in one line; null for one that says nothing. */
function factText(value: Json | undefined): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Columns of an item in one line each, without those that are empty, long or named in `without`. */
export function shortFacts(item: JsonObject, without: readonly string[] = []): [name: string, value: string][] {
  return Object.entries(item).flatMap(([column, value]): [string, string][] => {
    const text = factText(value);
    return text === null || isLong(value) || without.includes(column) ? [] : [[columnLabel(column), text]];
  });
}

/** Columns of an item that are texts of several lines, or lists of them. */
export function longTexts(item: JsonObject, without: readonly string[] = []): [name: string, text: string][] {
  return Object.entries(item).flatMap(([column, value]): [string, string][] => {
    if (!isLong(value) || without.includes(column)) return [];
    const texts = Array.isArray(value) ? value : [value];
    return texts.map((text, index) => [
      texts.length > 1 ? `${columnLabel(column)} ${index}` : columnLabel(column),
      typeof text === 'string' ? text : JSON.stringify(text, null, 2),
    ]);
  });
}

function isLong(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(isLong);
  return typeof value === 'string' ? value.length > 100 || value.includes('\n') : JSON.stringify(value ?? null).length > 200;
}
