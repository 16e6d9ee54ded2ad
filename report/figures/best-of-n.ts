import type { BonCurve } from '../../plan/metrics.ts';
import type { Figure, Panel, SeriesStyle } from '../document.ts';
import { selectorLabels } from '../labels.ts';
import type { BonEntry } from '../sources.ts';
import type { SeriesOf } from '../series-of.ts';
import type { Pen } from './draw.ts';
import { modelStyle, referenceStyles } from './series.ts';

interface BestOfNFigureOptions {
  sets: readonly { heading: string | null; members: BonEntry[] }[];
  seriesOf: SeriesOf;
  pen: Pen;
}

/** Accuracy against N, one panel for each set of candidates; bands are drawn for the models only. */
export async function bestOfNFigure({ sets, seriesOf, pen }: BestOfNFigureOptions): Promise<Figure> {
  const panels: Panel[] = [];
  for (const { heading, members } of sets) {
    const lines = linesOf(members, seriesOf);
    panels.push({
      title: heading,
      description: description(lines),
      wide: await pen(specification({ lines, width: 560, height: 300 })),
      narrow: await pen(specification({ lines, width: 252, height: 230 })),
    });
  }
  const labels = new Map(sets.flatMap(({ members }) => linesOf(members, seriesOf)).map(({ label, style }) => [label, style]));
  return {
    block: 'figure',
    id: 'figure-3',
    name: 'Figure 3',
    caption:
      'Best-of-N accuracy. Shaded: 95 % interval of a model over questions. Thin lines use no model; the oracle is right where any of the N answers is.',
    legend: [...labels].map(([label, style]) => ({ label, style })),
    panels,
    sources: sets.flatMap(({ members }) => members.map(({ source }) => source)),
  };
}

interface Line {
  label: string;
  style: SeriesStyle;
  band: boolean;
  points: BonCurve['points'];
}

function linesOf(members: readonly BonEntry[], seriesOf: SeriesOf): Line[] {
  const curve = (entry: BonEntry | undefined, name: BonCurve['name']): BonCurve['points'] =>
    entry?.metrics.curves.find((each) => each.name === name)?.points ?? [];
  const models = members.map((entry) => ({
    label: entry.label,
    style: modelStyle(seriesOf(entry.label)),
    band: true,
    points: curve(entry, 'model'),
  }));
  const references = (['oracle', 'majority', 'random', 'longest', 'shortest'] as const).map((name) => ({
    label: selectorLabels[name],
    style: referenceStyles[name],
    band: false,
    points: curve(members[0], name),
  }));
  return [...models, ...references];
}

function specification({ lines, width, height }: { lines: Line[]; width: number; height: number }): Parameters<Pen>[0] {
  const points = lines.flatMap((line) => line.points);
  const sizes = [...new Set(points.map(({ at }) => at))].sort((a, b) => a - b);
  const top = Math.max(
    0.1,
    ...lines.flatMap(({ band, points: own }) => own.map(({ value, interval }) => (band ? (interval?.[1] ?? 0) : (value ?? 0)))),
  );
  const x = {
    field: 'at',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, base: 2, domain: [sizes[0] ?? 1, sizes.at(-1) ?? 1], nice: false },
    axis: { title: 'Sampled answers N', values: sizes, format: 'd', labelFlush: false },
  };
  const domain = [0, Math.min(1, Math.ceil(top * 10) / 10)];
  const y = {
    field: 'value',
    type: 'quantitative' as const,
    scale: { domain, nice: false },
    axis: { title: 'Share answered right', format: '.1f', tickCount: 6 },
  };
  // References lie below, bands above them, models on top; the first model is drawn last.
  const models = lines.filter(({ band }) => band).toReversed();
  const layer = [
    ...lines.filter(({ band }) => !band).flatMap((line) => strokes(line, x, y)),
    ...models.map((line) => bandOf(line, x, y)),
    ...models.flatMap((line) => strokes(line, x, y)),
  ];
  return { width, height, layer } as Parameters<Pen>[0];
}

function bandOf({ points, style }: Line, x: object, y: object): object {
  const values = points.flatMap(({ at, interval }) => (interval === null ? [] : [{ at, value: interval[0], high: interval[1] }]));
  const edges =
    values.length === 1
      ? { type: 'rule', stroke: style.colour, strokeWidth: 6, opacity: 0.2 }
      : { type: 'area', fill: style.colour, stroke: style.colour, strokeWidth: 0.75, strokeOpacity: 0.55, fillOpacity: 0.11 };
  return { data: { values }, mark: edges, encoding: { x, y, y2: { field: 'high' } } };
}

function strokes({ points, style }: Line, x: object, y: object): object[] {
  const values = points.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]));
  const { colour, dash, width, opacity, marker } = style;
  const line = { type: 'line', stroke: colour, strokeWidth: width, strokeDash: [...dash], opacity, strokeCap: 'round' };
  const point = { type: 'point', shape: marker, filled: true, fill: colour, stroke: colour, size: width > 2 ? 62 : 26, opacity };
  return [line, ...(marker === 'none' ? [] : [point])].map((mark) => ({ data: { values }, mark, encoding: { x, y } }));
}

function description(lines: readonly Line[]): string {
  const said = lines.map(({ label, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return first && last
      ? `${label} from ${first.value?.toFixed(3) ?? '—'} at N = ${first.at} to ${last.value?.toFixed(3) ?? '—'} at N = ${last.at}`
      : label;
  });
  return `Lines of accuracy against N: ${said.join('; ')}.`;
}
