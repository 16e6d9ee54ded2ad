import type { ReportDocument } from '../../schemas/index.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

/** A number that leads to the result it is from; to all of them where it is a mean over several. */
export function sourceLink(sources: readonly number[], words: string): Markup | string {
  return sources.length === 0 ? words : html`<a class="number" href="#${anchorOf(sources)}">${words}</a>`;
}

/** `[1] [2] `, leading to the provenance; lines may break between them. */
export function sourceLinks(sources: readonly number[]): Markup[] {
  return sources.map((source) => html`<a class="source" href="#source-${source + 1}" aria-label="source ${source + 1}">[${source + 1}]</a> `);
}

/** A caption names at most so many sources. */
const MOST_LINKS = 12;

/** The same for many: beyond a dozen only how many there are. */
export function fewSourceLinks(sources: readonly number[]): Markup {
  const links = sourceLinks(sources.slice(0, MOST_LINKS));
  const more = sources.length - links.length;
  return more > 0 ? html`${links}<a class="source" href="#provenance">and ${more} more</a>` : html`${links}`;
}

function anchorOf(sources: readonly number[]): string {
  return sources.length === 1 ? `source-${(sources[0] ?? 0) + 1}` : `from-${sources.map((source) => source + 1).join('-')}`;
}

/** Where each number comes from: one line a result, and one for each set of results that a number is a mean over. */
export function provenanceHtml({ sources, sections }: Pick<ReportDocument, 'sources' | 'sections'>): Markup {
  const count = `${sources.length} ${sources.length === 1 ? 'result' : 'results'}`;
  const sets = [...setsIn(sections)];
  return html`<section id="provenance" aria-labelledby="provenance-heading">
<h2 id="provenance-heading">Provenance</h2>
<details>
<summary>Where each number comes from: ${count}</summary>
<p>Numbers in tables and bracketed numbers lead here. The manifest of an artifact is in the store as blobs/, its first two digits, /, and the whole digest.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Sources">
<table class="sources"><caption class="hidden">Sources</caption>
<thead><tr><th scope="col" class="left">No.</th><th scope="col" class="left">Step</th><th scope="col" class="left">Line</th><th scope="col" class="left">Result key</th><th scope="col" class="left">Artifact</th></tr></thead>
<tbody>${sources.map(sourceRow)}</tbody></table></div>
${sets.length === 0 ? null : html`<p>Numbers over several results:</p><ul class="sets">${sets.map(setHtml)}</ul>`}
</details>
</section>`;
}

function sourceRow({ step, key, artifact, at }: ReportDocument['sources'][number], index: number): Markup {
  const line = at ? `${at.file === undefined ? 'line ' : `${at.file}:`}${at.line}` : '';
  return html`<tr id="source-${index + 1}"><td class="left">${index + 1}</td><th scope="row" class="left">${step}</th><td class="left">${line}</td><td class="left"><code>${key}</code></td><td class="left"><code>${artifact}</code></td></tr>
`;
}

function setHtml(key: string): Markup {
  const sources = key.split(' ').map(Number);
  return html`<li id="${anchorOf(sources)}">${sourceLinks(sources)}</li>`;
}

function setsIn(sections: ReportDocument['sections']): Set<string> {
  const sets = new Set<string>();
  for (const { blocks } of sections)
    for (const block of blocks)
      if (block.block === 'table')
        for (const { rows } of block.groups)
          for (const { cells } of rows)
            for (const cell of cells) if ('sources' in cell && cell.sources && cell.sources.length > 1) sets.add(cell.sources.join(' '));
  return sets;
}
