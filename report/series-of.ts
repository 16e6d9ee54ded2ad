import type { ReportInput } from '../ports/report.ts';

/** Place of a model among the colours, the same in every table and figure. */
export type SeriesOf = (label: string) => number;

/**
 * Models take colours in order of appearance. Without a model's name the step stands for it; then the first step of each
 * kind shares a colour, the second the next one, as the steps of one model are written in the same order.
 */
export function createSeriesOf({ metrics }: ReportInput): SeriesOf {
  const places = new Map<string, number>();
  const named = new Set<string>();
  const unnamed = new Map<string, number>();
  for (const { model, step, metrics: measured } of metrics) {
    if (model !== undefined) {
      named.add(model);
      places.set(model, [...named].indexOf(model));
      continue;
    }
    const place = unnamed.get(measured.kind) ?? 0;
    unnamed.set(measured.kind, place + 1);
    places.set(step, place);
  }
  return (label) => places.get(label) ?? 0;
}
