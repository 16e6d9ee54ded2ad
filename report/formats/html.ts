import type { ReportDocument, ReportSection } from '../../schemas/index.ts';
import type { Drawings } from '../figures/drawings.ts';
import { figureHtml } from './html-figure.ts';
import { provenanceHtml } from './html-sources.ts';
import { tableHtml } from './html-table.ts';
import type { Markup } from './markup.ts';
import { html, trusted } from './markup.ts';
import { style } from './style.ts';

/** One page that needs nothing else: no script, no request, light and dark, fit for a phone and for paper. */
export function renderHtml(document: ReportDocument, drawings: Drawings): string {
  const { title, sections, missing } = document;
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
${sections.map((section) => sectionHtml(section, drawings))}
${missing.length > 0 ? missingHtml(missing) : null}
${provenanceHtml(document)}
</main>
</body>
</html>
`;
  return page.markup;
}

function facts({ plan, run, created }: ReportDocument): Markup {
  const date = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/u.test(created)
    ? `${created.slice(0, 10)} ${created.slice(11, 16)}${created.endsWith('Z') ? ' UTC' : ''}`
    : created;
  return html`<p class="facts"><span>Plan <b>${plan}</b></span>${run === null ? null : html`<span>Run <b>${run}</b></span>`}<span><time datetime="${created}">${date}</time></span></p>`;
}

function summary({ summary: sentences, note }: ReportDocument): Markup {
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

function sectionHtml({ id, heading, paragraphs, blocks }: ReportSection, drawings: Drawings): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
${blocks.map((block) => (block.block === 'table' ? tableHtml(block) : figureHtml(block, drawings.get(block.id) ?? [])))}
</section>
`;
}

function missingHtml(missing: ReportDocument['missing']): Markup {
  return html`<section id="missing" aria-labelledby="missing-heading">
<h2 id="missing-heading">Missing results</h2>
<dl class="missing">${missing.map(({ step, why }) => html`<div><dt>${step}</dt><dd>missing: ${why}</dd></div>`)}</dl>
</section>`;
}
