/** A period in which work ran, milliseconds since the epoch. */
export type Span = [from: number, to: number];

/** The most spans in a message. */
const mostSpans = 8;

/** Seconds covered by any of the spans, to a tenth. */
export function secondsIn(spans: Span[]): number {
  return Math.round(joined(spans).reduce((sum, [from, to]) => sum + to - from, 0) / 100) / 10;
}

/** The same spans, joined to fit a message; if necessary, the shortest pauses count as work. */
export function fewSpans(spans: Span[]): Span[] {
  const union = joined(spans);
  while (union.length > mostSpans) closeShortest(union);
  return union;
}

/** Spans in order, joined where they touch. */
function joined(spans: Span[]): Span[] {
  const union: Span[] = [];
  for (const [from, to] of spans.toSorted(([one], [other]) => one - other)) {
    const last = union.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else union.push([from, to]);
  }
  return union;
}

function closeShortest(union: Span[]): void {
  const pauses = union.slice(1).map(([from], index) => from - (union[index]?.[1] ?? 0));
  const at = pauses.indexOf(Math.min(...pauses));
  const [one, other] = union.slice(at, at + 2);
  if (one && other) union.splice(at, 2, [one[0], other[1]]);
}
