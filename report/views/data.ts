import type { DataStatistics, PlanViewCell } from '../../plan/index.ts';
import type { ViewCell } from '../../ports/report.ts';

type DataCell = Pick<ViewCell, 'value' | 'n' | 'text' | 'reason'>;

/** A number of the statistics of pairs, of all or of one language. */
export function dataCell({ languages, total }: DataStatistics, { metric, part }: PlanViewCell): DataCell {
  const row = part === undefined ? total : languages.find(({ language }) => language === part);
  if (!row) return { value: null, n: 0, reason: `there are no pairs in ${part}` };
  const { pairs, chosen, rejected } = row;
  if (metric === 'pairs') return { value: pairs, n: pairs, text: grouped(pairs) };
  if (metric === 'tokens') return counted(chosen.total + rejected.total, { n: Math.min(chosen.n, rejected.n), show: grouped });
  const side = metric === 'chosen-length' ? chosen : rejected;
  return counted(side.mean, { n: side.n, show: (value) => value.toFixed(1) });
}

function counted(value: number | null, { n, show }: { n: number; show: (value: number) => string }): DataCell {
  return value === null || n === 0 ? { value: null, n, reason: 'its answers have no token counts' } : { value, n, text: show(value) };
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en');
}
