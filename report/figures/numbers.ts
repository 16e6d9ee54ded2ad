import type { FigureSeries, FittedLaw, ReportFigure, ReportTable, TableCell } from '../../schemas/index.ts';
import { column, estimated, row, text } from '../document.ts';
import { fixed, grouped } from '../numbers.ts';

/**
 * The numbers behind a figure, a group for each panel: places of the axis as rows and lines as columns, or the other way
 * round where that is narrower. Below them the terms of its laws.
 */
export function numbersOf(figure: ReportFigure): ReportTable {
  const { id, name, view, caption, panels } = figure;
  const places = placesOf(figure);
  const labels = [...new Set(panels.flatMap(({ series }) => series.map(({ label }) => label)))];
  const byPlace = labels.length < places.length;
  const axis = panels[0]?.x.label ?? '';
  const heads = byPlace ? labels : uniqueLabels(places.map(({ label }) => label));
  return {
    block: 'table',
    id: `${id}-numbers`,
    name: `Numbers of ${name}`,
    view,
    caption,
    rowHeads: 1,
    columns: [column(byPlace ? axis : 'Line', 'left'), ...heads.map((head) => column(head))],
    groups: panels.map(({ title, series }) => ({
      heading: title,
      rows: byPlace
        ? places.map(({ at, label }) => row([text(label), ...labels.map((line) => cellOf(series.find((each) => each.label === line), at))]))
        : series.map((line) => row([text(line.label), ...places.map(({ at }) => cellOf(line, at))])),
    })),
    notes: panels.flatMap(({ title, series }) => series.flatMap(({ label, law }) => (law ? [lawNote(title, label, law)] : []))),
    folded: true,
  };
}

/** Where any line has a point, by rising x, with the label of the axis. */
function placesOf({ panels }: ReportFigure): { at: number; label: string }[] {
  const places = new Map<number, string>();
  for (const { x, series } of panels)
    for (const at of new Set(series.flatMap(({ points }) => points.map((point) => point.x))))
      places.set(at, x.ticks.find((tick) => tick.at === at)?.label ?? `${at}`);
  return [...places].map(([at, label]) => ({ at, label })).sort((a, b) => a.at - b.at);
}

function cellOf(line: FigureSeries | undefined, at: number): TableCell {
  const point = line?.points.find(({ x }) => x === at);
  if (!point) return text('');
  const { estimate, sources, reason } = point;
  return estimated(estimate, { ...(sources.length > 0 && { sources }), ...(reason !== undefined && { reason }) });
}

/** The terms of a law, where it holds, and how far the points are from it. */
function lawNote(title: string | null, label: string, { limit, factor, exponent, from, to, residuals }: FittedLaw): string {
  const sizes = residuals.map(({ residual }) => Math.abs(residual));
  const spread = Math.sqrt(sizes.reduce((sum, each) => sum + each ** 2, 0) / sizes.length);
  const formula = `${fixed(limit)} − ${factor.toPrecision(3)} · x^−${exponent.toFixed(2)}`;
  const off = `residuals: root mean square ${fixed(spread, 4)}, largest ${fixed(Math.max(...sizes), 4)}`;
  return `${title === null ? '' : `${title}, `}${label}: ${formula} from ${grouped(from)} to ${grouped(to)} (${off}).`;
}

function uniqueLabels(labels: readonly string[]): string[] {
  return labels.map((label, index) => (labels.indexOf(label) === index ? label : `${label} (${index + 1})`));
}
