import type { ReportInput } from '../ports/report.ts';

/** Place of a model among the colours, the same in every table; undefined where there are more models than colours. */
export type SeriesOf = (label: string) => number | undefined;

/** As many lines as people can tell apart. */
export const MOST_SERIES = 6;

/**
 * Models take colours in order of appearance. Without a model's name the step stands for it; then the first step of each
 * kind shares a colour, the second the next one, as the steps of one model are written in the same order.
 */
export function createSeriesOf({ metrics }: ReportInput): SeriesOf {
  const places = new Map<string, number>();
  const named = new Map<string, number>();
  const unnamed = new Map<string, number>();
  for (const { model, step, metrics: measured } of metrics) {
    if (model !== undefined) {
      if (!named.has(model)) named.set(model, named.size);
      places.set(model, named.get(model) ?? 0);
      continue;
    }
    const place = unnamed.get(measured.kind) ?? 0;
    unnamed.set(measured.kind, place + 1);
    places.set(step, place);
  }
  const isTooMany = Math.max(0, ...places.values()) >= MOST_SERIES;
  return (label) => (isTooMany ? undefined : places.get(label));
}
