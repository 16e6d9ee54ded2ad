import type { TableCell, Column, TableRow, ShownEstimate, Table } from '../document.ts';
import { modelStyle } from '../figures/series.ts';
import { plainCell } from './plain-cell.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';
import { swatch } from './swatch.ts';

/** A table under its caption; folded ones open on demand and on paper. */
export function tableHtml(table: Table): Markup {
  const { id, name, caption, notes, folded } = table;
  const body = html`<div class="scroll" tabindex="0" role="region" aria-label="${name}">${grid(table)}</div>
${notes.length > 0 ? html`<p class="notes">${notes.map((note) => html`<span>${note} </span>`)}</p>` : null}`;
  const title = html`<b>${name}.</b> ${caption}`;
  return folded
    ? html`<details class="block" id="${id}"><summary class="caption">${title}</summary>${body}</details>`
    : html`<div class="block" id="${id}"><p class="caption">${title}</p>${body}</div>`;
}

/** `[1] [2]`, leading to the provenance. */
export function sourceLinks(sources: readonly number[]): Markup[] {
  return sources.map(
    (source) => html`<a class="source" href="#source-${source + 1}" aria-label="source ${source + 1}">[${source + 1}]</a>`,
  );
}

function grid({ name, columns, groups }: Table): Markup {
  const head = columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.label}</th>`);
  return html`<table aria-label="${name}">
<thead><tr>${head}<th scope="col" class="from">From</th></tr></thead>
${groups.map(
  ({
    heading,
    rows,
  }) => html`<tbody>${heading === null ? null : html`<tr class="group"><th scope="colgroup" colspan="${columns.length + 1}">${heading}</th></tr>`}
${rows.map((row) => rowHtml(row, columns))}</tbody>
`,
)}</table>`;
}

function rowHtml(row: TableRow, columns: readonly Column[]): Markup {
  const cells = row.cells.map((cell, index) => cellHtml({ cell, row, column: columns[index], first: index === 0 }));
  return html`<tr class="${row.tone}">${cells}<td class="from">${sourceLinks(row.sources)}</td></tr>
`;
}

function classOf({ align, scale }: Column): string {
  return scale ? 'drawn' : align;
}

function cellHtml({ cell, row, column, first }: { cell: TableCell; row: TableRow; column: Column | undefined; first: boolean }): Markup {
  const kind = column ? classOf(column) : 'left';
  if (cell.cell === 'drawn')
    return html`<td class="${kind}">${column?.scale ? drawn({ shown: cell.estimate, scale: column.scale, row }) : null}</td>`;
  const plain = plainCell(cell);
  const mark = first && row.series !== undefined ? swatch(modelStyle(row.series)) : null;
  const content = html`${mark}<span class="value">${plain?.main ?? ''}</span>${extra('interval', plain?.interval)}${extra('remark', plain?.remark)}`;
  const classes = [kind, ...(cell.cell === 'estimate' ? ['estimate'] : []), ...((plain?.main.length ?? 0) <= 28 ? ['short'] : [])].join(
    ' ',
  );
  return first ? html`<th scope="row" class="${classes}">${content}</th>` : html`<td class="${classes}">${content}</td>`;
}

function extra(kind: string, value: string | undefined): Markup | null {
  return value ? html` <span class="${kind}">${value}</span>` : null;
}

const WIDTH = 190;

/** The interval as a bar with the value on it, over a mark at the reference. */
function drawn({ shown, scale, row }: { shown: ShownEstimate; scale: NonNullable<Column['scale']>; row: TableRow }): Markup | null {
  const { value, interval } = shown;
  if (value === null) return null;
  const place = (at: number): string =>
    (6 + ((Math.min(scale.high, Math.max(scale.low, at)) - scale.low) / (scale.high - scale.low)) * (WIDTH - 12)).toFixed(1);
  const colour = row.tone === 'baseline' || row.series === undefined ? 'currentColor' : modelStyle(row.series).colour;
  const radius = row.tone === 'baseline' ? 2.6 : 3.8;
  const [low, high] = interval ?? [value, value];
  const width = row.tone === 'baseline' ? 1.5 : 2.5;
  const axis = html`<line class="scale" x1="6" x2="${WIDTH - 6}" y1="8" y2="8"/>`;
  const reference = html`<line class="reference" x1="${place(scale.reference)}" x2="${place(scale.reference)}" y1="1" y2="15"/>`;
  const range = html`<line x1="${place(low)}" x2="${place(high)}" y1="8" y2="8" stroke-width="${width}" stroke-linecap="round"/>`;
  const point = html`<circle cx="${place(value)}" cy="8" r="${radius}" stroke="none"/>`;
  const head = html`<svg class="range" width="${WIDTH}" height="16" viewBox="0 0 ${WIDTH} 16" aria-hidden="true" stroke="${colour}" fill="${colour}">`;
  return html`${head}${axis}${reference}${range}${point}</svg>`;
}
