import type { SeriesStyle } from './series.ts';

/** The line and marker of a series, small, as a part of a drawing 30 wide and 12 high. */
export function swatchSvg({ colour, dash, marker, width, opacity }: SeriesStyle): string {
  const dashes = dash.length === 0 ? 'none' : dash.join(' ');
  const line = `<line x1="1" x2="29" y1="6" y2="6" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dashes}"/>`;
  const path = paths[marker](width > 2 ? 4 : 2.8);
  return `<g opacity="${opacity}">${line}${path === '' ? '' : `<path transform="translate(15 6)" d="${path}" fill="${colour}"/>`}</g>`;
}

const paths: { [marker in SeriesStyle['marker']]: (r: number) => string } = {
  circle: (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  square: (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}Z`,
  diamond: (r) => `M0 ${-1.25 * r}L${r} 0L0 ${1.25 * r}L${-r} 0Z`,
  'triangle-up': (r) => `M0 ${-1.1 * r}L${1.1 * r} ${r}L${-1.1 * r} ${r}Z`,
  'triangle-down': (r) => `M0 ${1.1 * r}L${1.1 * r} ${-r}L${-1.1 * r} ${-r}Z`,
  cross: (r) => {
    const [on, back] = [(2 / 3) * r, (-2 / 3) * r];
    return `M${-r} ${-r / 3}h${on}v${back}h${on}v${on}h${on}v${on}h${back}v${on}h${back}v${back}h${back}Z`;
  },
  none: () => '',
};
