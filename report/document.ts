import type { ReportFigure, ReportTable, ShownEstimate, TableCell, TableColumn, TableRow } from '../schemas/index.ts';

/** A table or a figure. */
export type ReportBlock = ReportTable | ReportFigure;

export const text = (value: string): TableCell => ({ cell: 'text', text: value });
export const count = (value: number | null): TableCell => ({ cell: 'count', value });
export const number = (value: number | null, digits = 3): TableCell => ({ cell: 'number', value, digits });
export const signedNumber = (value: number | null): TableCell => ({ cell: 'number', value, digits: 3, signed: true });

type EstimateCell = Extract<TableCell, { cell: 'estimate' }>;

/** A number with its interval; of an estimate that knows more, what a report shows of it is taken. */
export function estimated(shown: ShownEstimate, options: Omit<EstimateCell, 'cell' | 'estimate'> = {}): EstimateCell {
  const { value, interval, n, clusters, seeds, target, method } = shown;
  const more = { ...(clusters !== undefined && { clusters }), ...(seeds && { seeds }), ...(target && { target }) };
  return { cell: 'estimate', estimate: { value, interval, n, ...more, method }, ...options };
}

/** A column under one heading, or under one of several levels. */
export function column(heads: string | string[], align: TableColumn['align'] = 'right'): TableColumn {
  return { heads: typeof heads === 'string' ? [heads] : heads, align };
}

export function row(cells: TableCell[], options: Partial<Omit<TableRow, 'cells'>> = {}): TableRow {
  return { cells, sources: [], tone: 'plain', ...options };
}

/** A table of the report's own; its name is given where all blocks are known. */
export function detailTable(table: Pick<ReportTable, 'id' | 'caption' | 'columns' | 'groups'> & Partial<ReportTable>): ReportTable {
  return { block: 'table', name: '', view: null, rowHeads: 1, notes: [], ...table };
}

/** More rows than this are shown on demand, and intervals are drawn for at most so many. */
const [LONG, MOST_DRAWN] = [16, 120];

/** Folded where it is long. */
export function foldedIfLong(table: ReportTable): ReportTable {
  const rows = table.groups.reduce((sum, group) => sum + group.rows.length, 0);
  if (rows <= LONG) return table;
  const columns = rows <= MOST_DRAWN ? table.columns : table.columns.map(({ scale: _scale, ...plain }) => plain);
  return { ...table, columns, folded: true };
}

/** The best of several models in each column of estimates is marked; ties are all the best. */
export function withBest(rows: readonly TableRow[]): TableRow[] {
  const models = rows.filter(({ tone }) => tone === 'model');
  if (models.length < 2) return [...rows];
  const valueAt = ({ cells }: TableRow, index: number): number => {
    const cell = cells[index];
    return cell?.cell === 'estimate' ? (cell.estimate.value ?? -Infinity) : -Infinity;
  };
  const best = (models[0]?.cells ?? []).map((_, index) => Math.max(...models.map((each) => valueAt(each, index))));
  return rows.map((each) =>
    each.tone === 'model'
      ? { ...each, cells: each.cells.map((cell, index) => marked(cell, valueAt(each, index) === best[index])) }
      : each,
  );
}

function marked(cell: TableCell, isBest: boolean): TableCell {
  return isBest && cell.cell === 'estimate' && cell.estimate.value !== null ? { ...cell, best: true } : cell;
}
