import type { ReportTable, ShownEstimate, TableCell, TableColumn, TableRow } from '../../schemas/index.ts';
import { modelStyle } from '../figures/series.ts';
import { plainCell } from './plain-cell.ts';
import type { PlainCell } from './plain-cell.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';
import { reasonsOf } from './reasons.ts';
import { sourceLink, sourceLinks } from './html-sources.ts';
import { swatch } from './swatch.ts';

/** A table under its caption; a folded one opens on demand and on paper. */
export function tableHtml(table: ReportTable): Markup {
  const { id, name, caption, folded } = table;
  const reasons = reasonsOf(table);
  const title = html`<b>${name}.</b> ${caption}`;
  const notes = notesHtml(table, reasons);
  const body = html`<div class="scroll" tabindex="0" role="region" aria-label="${name}">${grid(table, reasons)}</div>${notes}`;
  return folded
    ? html`<details class="block" id="${id}"><summary class="caption">${title}</summary>${body}</details>`
    : html`<div class="block" id="${id}">${body}</div>`;
}

function notesHtml({ notes }: ReportTable, reasons: ReadonlyMap<string, string>): Markup | null {
  const marked = [...reasons].map(([reason, mark]) => html`<span><sup>${mark}</sup> ${reason} </span>`);
  const said = [...notes.map((note) => html`<span>${note} </span>`), ...marked];
  return said.length === 0 ? null : html`<p class="notes">${said}</p>`;
}

/** Columns as they are on the page: an estimate that is also drawn takes two. */
interface ShownColumn extends TableColumn {
  index: number;
  isDrawn: boolean;
}

function shownColumns(columns: readonly TableColumn[]): ShownColumn[] {
  return columns.flatMap((column, index) => {
    const shown = { ...column, index, isDrawn: false };
    const { scale } = column;
    return scale ? [shown, { ...column, heads: [...column.heads.slice(0, -1), scale.label], index, isDrawn: true }] : [shown];
  });
}

function grid(table: ReportTable, reasons: ReadonlyMap<string, string>): Markup {
  const { name, caption, groups, rowHeads, folded } = table;
  const columns = shownColumns(table.columns);
  const hasSources = groups.some(({ rows }) => rows.some(({ sources }) => sources.length > 0));
  const width = columns.length + (hasSources ? 1 : 0);
  const title = folded ? html`<caption class="hidden">${name}</caption>` : html`<caption><span class="caption"><b>${name}.</b> ${caption}</span></caption>`;
  const bodies = groups.map(({ heading, rows }) => {
    const head = heading === null ? null : html`<tr class="group"><th scope="rowgroup" class="first" colspan="${width}">${heading}</th></tr>`;
    const spans = spansOf(rows, rowHeads);
    const lines = rows.map((row, index) => rowHtml(row, { columns, spans: spans[index] ?? [], reasons, rowHeads, hasSources }));
    return html`<tbody>${head}${lines}</tbody>\n`;
  });
  return html`<table>${title}<thead>${headRows(columns, hasSources)}</thead>\n${bodies}</table>`;
}

/** Levels of headings; equal neighbours under one heading are one, and a heading without others above it reaches down. */
function headRows(columns: readonly ShownColumn[], hasSources: boolean): Markup[] {
  const levels = Math.max(1, ...columns.map(({ heads }) => heads.length));
  return Array.from({ length: levels }, (_, level) => {
    const cells: Markup[] = [];
    for (let from = 0; from < columns.length; ) {
      const column = columns[from];
      let to = from + 1;
      while (level < levels - 1 && to < columns.length && isSameHead(column, columns[to], level)) to += 1;
      if (column) cells.push(...headCell(column, { level, levels, span: to - from }));
      from = to;
    }
    const source = hasSources && level === 0 ? html`<th scope="col" class="from"${attribute('rowspan', levels)}>From</th>` : null;
    return html`<tr>${cells}${source}</tr>`;
  });
}

function isSameHead(one: ShownColumn | undefined, other: ShownColumn | undefined, level: number): boolean {
  const upTo = (column: ShownColumn | undefined): string => JSON.stringify(column?.heads.slice(0, level + 1));
  return one?.heads[level] !== '' && upTo(one) === upTo(other);
}

/** A head, or nothing where one from above reaches down. */
function headCell(column: ShownColumn, { level, levels, span }: { level: number; levels: number; span: number }): Markup[] {
  const blank = column.heads.findIndex((head) => head !== '');
  const reachesDown = blank === levels - 1 && levels > 1;
  if (reachesDown && level > 0) return [];
  const words = reachesDown ? (column.heads[blank] ?? '') : (column.heads[level] ?? '');
  const isLast = level === levels - 1;
  const scope = isLast || reachesDown ? 'col' : 'colgroup';
  const kind = `${classOf(column)}${isLast || reachesDown ? '' : ' over'}`;
  return [html`<th scope="${scope}" class="${kind}"${attribute('colspan', span)}${attribute('rowspan', reachesDown ? levels : 1)}>${words}</th>`];
}

function attribute(name: 'colspan' | 'rowspan', value: number): Markup | null {
  if (value === 1) return null;
  return name === 'colspan' ? html` colspan="${value}"` : html` rowspan="${value}"`;
}

/** For each row the rows that its heads reach over; 0 where the head of a row above does. The last head stands alone. */
function spansOf(rows: readonly TableRow[], rowHeads: number): number[][] {
  const headsOf = ({ cells }: TableRow, upTo: number): string =>
    JSON.stringify(cells.slice(0, upTo + 1).map((cell) => (cell.cell === 'text' ? cell.text : null)));
  return rows.map((row, index) =>
    Array.from({ length: rowHeads }, (_, head) => {
      if (head === rowHeads - 1) return 1;
      const own = headsOf(row, head);
      const above = rows[index - 1];
      if (above && headsOf(above, head) === own) return 0;
      let span = 1;
      for (let next = rows[index + span]; next && headsOf(next, head) === own; next = rows[index + span]) span += 1;
      return span;
    }),
  );
}

interface RowContext {
  columns: readonly ShownColumn[];
  spans: readonly number[];
  reasons: ReadonlyMap<string, string>;
  rowHeads: number;
  hasSources: boolean;
}

function rowHtml(row: TableRow, { columns, spans, reasons, rowHeads, hasSources }: RowContext): Markup {
  const cells = columns.map((column) => {
    const cell = row.cells[column.index];
    if (!cell) return html`<td></td>`;
    if (column.isDrawn) return drawnCell(cell, column, row);
    if (column.index < rowHeads) return headOfRow(cell, row, { column, span: spans[column.index] ?? 1 });
    return html`<td class="${classesOf(cell, column)}">${contentOf(plainCell(cell), reasons)}</td>`;
  });
  const sources = hasSources ? html`<td class="from">${sourceLinks(row.sources)}</td>` : null;
  return html`<tr class="${row.tone}">${cells}${sources}</tr>\n`;
}

function headOfRow(cell: TableCell, row: TableRow, { column, span }: { column: ShownColumn; span: number }): Markup | null {
  if (span === 0) return null;
  const mark = column.index === 0 && row.series !== undefined ? swatch(modelStyle(row.series)) : null;
  const scope = span === 1 ? 'row' : 'rowgroup';
  const words = plainCell(cell).main;
  return html`<th scope="${scope}" class="${classesOf(cell, column)}"${attribute('rowspan', span)}>${mark}<span class="value">${words}</span></th>`;
}

function contentOf({ main, interval, remarks, best, sources, reason }: PlainCell, reasons: ReadonlyMap<string, string>): Markup {
  const mark = reason === null ? null : html`<sup>${reasons.get(reason) ?? ''}</sup>`;
  const value = html`<span class="${best ? 'value best' : 'value'}">${sourceLink(sources, main)}${mark}</span>`;
  const more = remarks.map((remark) => html` <span class="remark">${remark}</span>`);
  return html`${value}${interval === '' ? null : html` <span class="interval">${interval}</span>`}${more}`;
}

function classOf({ align, isDrawn, index }: ShownColumn): string {
  return `${isDrawn ? 'drawn' : align}${index === 0 ? ' first' : ''}`;
}

/** Short texts stay on one line. */
const SHORT = 28;

function classesOf(cell: TableCell, column: ShownColumn): string {
  const isShort = plainCell(cell).main.length <= SHORT;
  return [classOf(column), ...(cell.cell === 'estimate' ? ['estimate'] : []), ...(isShort ? ['short'] : [])].join(' ');
}

function drawnCell(cell: TableCell, column: ShownColumn, row: TableRow): Markup {
  const drawing = cell.cell === 'estimate' && column.scale ? drawn({ shown: cell.estimate, scale: column.scale, row }) : null;
  return html`<td class="drawn">${drawing}</td>`;
}

const WIDTH = 190;

/** The interval as a bar with the value on it, over a mark at the reference. */
function drawn({ shown, scale, row }: { shown: ShownEstimate; scale: NonNullable<TableColumn['scale']>; row: TableRow }): Markup | null {
  const { value, interval } = shown;
  if (value === null) return null;
  const place = (at: number): string =>
    (6 + ((Math.min(scale.high, Math.max(scale.low, at)) - scale.low) / (scale.high - scale.low)) * (WIDTH - 12)).toFixed(1);
  const isBaseline = row.tone === 'baseline';
  const colour = isBaseline || row.series === undefined ? 'currentColor' : modelStyle(row.series).colour;
  const [low, high] = interval ?? [value, value];
  const axis = html`<line class="scale" x1="6" x2="${WIDTH - 6}" y1="8" y2="8"/>`;
  const reference = html`<line class="reference" x1="${place(scale.reference)}" x2="${place(scale.reference)}" y1="1" y2="15"/>`;
  const range = html`<line x1="${place(low)}" x2="${place(high)}" y1="8" y2="8" stroke-width="${isBaseline ? 1.5 : 2.5}" stroke-linecap="round"/>`;
  const point = html`<circle cx="${place(value)}" cy="8" r="${isBaseline ? 2.6 : 3.8}" stroke="none"/>`;
  const head = html`<svg class="range" width="${WIDTH}" height="16" viewBox="0 0 ${WIDTH} 16" aria-hidden="true" stroke="${colour}" fill="${colour}">`;
  return html`${head}${axis}${reference}${range}${point}</svg>`;
}
