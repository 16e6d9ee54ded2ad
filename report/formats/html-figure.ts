import type { FigureSeries, ReportFigure } from '../../schemas/index.ts';
import { describePanel } from '../figures/describe.ts';
import { legendsOf } from '../figures/drawings.ts';
import type { PanelDrawing } from '../figures/drawings.ts';
import { styleOf } from '../figures/series.ts';
import { fewSourceLinks } from './html-sources.ts';
import type { Markup } from './markup.ts';
import { html, trusted } from './markup.ts';
import { swatch } from './swatch.ts';

/** Panels side by side where there is room, the legend as text that wraps, the caption below. */
export function figureHtml(figure: ReportFigure, drawings: readonly PanelDrawing[]): Markup {
  const { id, name, caption, notes, sources } = figure;
  const { whole } = legendsOf(figure);
  const panels = drawings.map((drawing) => panelHtml(drawing, whole === null));
  const large = drawings.length === 1 ? ' large' : drawings.length % 2 === 0 ? ' even' : '';
  const said = notes.length === 0 ? null : html`<p class="notes">${notes.map((note) => html`<span>${note} </span>`)}</p>`;
  return html`<figure class="block" id="${id}">
${whole === null ? null : legendHtml(whole)}
<div class="panels${large}">${panels}</div>
<figcaption><div class="caption"><b>${name}.</b> ${caption} <span class="links">${fewSourceLinks(sources)}</span> <span class="files">${id}.svg, ${id}.pdf</span></div>${said}</figcaption>
</figure>`;
}

function legendHtml(series: readonly FigureSeries[]): Markup | null {
  if (series.length === 0) return null;
  return html`<ul class="legend">${series.map((line) => html`<li>${swatch(styleOf(line))}<span>${line.label}</span></li>`)}</ul>`;
}

function panelHtml({ panel, wide, narrow }: PanelDrawing, withLegend: boolean): Markup {
  const description = describePanel(panel);
  const both = narrow !== null;
  const small = both ? html`<div role="img" aria-label="${description}" class="drawing narrow">${trusted(narrow)}</div>` : null;
  const title = panel.title === null ? null : html`<p class="panel-title">${panel.title}</p>`;
  return html`<div class="panel">${title}${withLegend ? legendHtml(panel.series) : null}
<div role="img" aria-label="${description}" class="${both ? 'drawing wide' : 'drawing'}">${trusted(wide)}</div>${small}</div>`;
}
