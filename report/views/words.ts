import type { ViewCell } from '../../ports/report.ts';
import { leastDetectable } from '../../stats/index.ts';

/** How the cells of a view were folded over seeds, and what their intervals speak about; empty where no cell has a number. */
export function foldedWords(cells: ViewCell[], once: string[]): string {
  const measured = cells.filter(({ value, text }) => value !== null && text === undefined);
  const counts = [...new Set(measured.map(({ sources }) => sources.length))].toSorted((a, b) => a - b);
  const most = counts.at(-1) ?? 0;
  if (most === 0) return '';
  if (most === 1) return 'One result a cell: the intervals speak of these models on such items, not of the method.';
  const amount = counts.length === 1 ? `${most} seeds` : `${listed(counts)} seeds`;
  const isMethod = measured.some(({ target }) => target === 'method');
  const about = isMethod
    ? 'the intervals take in both items and seeds, and speak of the method'
    : 'the intervals take in items alone, and speak of these models';
  const were = `${listed(once)} ${once.length === 1 ? 'was' : 'were'} trained once`;
  const fixed = once.length === 0 ? '' : ` ${were}: what its seed decides is in no interval.`;
  return `Mean of ${amount} a cell; ${about}.${fixed}`;
}

/** Which difference between two cells of a table their intervals can show; empty where fewer than two cells have one. */
export function leastWords(cells: ViewCell[]): string {
  const least = cells.flatMap(({ interval }) => (interval ? Math.SQRT2 * leastDetectable(interval) : [])).toSorted((a, b) => a - b);
  const middle = least[Math.floor(least.length / 2)];
  if (least.length < 2 || middle === undefined) return '';
  return `Two cells on different items would typically have to differ by ${middle.toFixed(3)} to show it in four of five cases; on the same items less is enough.`;
}

function listed(parts: readonly (number | string)[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
