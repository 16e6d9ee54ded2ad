import type { ReportTable } from '../../schemas/index.ts';
import { plainCell } from './plain-cell.ts';

/** Marks for reasons why cells of a table are empty: `a`, `b`, …, each reason once, in order of appearance. */
export function reasonsOf({ groups }: Pick<ReportTable, 'groups'>): ReadonlyMap<string, string> {
  const marks = new Map<string, string>();
  for (const { rows } of groups)
    for (const { cells } of rows)
      for (const cell of cells) {
        const { reason } = plainCell(cell);
        if (reason !== null && !marks.has(reason)) marks.set(reason, markAt(marks.size));
      }
  return marks;
}

/** `a` to `z`, then `a2` and so on. */
function markAt(index: number): string {
  const letter = String.fromCodePoint(97 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26) + 1}`;
}
