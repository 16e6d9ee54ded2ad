import type { Markup } from '../formats/markup.ts';
import { html } from '../formats/markup.ts';

/** Parameters of a page, by name; empty ones are left out of addresses. */
export interface PageQuery {
  [name: string]: string | number;
}

export interface PageHead {
  /** What the page shows. */
  title: string;
  run: string;
  /** Pages above this one below the run's own; left out: this is the run's own page. */
  trail?: { text: string; to: string }[];
}

/** Address of a page, relative to every other: all pages are files of one folder. */
export function addressOf(page: 'step' | 'question' | 'item', query: PageQuery): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return `${page}?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}

/** A whole page. It has no script; what it may load is for the server to say. */
export function explorerPage({ title, run, trail }: PageHead, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<title>${title} · ${run}</title>
</head>
<body>
<header>
${trail ? html`<nav aria-label="Where this page is"><a href="./">${run}</a>${trail.map(({ text, to }) => html` › <a href="${to}">${text}</a>`)}</nav>` : null}
<h1>${title}</h1>
</header>
<main>
${body}
</main>
</body>
</html>
`.markup;
}

/** Rows on a page. */
export const pageSize = 50;

/** A part of a list. */
export interface ListPart {
  /** Number of its first row, from 0. */
  from: number;
  /** Rows of the whole list. */
  total: number;
}

/** Which part of a list a page shows, with links to the parts around it; `to` gives the address of the part from a row on. */
export function pager({ from, total }: ListPart, to: (from: number) => string): Markup {
  const last = Math.max(0, Math.ceil(total / pageSize) - 1) * pageSize;
  const link = (text: string, target: number, possible: boolean): Markup =>
    possible ? html`<a href="${to(target)}">${text}</a>` : html`<span>${text}</span>`;
  const shown = total === 0 ? 'none' : `${amount(from + 1)} to ${amount(Math.min(from + pageSize, total))} of ${amount(total)}`;
  return html`<nav class="pager" aria-label="Pages">
${link('first', 0, from > 0)} ${link('previous', Math.max(0, from - pageSize), from > 0)}
<b>${shown}</b>
${link('next', from + pageSize, from + pageSize < total)} ${link('last', last, from < last)}
</nav>`;
}

/** A whole number as it is read. */
export function amount(value: number): string {
  return value.toLocaleString('en');
}
