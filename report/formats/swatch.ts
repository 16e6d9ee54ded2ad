import type { SeriesStyle } from '../document.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

/** The line and marker of a series, small, for legends and table rows. */
export function swatch({ colour, dash, marker, width, opacity }: SeriesStyle): Markup {
  return html`<svg class="swatch" width="30" height="12" viewBox="0 0 30 12" aria-hidden="true"><g opacity="${opacity}"><line x1="1" x2="29" y1="6" y2="6" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash.join(' ')}"/>${markerAt(marker, colour, width > 2 ? 4 : 2.8)}</g></svg>`;
}

function markerAt(marker: SeriesStyle['marker'], colour: string, r: number): Markup | null {
  const path = paths[marker](r);
  return path === '' ? null : html`<path transform="translate(15 6)" d="${path}" fill="${colour}"/>`;
}

const paths: { [marker in SeriesStyle['marker']]: (r: number) => string } = {
  circle: (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  square: (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}Z`,
  diamond: (r) => `M0 ${-1.25 * r}L${r} 0L0 ${1.25 * r}L${-r} 0Z`,
  'triangle-up': (r) => `M0 ${-1.1 * r}L${1.1 * r} ${r}L${-1.1 * r} ${r}Z`,
  cross: (r) => {
    const [on, back] = [(2 / 3) * r, (-2 / 3) * r];
    return `M${-r} ${-r / 3}h${on}v${back}h${on}v${on}h${on}v${on}h${back}v${on}h${back}v${back}h${back}Z`;
  },
  none: () => '',
};
