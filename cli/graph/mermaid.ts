import type { Box, Drawing } from './model.ts';
import { statesText, styleNameOf, styleOf } from './style.ts';
import { fit, plainLine } from '../../text/index.ts';

/** A drawing as a Mermaid flow chart, as Markdown shows it in a block marked `mermaid`. */
export function mermaidOf(drawing: Drawing): string {
  const boxes = new Map(drawing.boxes.map((box) => [box.id, box]));
  const clustered = new Set(drawing.clusters.flat());
  const lines = [
    'flowchart TD',
    ...drawing.clusters.flatMap((ids, index) => [
      `  subgraph g${index}["streamed item by item"]`,
      ...ids.flatMap((id) => boxes.get(id) ?? []).map((box) => `    ${boxText(box)}`),
      '  end',
    ]),
    ...drawing.boxes.filter(({ id }) => !clustered.has(id)).map((box) => `  ${boxText(box)}`),
    ...drawing.arrows.map(({ from, to, artifact }) => `  ${from} -- "${escapedMermaid(artifact)}" --> ${to}`),
    ...styleLines(drawing),
    ...drawing.clusters.map((_, index) => `  style g${index} fill:none,stroke:#aaaaaa,stroke-dasharray:4 3`),
  ];
  return `${lines.join('\n')}\n`;
}

function boxText(box: Box): string {
  const parts = [box.step, box.kind, ...box.details, statesText(box)].filter((text) => text !== '');
  return `${box.id}["${parts.map((text) => escapedMermaid(fit(text, widest))).join('<br/>')}"]`;
}

const widest = 40;

/** A class for each style in use, with names that are not keywords of Mermaid. */
function styleLines({ boxes }: Drawing): string[] {
  return [...Map.groupBy(boxes, styleNameOf)].flatMap(([name, members]) => {
    const { fill, line, dash, width } = styleOf(name);
    const dashes = dash === 'solid' ? '' : `,stroke-dasharray:${dash === 'dashed' ? '5 3' : '1 3'}`;
    return [
      `  classDef is-${name} fill:${fill},stroke:${line},stroke-width:${width}px,color:#111111${dashes}`,
      `  class ${members.map(({ id }) => id).join(',')} is-${name}`,
    ];
  });
}

/** Text inside quotes: characters with a meaning in Mermaid or HTML are written as numbers. */
function escapedMermaid(text: string): string {
  return plainLine(text).replace(/["#$&<>`\\{}[\]|;]/g, (character) => `#${character.codePointAt(0)};`);
}
