import type { SeriesStyle } from '../figures/series.ts';
import { swatchSvg } from '../figures/swatch.ts';
import type { Markup } from './markup.ts';
import { html, trusted } from './markup.ts';

/** The line and marker of a series, small, for legends and rows of tables. */
export function swatch(style: SeriesStyle): Markup {
  const drawing = trusted(swatchSvg(style));
  return html`<svg class="swatch" width="30" height="12" viewBox="0 0 30 12" aria-hidden="true">${drawing}</svg>`;
}
