import type { ReportFigure } from '../../schemas/index.ts';
import { escapedXml } from '../../text/index.ts';
import { legendsOf } from './drawings.ts';
import type { PanelDrawing } from './drawings.ts';
import { styleOf } from './series.ts';
import { swatchSvg } from './swatch.ts';

/** Ink of figures that stand alone, on white paper. */
const INK = '#202124';
const FONT = 'DejaVu Sans, Verdana, Arial, sans-serif';
const TITLE = 22;
const LINE = 20;
const GAP = 16;

interface DrawnBox {
  width: number;
  height: number;
  svg: string;
}

/** A figure as one SVG that stands alone: its panels in at most two columns, below them or in each its legend. */
export function figureSvg(figure: ReportFigure, drawings: readonly PanelDrawing[]): string {
  const { whole } = legendsOf(figure);
  const boxes = drawings.map((drawing) => panelBox(drawing, whole === null));
  const columns = Math.min(2, boxes.length);
  const width = Math.max(1, ...boxes.map((box) => box.width)) * Math.max(1, columns) + GAP * Math.max(0, columns - 1);
  const parts: string[] = [];
  let top = 0;
  for (let index = 0; index < boxes.length; index += columns) {
    const line = boxes.slice(index, index + columns);
    line.forEach((box, place) => parts.push(at(place * (box.width + GAP), top, box.svg)));
    top += Math.max(...line.map(({ height }) => height)) + GAP;
  }
  const legend = legendBox(whole ?? [], width);
  parts.push(at(0, top, legend.svg));
  const height = Math.ceil(top + legend.height);
  const size = `width="${Math.ceil(width)}" height="${height}" viewBox="0 0 ${Math.ceil(width)} ${height}"`;
  const body = parts.join('').replaceAll('currentColor', INK).replaceAll('font-family="ui-sans-serif, system-ui, sans-serif"', `font-family="${FONT}"`);
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}">${body}</svg>\n`;
}

function panelBox({ panel, wide }: PanelDrawing, withLegend: boolean): DrawnBox {
  const [, width = 0, height = 0] = /<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/u.exec(wide)?.map(Number) ?? [];
  const top = panel.title === null ? 0 : TITLE;
  const title = panel.title === null ? '' : label(6, 15, panel.title, 13, ' font-weight="bold"');
  const legend = withLegend ? legendBox(panel.series, width) : { height: 0, svg: '' };
  return { width, height: top + height + legend.height, svg: `${title}${at(0, top, wide)}${at(0, top + height, legend.svg)}` };
}

/** Lines of a legend, as many beside each other as fit; widths of texts are estimated. */
function legendBox(series: ReportFigure['panels'][number]['series'], width: number): { height: number; svg: string } {
  const parts: string[] = [];
  let [left, top] = [6, 0];
  for (const line of series) {
    const need = 44 + line.label.length * 7.2;
    if (left > 6 && left + need > width) [left, top] = [6, top + LINE];
    parts.push(at(left, top + 2, swatchSvg(styleOf(line))), label(left + 36, top + 13, line.label, 12, ''));
    left += need;
  }
  return { height: series.length === 0 ? 0 : top + LINE + 4, svg: parts.join('') };
}

function label(x: number, y: number, text: string, size: number, more: string): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${INK}"${more}>${escapedXml(text)}</text>`;
}

function at(x: number, y: number, svg: string): string {
  return svg === '' ? '' : `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)})">${svg}</g>`;
}
