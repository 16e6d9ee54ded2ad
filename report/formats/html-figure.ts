import type { Figure, Panel } from '../document.ts';
import { sourceLinks } from './html-table.ts';
import type { Markup } from './markup.ts';
import { html, trusted } from './markup.ts';
import { swatch } from './swatch.ts';

/** Panels side by side where there is room, the legend as text that wraps, the caption below. */
export function figureHtml({ id, name, caption, legend, panels, sources }: Figure): Markup {
  const key = legend.map(({ label, style }) => html`<li>${swatch(style)}<span>${label}</span></li>`);
  return html`<figure class="block" id="${id}">
${legend.length > 0 ? html`<ul class="legend">${key}</ul>` : null}
<div class="panels${panels.some(({ narrow }) => narrow !== null) ? ' large' : ''}">${panels.map(panelHtml)}</div>
<figcaption class="caption"><b>${name}.</b> ${caption} <span class="from">${sourceLinks(sources)}</span></figcaption>
</figure>`;
}

function panelHtml({ title, description, wide, narrow }: Panel): Markup {
  const both = narrow !== null;
  const small = both ? html`<div role="img" aria-label="${description}" class="narrow">${trusted(narrow)}</div>` : null;
  return html`<div class="panel">${title === null ? null : html`<p class="panel-title">${title}</p>`}
<div role="img" aria-label="${description}"${trusted(both ? ' class="wide"' : '')}>${trusted(wide)}</div>${small}</div>`;
}
