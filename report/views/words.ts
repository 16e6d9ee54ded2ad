import type { ViewCell, ViewTable } from '../../ports/report.ts';
import { leastDetectable } from '../../stats/index.ts';

/** How the cells of a view were folded over seeds, and what their intervals speak about; empty where no cell has a number. */
export function foldedWords(cells: ViewCell[], once: string[]): string {
  const measured = cells.filter(({ value, text }) => value !== null && text === undefined);
  const counts = countsOf(measured);
  const most = counts.at(-1) ?? 0;
  if (most === 0) return '';
  if (most === 1) return 'One result a cell: the intervals speak of these models on such items, not of the method.';
  const isMethod = measured.some(({ target }) => target === 'method');
  const about = isMethod
    ? 'the intervals take in both items and seeds, and speak of the method'
    : 'the intervals take in items alone, and speak of these models';
  const were = `${listed(once)} ${once.length === 1 ? 'was' : 'were'} trained once`;
  const fixed = once.length === 0 ? '' : ` ${were}: no interval covers what its seed decides.`;
  return `Mean of ${listed(counts)} seeds a cell; ${about}.${fixed}`;
}

/** How the statistics of pairs in a view were folded over seeds; empty where none is of several. */
export function countedWords(cells: ViewCell[]): string {
  const counts = countsOf(cells.filter(({ value, text }) => value !== null && text !== undefined));
  return (counts.at(-1) ?? 0) > 1 ? `Pairs and tokens are the mean of ${listed(counts)} seeds, lengths that of all their pairs.` : '';
}

/** How many results cells have, ascending. */
function countsOf(cells: ViewCell[]): number[] {
  return [...new Set(cells.map(({ sources }) => sources.length))].toSorted((a, b) => a - b);
}

/**
 * Which difference between two cells of a column its intervals can show, the middle one of each column; empty where no column
 * has two of them.
 */
export function leastWords({ columnHeads, rows }: Pick<ViewTable, 'columnHeads' | 'rows'>): string {
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const columns = Array.from({ length: width }, (_, index) => {
    const least = leastOf(rows.map(({ cells }) => cells[index]));
    const head = columnHeads.map((heads) => heads[index] ?? '').filter((each) => each !== '').join(' ');
    return least === null ? [] : [{ head, least }];
  }).flat();
  const able = columns.filter(({ least }) => least < 1);
  const amounts = [...new Set(able.map(({ least }) => least.toFixed(3)))].toSorted();
  const [first] = amounts;
  if (columns.length === 0) return '';
  if (first === undefined) return tooFew('The columns');
  const others = able.length < columns.length ? ` ${tooFew('The other columns')}` : '';
  const each = able.map(({ head, least }) => `${least.toFixed(3)} (${head})`);
  const many = each.length > MOST_COLUMNS ? `${first} to ${amounts.at(-1)}, by column,` : listed(each);
  const by = amounts.length === 1 ? first : many;
  return `Two cells of a column that rest on different items would have to differ by ${by} for this to show in four of five cases; on the same items less is enough.${others}`;
}

function tooFew(columns: string): string {
  return `${columns} rest on too few items for any difference between two cells on different items to show.`;
}

/** Columns that the least difference is said for one by one. */
const MOST_COLUMNS = 6;

/** The middle one of the least differences that cells can show, as a share: from 1 on there is none. null of fewer than two cells. */
function leastOf(cells: (ViewCell | undefined)[]): number | null {
  const least = cells.flatMap((cell) => (cell?.interval ? Math.SQRT2 * leastDetectable(cell.interval) : [])).toSorted((a, b) => a - b);
  const middle = least[Math.floor(least.length / 2)];
  return least.length < 2 || middle === undefined ? null : middle;
}

function listed(parts: readonly (number | string)[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
