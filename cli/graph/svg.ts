import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { dotOf } from './dot.ts';
import type { Box, Drawing } from './model.ts';
import { escapedXml, fit, plainLine } from '../../text/index.ts';

/** A drawing as a self-contained SVG: no script, no external font. Equal drawings give equal bytes. */
export async function svgOf(drawing: Drawing): Promise<string> {
  const graphviz = await Graphviz.load();
  const drawn = graphviz.layout(dotOf(drawing), 'svg', 'dot');
  const boxes = new Map(drawing.boxes.map((box) => [box.id, box]));
  const groups = drawn
    .slice(drawn.indexOf('<svg'))
    .replace(/<!--[\s\S]*?-->\n?/g, '')
    .replace('<svg ', `<svg role="img" aria-label="${escapedSvg(`Pipeline ${drawing.name}`)}" `)
    .replace(/font-family="Helvetica[^"]*"/g, 'font-family="Helvetica, Arial, Liberation Sans, sans-serif"')
    .replace(/<g id="\w+" class="(node|edge|cluster)">[\s\S]*?<\/g>\n?/g, (group, kind: string) => finished(group, kind, boxes));
  return labelsOnTop(groups);
}

/** Graphviz measures with its own fonts; this adapts its drawing to the fonts of the viewer. */
function finished(group: string, kind: string, boxes: Map<string, Box>): string {
  if (kind === 'node') return centred(withTitle(group, boxes));
  if (kind === 'edge') return withTitle(group, boxes).replaceAll('<text ', `<text ${halo} `);
  return group.replace(/<title>[\s\S]*?<\/title>\n?/, '').replaceAll('<text ', `<text class="label" ${halo} `);
}

/** Keeps a label apart from the lines that run behind it. */
const halo = 'stroke="white" stroke-width="3" paint-order="stroke"';

/** Titles, which a viewer shows under the pointer and a screen reader reads, use the pipeline's words. */
function withTitle(group: string, boxes: Map<string, Box>): string {
  return group.replace(/<title>(n\d+)(?:&#45;&gt;(n\d+))?<\/title>/, (_, from: string, to: string | undefined) => {
    const title = to === undefined ? titleOfBox(boxes.get(from)) : `${titleOfBox(boxes.get(from))} → ${titleOfBox(boxes.get(to))}`;
    return `<title>${escapedSvg(title)}</title>`;
  });
}

/** Graphviz places the start of a line as for Helvetica; its middle is right in any font. */
function centred(group: string): string {
  const outline = /<(?:path|polygon)[^>]* (?:d|points)="([^"]*)"/.exec(group)?.[1] ?? '';
  const across = [...outline.matchAll(/(-?[\d.]+),-?[\d.]+/g)].map(([, x]) => Number(x));
  const middle = ((Math.min(...across) + Math.max(...across)) / 2).toFixed(2);
  return group.replace(/text-anchor="start" x="[^"]*"/g, `text-anchor="middle" x="${middle}"`);
}

/** Arrows are drawn over the clusters; the labels of clusters are drawn last. */
function labelsOnTop(svg: string): string {
  const labels = svg.match(clusterLabel) ?? [];
  const end = svg.lastIndexOf('</g>');
  const rest = svg.slice(0, end).replace(clusterLabel, '');
  return `${rest}${labels.join('')}${svg.slice(end)}`;
}

const clusterLabel = /<text class="label"[\s\S]*?<\/text>\n?/g;

function titleOfBox(box: Box | undefined): string {
  if (!box) return '';
  return fit(box.details.length === 0 ? box.step : `${box.step} (${box.details.join(', ')})`, 200);
}

/** Text inside XML and its attributes. */
function escapedSvg(text: string): string {
  return escapedXml(plainLine(text));
}
