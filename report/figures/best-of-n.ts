import type { BonCurve } from '../../plan/index.ts';
import type { FigurePanel, FigureSeries, ReportFigure } from '../../schemas/index.ts';
import { estimated } from '../document.ts';
import { selectorLabels } from '../labels.ts';
import type { BonEntry } from '../sources.ts';
import type { SeriesOf } from '../series-of.ts';

/** Accuracy against N beside selections that use no model, one panel for each set of candidates. */
export function bestOfNFigure(sets: readonly { heading: string | null; members: BonEntry[] }[], seriesOf: SeriesOf): ReportFigure {
  return {
    block: 'figure',
    id: 'best-of-n-curves',
    name: '',
    view: null,
    caption: 'Best-of-N accuracy with 95 % intervals over questions.',
    notes: ['Thin lines use no model; the oracle is right where any of the N answers is.'],
    panels: sets.map(({ heading, members }) => panelOf(heading, members, seriesOf)),
    sources: sets.flatMap(({ members }) => members.map(({ source }) => source)),
  };
}

function panelOf(title: string | null, members: readonly BonEntry[], seriesOf: SeriesOf): FigurePanel {
  const line = (entry: BonEntry, name: BonCurve['name']): FigureSeries['points'] =>
    (entry.metrics.curves.find((each) => each.name === name)?.points ?? []).map(({ at, ...estimate }) => ({
      x: at,
      estimate: estimated(estimate).estimate,
      sources: [entry.source],
    }));
  const models = members.map(
    (entry, index): FigureSeries => ({
      label: entry.label,
      role: 'series',
      style: seriesOf(entry.label) ?? index,
      points: line(entry, 'model'),
    }),
  );
  const [first] = members;
  const references = (['oracle', 'majority', 'random', 'longest', 'shortest'] as const).map(
    (name, style): FigureSeries => ({ label: selectorLabels[name], role: 'reference', style, points: first ? line(first, name) : [] }),
  );
  const sizes = [...new Set(models.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  return {
    title,
    x: { label: 'Sampled answers N', scale: 'log2', ticks: sizes.map((at) => ({ at, label: `${at}` })) },
    y: { label: 'Share answered right', zero: false },
    series: [...models, ...references],
    whiskers: true,
  };
}
