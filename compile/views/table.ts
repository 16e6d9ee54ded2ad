import type { TableOf } from '../../plan/index.ts';
import type { Place } from '../diagnostics/source.ts';
import { textOfLeaf } from '../read/tree.ts';
import type { Leaf } from '../read/tree.ts';
import type { AskedTable, AskedView } from './asked.ts';
import type { ViewCellDraft } from './cell.ts';
import type { ViewLevel, ViewPosition } from './levels.ts';
import { publishedByName, wrongCount } from './mistakes.ts';
import { merged } from './selector.ts';
import type { ViewSelector } from './selector.ts';
import type { ViewScope } from './scope.ts';

interface TableParts {
  rows: ViewPosition[];
  columns: ViewPosition[];
  columnLevels: ViewLevel[];
  cellOf: (selector: ViewSelector, column: number) => ViewCellDraft;
  scope: ViewScope;
}

type TableBody = Pick<TableOf<ViewCellDraft>, 'form' | 'rowHeads' | 'columnHeads' | 'rows'>;

/** The cells of a table. Rows and columns that no cell of the sweeps has are left out, unless numbers were published for them. */
export function buildTable(shape: AskedTable, base: AskedView['base'], parts: TableParts): TableBody {
  const { rows, columns, columnLevels, cellOf } = parts;
  checkLengths(shape, parts);
  const printed = shape.published?.map((line) => textOfLeaf(line).split(/\s+/).filter(Boolean)) ?? null;
  const all = rows.map((row, index) => ({
    heads: row.heads,
    cells: columns.map((column, place) => {
      const cell = cellOf(merged([base, row.selector, column.selector]), place);
      const published = printed?.[index]?.[place] ?? '-';
      return published === '-' ? cell : { ...cell, published };
    }),
  }));
  const isThere = (cell: ViewCellDraft | undefined): boolean => cell !== undefined && !cell.isNone;
  const keptRows = all.filter(({ cells }) => printed !== null || cells.some(isThere));
  const places = columns.flatMap((_, place) => (printed !== null || all.some(({ cells }) => isThere(cells[place])) ? [place] : []));
  return {
    form: 'table',
    rowHeads: shape.heads?.map(textOfLeaf) ?? shape.rows.map((level) => ('by' in level ? level.by : '')),
    columnHeads: columnLevels.map((_, level) => places.map((place) => columns[place]?.heads[level] ?? '')),
    rows: keptRows.map(({ heads, cells }) => ({ heads, cells: places.flatMap((place) => cells[place] ?? []) })),
  };
}

function checkLengths({ rows: rowLevels, heads, published, places }: AskedTable, { rows, columns, columnLevels, scope }: TableParts): void {
  const { problems, isWhole } = scope;
  const count = (what: string, at: Place, { got, wanted, unit }: { got: number; wanted: number; unit: string }): void => {
    if (got !== wanted) problems.push(wrongCount(what, at, { expected: `${wanted}: one for each ${unit}`, got }));
  };
  if (heads) count('heads', places.heads, { got: heads.length, wanted: rowLevels.length, unit: 'level of rows' });
  for (const { selector } of rows) {
    const first: Leaf | undefined = selector.steps?.[0];
    if (selector.steps && first && isWhole)
      count('steps', first.at, { got: selector.steps.length, wanted: columns.length, unit: 'column' });
  }
  if (!published) return;
  if ([...rowLevels, ...columnLevels].some((level) => 'by' in level)) problems.push(publishedByName(places.published));
  else {
    count('published', places.published, { got: published.length, wanted: rows.length, unit: 'row' });
    for (const line of published) {
      const got = textOfLeaf(line).split(/\s+/).filter(Boolean).length;
      count('a line of published', line.at, { got, wanted: columns.length, unit: 'column' });
    }
  }
}
