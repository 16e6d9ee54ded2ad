import type { DataStatistics, PlanViewCell, TokenCount } from '../../plan/index.ts';
import type { ViewCell } from '../../ports/report.ts';

type DataCell = Pick<ViewCell, 'value' | 'n' | 'text' | 'reason'>;

/** The languages that no other cell of a view names. */
const others = 'others';

/**
 * A number of the statistics of pairs, of all, of one language, or of those that `named` leaves out. Of the pairs of several seeds, how
 * many there are is their mean, and a length is that over the pairs of all.
 */
export function dataCell(seeds: readonly DataStatistics[], { metric, part }: PlanViewCell, named: readonly string[]): DataCell {
  const isShown = (language: string): boolean => (part === others ? !named.includes(language) : language === part);
  const rows = seeds.flatMap(({ languages, total }) =>
    part === undefined ? [total] : languages.filter(({ language }) => isShown(language)),
  );
  if (rows.length === 0) return { value: null, n: 0, reason: part === others ? 'there are no pairs in other languages' : `there are no pairs in ${part}` };
  const ofSeed = (count: number): number => count / seeds.length;
  const of = (side: 'prompt' | 'chosen' | 'rejected') => tokensOf(rows.map((row) => row[side]));
  const [prompt, chosen, rejected] = [of('prompt'), of('chosen'), of('rejected')];
  if (metric === 'pairs') {
    const pairs = ofSeed(rows.reduce((sum, row) => sum + row.pairs, 0));
    return { value: pairs, n: Math.round(pairs), text: grouped(pairs) };
  }
  if (metric === 'tokens') {
    const all = [prompt, chosen, rejected];
    const n = Math.min(...all.map((side) => side.n));
    return counted(n === 0 ? null : ofSeed(all.reduce((sum, { total: tokens }) => sum + tokens, 0)), { n: ofSeed(n), show: grouped });
  }
  const { n, total: tokens } = metric === 'prompt-length' ? prompt : metric === 'chosen-length' ? chosen : rejected;
  return counted(n === 0 ? null : tokens / n, { n: ofSeed(n), show: (value) => value.toFixed(1) });
}

function tokensOf(counts: readonly TokenCount[]): Pick<TokenCount, 'n' | 'total'> {
  return counts.reduce((sum, { n, total }) => ({ n: sum.n + n, total: sum.total + total }), { n: 0, total: 0 });
}

function counted(value: number | null, { n, show }: { n: number; show: (value: number) => string }): DataCell {
  if (value === null) return { value, n: 0, reason: 'its prompts or answers have no token counts' };
  return { value, n: Math.round(n), text: show(value) };
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en');
}
