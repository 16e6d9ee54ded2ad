import type { ViewCell, ViewTable } from '../../ports/report.ts';
import type { ReportTable, TableCell, TableRow } from '../../schemas/index.ts';
import { column, estimated, row, text } from '../document.ts';
import { grouped } from '../numbers.ts';

/** A declared table: rows under their heads, cells with intervals, and below it what the numbers rest on. */
export function viewTable(view: ViewTable): ReportTable {
  const { name, label, title, footnotes, folded, rowHeads, columnHeads, rows } = view;
  const sizes = sizeNotes(view);
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length), ...columnHeads.map((heads) => heads.length));
  const headsAt = (index: number): string[] => columnHeads.map((heads) => heads[index] ?? '');
  const blank = columnHeads.slice(1).map(() => '');
  return {
    block: 'table',
    id: name,
    name: label,
    view: name,
    caption: title,
    rowHeads: rowHeads.length,
    columns: [
      ...rowHeads.map((head) => column([...blank, head], 'left')),
      ...Array.from({ length: width }, (_, index) => column(headsAt(index))),
    ],
    groups: groupsOf(rows, sizes === null).map((own) => ({ heading: null, rows: own })),
    notes: [folded, ...(sizes ?? []), ...boldNote(view), ...publishedNote(view), ...footnotes].filter((note) => note !== ''),
  };
}

/** Rows with the same first head are a group, where rows have several heads. */
function groupsOf(rows: ViewTable['rows'], showN: boolean): TableRow[][] {
  const groups: TableRow[][] = [];
  let before: string | undefined;
  for (const { heads, cells } of rows) {
    const made = row([...heads.map(text), ...cells.map((cell) => viewCell(cell, showN))], { tone: 'model' });
    const [first] = heads;
    const last = groups.at(-1);
    if (last && (heads.length < 2 || first === before)) last.push(made);
    else groups.push([made]);
    before = first;
  }
  return groups;
}

/** A cell of a declared table. */
export function viewCell(cell: ViewCell, showN: boolean): TableCell {
  const { text: said, published, best, reason, sources } = cell;
  const more = {
    ...(published !== undefined && { published }),
    ...(best === true && { best }),
    ...(reason !== undefined && { reason }),
    ...(sources.length > 0 && { sources }),
  };
  if (said !== undefined) return { ...text(said), ...more };
  const isShown = showN && cell.value !== null;
  return estimated(shownOf(cell), { ...more, ...(isShown && { showN: true }) });
}

/** What a cell of a view says, as an estimate. */
export function shownOf({ value, interval, n, clusters, seeds, target }: ViewCell) {
  return { value, interval, n, ...(clusters !== undefined && { clusters }), seeds, target, method: target };
}

/** How many items the numbers rest on, said once where a table or each of its columns has one answer; else null. */
function sizeNotes({ columnHeads, rows }: ViewTable): string[] | null {
  const all = rows.flatMap(({ cells }) => cells.map(sizeOf).filter((size) => size !== null));
  if (all.length === 0) return [];
  const [only = '', ...others] = new Set(all);
  if (others.length === 0) return [`n = ${only} in every cell.`];
  const width = Math.max(...rows.map(({ cells }) => cells.length));
  const columns = Array.from({ length: width }, (_, index) => {
    const sizes = new Set(rows.flatMap(({ cells }) => (cells[index] ? (sizeOf(cells[index]) ?? []) : [])));
    return { head: columnHeads.map((heads) => heads[index] ?? '').filter((head) => head !== '').join(' '), sizes: [...sizes] };
  });
  if (columns.some(({ sizes }) => sizes.length > 1)) return null;
  return [`n: ${columns.flatMap(({ head, sizes: [size] }) => (size === undefined ? [] : [`${size} (${head})`])).join(', ')}.`];
}

function sizeOf({ value, text: said, n, clusters }: ViewCell): string | null {
  if (value === null || said !== undefined) return null;
  return clusters === undefined ? grouped(n) : `${grouped(n)} in ${grouped(clusters)} clusters`;
}

function boldNote({ rows }: ViewTable): string[] {
  return rows.some(({ cells }) => cells.some(({ best }) => best)) ? ['Bold: the best of a column in its group of rows.'] : [];
}

function publishedNote({ rows }: ViewTable): string[] {
  const has = rows.some(({ cells }) => cells.some(({ published }) => published !== undefined));
  return has ? ['publ.: the value as it was published.'] : [];
}
