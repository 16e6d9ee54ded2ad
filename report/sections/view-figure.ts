import type { ViewFigure, ViewLine, ViewPanel } from '../../ports/report.ts';
import type { FigurePanel, FigureSeries, ReportFigure } from '../../schemas/index.ts';
import { fitPowerLaw } from '../../stats/index.ts';
import { estimated } from '../document.ts';
import { grouped, listed } from '../numbers.ts';
import { MOST_SERIES } from '../series-of.ts';
import { shownOf } from './view-table.ts';

/** A declared figure. A panel with more than six series becomes several, each with all the references. */
export function viewFigure({ name, label, title, footnotes, folded, panels }: ViewFigure): ReportFigure {
  const labels = [...new Set(panels.flatMap(({ lines }) => lines.filter(isSeries).map((line) => line.label)))];
  const references = [...new Set(panels.flatMap(({ lines }) => lines.filter((line) => !isSeries(line)).map((line) => line.label)))];
  const styleAt = (line: ViewLine, place: number): number => {
    if (!isSeries(line)) return references.indexOf(line.label);
    return labels.length <= MOST_SERIES ? labels.indexOf(line.label) : place % MOST_SERIES;
  };
  const drawn = panels.flatMap((panel) => partsOf(panel).map((part) => panelOf(part, styleAt)));
  const lines = drawn.flatMap(({ panel }) => panel.series);
  return {
    block: 'figure',
    id: name,
    name: label,
    view: name,
    caption: title,
    notes: [folded, ...sizeNote(lines), ...lawNotes(drawn), ...emptyNotes(lines), ...footnotes].filter((note) => note !== ''),
    panels: drawn.map(({ panel }) => panel),
    sources: [...new Set(lines.flatMap(({ points }) => points.flatMap(({ sources }) => sources)))].sort((a, b) => a - b),
  };
}

function isSeries({ role }: ViewLine): boolean {
  return role === 'series';
}

/** A panel as it is, or cut into parts of six series. */
function partsOf(panel: ViewPanel): ViewPanel[] {
  const series = panel.lines.filter(isSeries);
  if (series.length <= MOST_SERIES) return [panel];
  const references = panel.lines.filter((line) => !isSeries(line));
  const count = Math.ceil(series.length / MOST_SERIES);
  return Array.from({ length: count }, (_, index) => ({
    ...panel,
    title: `${panel.title} (${index + 1} of ${count})`.trim(),
    lines: [...series.slice(index * MOST_SERIES, (index + 1) * MOST_SERIES), ...references],
  }));
}

function panelOf(
  { title, x, y, lines, fit }: ViewPanel,
  styleAt: (line: ViewLine, place: number) => number,
): { panel: FigurePanel; notes: string[] } {
  const notes: string[] = [];
  const series = lines.map((line, place): FigureSeries => {
    const made: FigureSeries = { label: line.label, role: line.role, style: styleAt(line, place), points: pointsOf(line) };
    if (fit === null || !isSeries(line)) return made;
    const fitted = lawOf(made);
    if (fitted.kind === 'fitted') return { ...made, law: fitted.law };
    notes.push(`${[title, line.label].filter((part) => part !== '').join(', ')}: no power law, ${fitted.reason}.`);
    return made;
  });
  return { panel: { title: title === '' ? null : title, x, y: { label: y.label, zero: false }, series, whiskers: true }, notes };
}

function pointsOf({ points }: ViewLine): FigureSeries['points'] {
  return points.map(({ x, cell }) => ({
    x,
    estimate: estimated(shownOf(cell)).estimate,
    sources: cell.sources,
    ...(cell.reason !== undefined && { reason: cell.reason }),
  }));
}

function lawOf({ points }: FigureSeries) {
  return fitPowerLaw(points.flatMap(({ x, estimate: { value, interval } }) => (value === null ? [] : [{ x, value, interval }])));
}

/** What holds for the curves of all panels, and where there is none. */
function lawNotes(drawn: readonly { panel: FigurePanel; notes: readonly string[] }[]): string[] {
  const has = drawn.some(({ panel }) => panel.series.some(({ law }) => law !== undefined));
  const said = 'Curves: power laws a − b · x^−c with 95 % bands, drawn over the measured range and not beyond; their residuals are below.';
  return [...(has ? [said] : []), ...drawn.flatMap(({ notes }) => notes)];
}

function sizeNote(lines: readonly FigureSeries[]): string[] {
  const sizes = [...new Set(lines.flatMap(({ points }) => points.flatMap(({ estimate: { value, n } }) => (value === null ? [] : [n]))))];
  sizes.sort((a, b) => a - b);
  if (sizes.length === 0) return [];
  const [least = 0, most = least] = [sizes[0], sizes.at(-1)];
  return [least === most ? `n = ${grouped(least)} for every point.` : `n from ${grouped(least)} to ${grouped(most)}.`];
}

/** Why points are missing, each reason once. */
function emptyNotes(lines: readonly FigureSeries[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { label, points } of lines)
    for (const { reason, estimate } of points)
      if (estimate.value === null) {
        const why = reason ?? 'no result';
        const found = reasons.get(why) ?? [];
        if (!found.includes(label)) found.push(label);
        reasons.set(why, found);
      }
  return [...reasons].map(([why, labels]) => `Points are missing on ${listed(labels)}: ${why}.`);
}
