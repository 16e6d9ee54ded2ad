import type { FigureOf, LineOf, ViewScale } from '../../plan/index.ts';
import type { AskedFigure, AskedView } from './asked.ts';
import type { ViewCellDraft } from './cell.ts';
import type { LevelEntry, ViewPosition } from './levels.ts';
import { merged, ownOf } from './selector.ts';
import type { ViewSelector } from './selector.ts';

interface FigureParts {
  panels: ViewPosition[];
  lines: ViewPosition[];
  /** ViewPositions along x. */
  along: LevelEntry[];
  cellOf: (selector: ViewSelector, column: number) => ViewCellDraft;
}

/** The points of a figure; those that no cell of the sweeps has are left out, and so are lines and panels without a point. */
export function buildFigure(
  { x, y, fit }: AskedFigure,
  base: AskedView['base'],
  { panels, lines, along, cellOf }: FigureParts,
): Pick<FigureOf<ViewCellDraft>, 'form' | 'panels'> {
  const places = placesAlong(along.map(([label]) => label));
  const lineOf = (panel: ViewPosition, line: ViewPosition): LineOf<ViewCellDraft>[] => {
    const selected = merged([base, panel.selector, line.selector]);
    const role = ownOf(selected, 'reference') === 'true' ? 'reference' : 'series';
    const points = along.flatMap(([, selector], index) => {
      const cell = cellOf(merged([selected, selector]), 0);
      return cell.isNone ? [] : [{ x: places[index] ?? 0, cell }];
    });
    const whole = role === 'reference' && points.length < 2 ? [{ x: places[0] ?? 0, cell: cellOf(selected, 0) }] : points;
    const shown = whole.filter(({ cell }) => !cell.isNone);
    return shown.length === 0 ? [] : [{ label: line.heads.join(', '), role, points: shown.toSorted((a, b) => a.x - b.x) }];
  };
  const axis = { label: x.label, scale: x.scale ?? scaleOf(along.map(([label]) => label)) };
  const drawn = panels.map((panel) => ({ title: panel.heads.join(', '), lines: lines.flatMap((line) => lineOf(panel, line)), panel }));
  return {
    form: 'figure',
    panels: drawn
      .filter((each) => each.lines.length > 0)
      .map(({ title, lines: shown, panel }) => ({
        title,
        x: { ...axis, ticks: ticksOf(shown, along.map(([label]) => label)) },
        y: { label: y ?? ownOf(merged([base, panel.selector]), 'metric') ?? 'accuracy' },
        lines: shown,
        fit,
      })),
  };
}

/** Numbers where they are, anything else one after the other. */
function placesAlong(labels: string[]): number[] {
  const numbers = labels.map(Number);
  return numbers.every((number) => Number.isFinite(number)) ? numbers : labels.map((_, index) => index);
}

/** Values that grow by a factor want a scale by factors. */
export function scaleOf(labels: string[]): ViewScale {
  const values = labels.map(Number).toSorted((a, b) => a - b);
  const [first = 0] = values;
  if (values.some((value) => !Number.isFinite(value))) return 'category';
  const factors = values.slice(1).map((value, index) => value / (values[index] ?? value));
  const isNear = (factor: number): boolean => factors.every((each) => Math.abs(each / factor - 1) < 0.02);
  if (first <= 0 || values.length < 3) return 'linear';
  if (isNear(Math.SQRT2)) return 'log sqrt2';
  return factors.every((factor) => factor >= 1.4) ? 'log2' : 'linear';
}

function ticksOf(lines: LineOf<ViewCellDraft>[], labels: string[]): { at: number; label: string }[] {
  const places = placesAlong(labels);
  const isNumeric = places.every((place, index) => Number(labels[index]) === place);
  const long = lines.filter(({ role, points }) => role === 'series' || points.length > 1);
  const used = new Set(long.flatMap(({ points }) => points.map(({ x }) => x)));
  return places
    .map((at, index) => ({ at, label: isNumeric ? tickLabel(at) : (labels[index] ?? '') }))
    .filter(({ at }) => used.size === 0 || used.has(at))
    .toSorted((a, b) => a.at - b.at);
}

/** `500`, `707`, `1.41k`, `28M`: three digits are enough to read an axis. */
export function tickLabel(value: number): string {
  const [unit = '', size = 1] = Math.abs(value) >= 1e6 ? ['M', 1e6] : Math.abs(value) >= 1e3 ? ['k', 1e3] : [];
  return `${Number((value / size).toPrecision(3))}${unit}`;
}
