import type { Document, Section } from '../document.ts';
import { manifestPath } from '../sources.ts';
import { figureHtml } from './html-figure.ts';
import { tableHtml } from './html-table.ts';
import type { Markup } from './markup.ts';
import { html, trusted } from './markup.ts';
import { style } from './style.ts';

/** One page that needs nothing else: no script, no request, light and dark, fit for a phone and for paper. */
export function renderHtml(document: Document): string {
  const { title, sections, missing, sources } = document;
  const links = [
    ...sections.map(({ id, short }) => ({ id, short })),
    ...(missing.length > 0 ? [{ id: 'missing', short: 'Missing' }] : []),
    { id: 'provenance', short: 'Provenance' },
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${facts(document)}
</header>
<main>
${summary(document)}
<nav aria-label="Contents">${links.map(({ id, short }) => html`<a href="#${id}">${short}</a>`)}</nav>
${sections.map(sectionHtml)}
${missing.length > 0 ? missingHtml(missing) : null}
${provenance(sources)}
</main>
</body>
</html>
`;
  return page.markup;
}

/** One section of the page. */
export function renderHtmlSection(section: Section): string {
  return sectionHtml(section).markup;
}

function facts({ plan, run, created }: Document): Markup {
  const date = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/u.test(created)
    ? `${created.slice(0, 10)} ${created.slice(11, 16)}${created.endsWith('Z') ? ' UTC' : ''}`
    : created;
  return html`<p class="facts"><span>Plan <b>${plan}</b></span>${run === null ? null : html`<span>Run <b>${run}</b></span>`}<span><time datetime="${created}">${date}</time></span></p>`;
}

function summary({ summary: sentences, note }: Document): Markup {
  return html`<section id="summary" aria-labelledby="summary-heading">
<h2 id="summary-heading">Summary</h2>
${note === null ? null : html`<p class="note"><strong>Read this first.</strong> ${note}</p>`}
<dl class="summary">${sentences.map(({ lead, text }) => html`<div><dt>${lead}</dt><dd>${unbroken(text)}</dd></div>`)}</dl>
</section>`;
}

/** Keeps `[0.1, 0.2]` and `p = 0.3` on one line. */
function unbroken(sentence: string): string {
  return sentence.replace(/\[([^\]\s]+), ([^\]\s]+)\]/gu, '[$1,\u00a0$2]').replace(/p = (?=\d)/gu, 'p\u00a0=\u00a0');
}

function sectionHtml({ id, heading, paragraphs, blocks }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
${blocks.map((block) => (block.block === 'table' ? tableHtml(block) : figureHtml(block)))}
</section>
`;
}

function missingHtml(missing: Document['missing']): Markup {
  return html`<section id="missing" aria-labelledby="missing-heading">
<h2 id="missing-heading">Missing results</h2>
<dl class="missing">${missing.map(({ step, why }) => html`<div><dt>${step}</dt><dd>missing: ${why}</dd></div>`)}</dl>
</section>`;
}

function provenance(sources: Document['sources']): Markup {
  return html`<section id="provenance" aria-labelledby="provenance-heading">
<h2 id="provenance-heading">Provenance</h2>
<details>
<summary>Where each number comes from: ${sources.length} ${sources.length === 1 ? 'result' : 'results'}</summary>
<p>Bracketed numbers in tables and figures lead here. Manifest paths start at the store’s folder.</p>
<ol class="sources">${sources.map(
    (source, index) => html`<li id="source-${index + 1}"><b>${source.step}</b>
<dl>${fact('result key', source.key)}${fact('artifact', source.artifact)}${fact('manifest', manifestPath(source))}</dl></li>`,
  )}</ol>
</details>
</section>`;
}

function fact(title: string, value: string): Markup {
  return html`<div><dt>${title}</dt><dd><code>${value}</code></dd></div>`;
}
