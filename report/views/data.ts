import type { DataStatistics, PlanViewCell, TokenCount } from '../../plan/index.ts';
import type { ViewCell } from '../../ports/report.ts';

type DataCell = Pick<ViewCell, 'value' | 'n' | 'text' | 'reason'>;

/** The languages that no other cell of a view names. */
const others = 'others';

/** A number of the statistics of pairs, of all, of one language, or of those that `named` leaves out. */
export function dataCell({ languages, total }: DataStatistics, { metric, part }: PlanViewCell, named: readonly string[]): DataCell {
  const isShown = (language: string): boolean => (part === others ? !named.includes(language) : language === part);
  const rows = part === undefined ? [total] : languages.filter(({ language }) => isShown(language));
  if (rows.length === 0) return { value: null, n: 0, reason: part === others ? 'there are no pairs in other languages' : `there are no pairs in ${part}` };
  const pairs = rows.reduce((sum, row) => sum + row.pairs, 0);
  const of = (side: 'prompt' | 'chosen' | 'rejected') => tokensOf(rows.map((row) => row[side]));
  const [prompt, chosen, rejected] = [of('prompt'), of('chosen'), of('rejected')];
  if (metric === 'pairs') return { value: pairs, n: pairs, text: grouped(pairs) };
  if (metric === 'tokens') {
    const all = [prompt, chosen, rejected];
    return counted(all.reduce((sum, { total: tokens }) => sum + tokens, 0), { n: Math.min(...all.map(({ n }) => n)), show: grouped });
  }
  const { n, total: tokens } = metric === 'prompt-length' ? prompt : metric === 'chosen-length' ? chosen : rejected;
  return counted(n === 0 ? null : tokens / n, { n, show: (value) => value.toFixed(1) });
}

function tokensOf(counts: readonly TokenCount[]): Pick<TokenCount, 'n' | 'total'> {
  return counts.reduce((sum, { n, total }) => ({ n: sum.n + n, total: sum.total + total }), { n: 0, total: 0 });
}

function counted(value: number | null, { n, show }: { n: number; show: (value: number) => string }): DataCell {
  return value === null || n === 0 ? { value: null, n, reason: 'its prompts or answers have no token counts' } : { value, n, text: show(value) };
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en');
}
