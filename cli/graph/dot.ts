import type { Box, Drawing } from './model.ts';
import { statesText, styleNameOf, styleOf } from './style.ts';
import { escapedXml, fit, plainLine } from '../../text/index.ts';

/** A drawing in Graphviz's language. */
export function dotOf(drawing: Drawing): string {
  const boxes = new Map(drawing.boxes.map((box) => [box.id, box]));
  const clustered = new Set(drawing.clusters.flat());
  const lines = [
    `digraph ${quotedDot(drawing.name)} {`,
    '  graph [rankdir=TB, bgcolor=white, fontname=Helvetica, fontsize=9, fontcolor="#555555", nodesep=0.28, ranksep=0.42, pad=0.15]',
    '  node [shape=box, style="rounded,filled", fontname=Helvetica, fontsize=11, margin="0.18,0.07", height=0.3]',
    '  edge [fontname=Helvetica, fontsize=8, fontcolor="#555555", color="#777777", arrowsize=0.6, penwidth=0.8]',
    ...drawing.clusters.flatMap((ids, index) => clusterLines(ids, index, boxes)),
    ...drawing.boxes.filter(({ id }) => !clustered.has(id)).map((box) => `  ${boxLine(box)}`),
    ...drawing.arrows.map(
      ({ from, to, artifact }) =>
        `  ${from} -> ${to} [label=${quotedDot(` ${artifact} `)}${boxes.get(to)?.family === 'report' ? ', color="#b5b5b5"' : ''}]`,
    ),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function clusterLines(ids: string[], index: number, boxes: Map<string, Box>): string[] {
  const own = ids.flatMap((id) => boxes.get(id) ?? []);
  return [
    `  subgraph cluster_${index} {`,
    '    graph [label="streamed item by item", labeljust=l, style="rounded,dashed", color="#aaaaaa", margin=10]',
    ...own.map((box) => `    ${boxLine(box)}`),
    '  }',
  ];
}

function boxLine(box: Box): string {
  const { fill, line, dash, width } = styleOf(styleNameOf(box));
  return `${box.id} [label=<${labelOfBox(box)}>, fillcolor="${fill}", color="${line}", penwidth=${width}, style="rounded,filled,${dash}"]`;
}

/** The step in bold, then its kind, its distinguishing values and its state. */
function labelOfBox(box: Box): string {
  const small = (text: string): string =>
    text === '' ? '' : `<BR/><FONT POINT-SIZE="8.5" COLOR="#444444">${escapedLabel(fit(text, widest))}</FONT>`;
  return `<B>${escapedLabel(box.step)}</B>${[box.kind, ...box.details, statesText(box)].map(small).join('')}`;
}

const widest = 40;

function quotedDot(text: string): string {
  return `"${plainLine(text).replace(/[\\"]/g, String.raw`\$&`)}"`;
}

/** Text inside an HTML-like label. */
function escapedLabel(text: string): string {
  return escapedXml(plainLine(text));
}
