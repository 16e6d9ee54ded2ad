import type { Estimate } from '../../plan/metrics.ts';
import type { Cell, Column, Row } from '../document.ts';
import { count, text } from '../document.ts';

/** Columns of a table of shares: the value with its interval, drawn, and what it rests on. */
export function shareColumns(first: string, reference: number): Column[] {
  return [
    { label: first, align: 'left' },
    { label: 'Accuracy [95 %]', align: 'right' },
    { label: '0 to 1', align: 'left', scale: { low: 0, high: 1, reference } },
    { label: 'n', align: 'right' },
    { label: 'Ties', align: 'right' },
  ];
}

/** Cells under these columns. */
export function shareCells(label: string, estimate: Estimate, ties: number | null): Cell[] {
  return [text(label), { cell: 'estimate', estimate }, { cell: 'drawn', estimate }, count(estimate.n), count(ties)];
}

export function row(cells: Cell[], options: { sources: number[]; tone?: Row['tone']; series?: number }): Row {
  return { cells, tone: 'plain', ...options };
}
