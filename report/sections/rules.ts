import type { BaselineName, BonMetrics, BonSelector, MeasuredDifference } from '../../plan/index.ts';
import type { ReportTable } from '../../schemas/index.ts';
import { holm } from '../../stats/index.ts';
import { column, count, detailTable, estimated, foldedIfLong, row, text } from '../document.ts';
import { baselineLabels, selectorLabels } from '../labels.ts';
import { bySet } from '../sources.ts';

/** A model beside a rule that uses no model, on the same items. */
export interface RuleDifference {
  items: string;
  dataset?: string;
  label: string;
  rule: string;
  source: number;
  difference: MeasuredDifference;
}

interface RuledEntry {
  metrics: { items: string; baselines: readonly { name: BaselineName; difference: MeasuredDifference }[] };
  label: string;
  source: number;
  dataset?: string;
}

/** The differences of models to the trivial rules of their items. */
export function shareRules(entries: readonly RuledEntry[]): RuleDifference[] {
  return entries.flatMap(({ metrics, ...entry }) =>
    metrics.baselines.map(({ name, difference }) => ({ ...entry, items: metrics.items, rule: baselineLabels[name], difference })),
  );
}

/** The differences of models to selections without a model, at the largest N. */
export function bestOfNRules(
  entries: readonly { metrics: BonMetrics; label: string; source: number; dataset?: string }[],
): RuleDifference[] {
  const rules: BonSelector[] = ['majority', 'random', 'longest', 'shortest'];
  return entries.flatMap(({ metrics, ...entry }) =>
    rules.flatMap((name) => {
      const point = metrics.curves.find((curve) => curve.name === name)?.points.at(-1);
      return point ? [{ ...entry, items: metrics.items, rule: selectorLabels[name], difference: point.difference }] : [];
    }),
  );
}

/** More differences than this, and each model is shown beside the rule that comes closest to it alone. */
const MOST_ROWS = 120;

/** Models minus rules with intervals and p, by set of items; null without any. */
export function rulesTable(id: string, unit: string, differences: readonly RuleDifference[]): ReportTable | null {
  const all = differences.filter(({ difference }) => difference.value !== null);
  if (all.length === 0) return null;
  const isShort = all.length <= MOST_ROWS;
  const measured = isShort ? all : closestRules(all);
  const adjusted = holm(measured.map(({ difference }) => difference.p ?? 1));
  const ends = measured.flatMap(({ difference }) => difference.interval?.map(Math.abs) ?? []);
  const reach = Number(ends.reduce((most, end) => Math.max(most, end), 0.05).toFixed(2));
  const scale = { low: -reach, high: reach, reference: 0, label: `−${reach} to +${reach}` };
  const entries = measured.map((each, index) => ({ ...each, metrics: { items: each.items }, holm: adjusted[index] ?? 1 }));
  return foldedIfLong(
    detailTable({
      id,
      caption: `Models minus rules that use no model, on the same ${unit}, with 95 % intervals.`,
      rowHeads: 2,
      columns: [
        column('Model', 'left'),
        column('Rule', 'left'),
        { ...column('Difference [95 %]'), scale },
        column('n'),
        column('p'),
        column('p (Holm)'),
      ],
      groups: bySet(entries).map(({ heading, members }) => ({
        heading,
        rows: members.map(({ label, rule, source, difference: { n, value, interval, p }, holm: joint }) => {
          const estimate = { n, value, interval, method: 'paired' };
          const cells = [estimated(estimate, { signed: true }), count(n), pCell(p), pCell(joint)];
          return row([text(label), text(rule), ...cells], { sources: [source], tone: 'plain' });
        }),
      })),
      notes: [
        `p (Holm): adjusted for the ${measured.length} ${measured.length === 1 ? 'difference' : 'differences'} of this table.`,
        ...(isShort ? [] : ['Of the rules only the one that comes closest to the model.']),
      ],
      folded: true,
    }),
  );
}

/** Of each result the least difference: the strongest rule on its items. */
function closestRules(differences: readonly RuleDifference[]): RuleDifference[] {
  const closest = new Map<number, RuleDifference>();
  for (const each of differences) {
    const known = closest.get(each.source);
    if (!known || (each.difference.value ?? 0) < (known.difference.value ?? 0)) closest.set(each.source, each);
  }
  return [...closest.values()];
}

function pCell(value: number | null) {
  return value === null ? text('—') : ({ cell: 'p', value } as const);
}
