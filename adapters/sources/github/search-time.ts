/** A time in which repositories were made: seconds since the epoch, both inclusive. */
export interface TimeSlice {
  from: number;
  to: number;
}

/** Before the first repository of GitHub. */
const first = Date.UTC(2007, 0) / 1000;

/**
 * The time that a query asks for by `created:`, all of it where it does not, and the query without those words. Null where they are not
 * one date or one range of dates.
 */
export function timeAsked(query: string): { rest: string; slice: TimeSlice } | null {
  const whole = { from: first, to: Math.ceil(Date.now() / 1000) };
  const [asked, ...others] = query.matchAll(/(?<=^|\s)-?created:(\S+)/g);
  if (asked === undefined) return { rest: query, slice: whole };
  const [words, range = ''] = asked;
  const slice = words.startsWith('-') || others.length > 0 ? null : sliceOf(range, whole);
  return slice && { rest: query.replace(words, ' ').replaceAll(/\s+/g, ' ').trim(), slice };
}

/** A slice in the words of GitHub. */
export function wordsOf({ from, to }: TimeSlice): string {
  return `created:${secondText(from)}..${secondText(to)}`;
}

function secondText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

/** `2020-01-01`, `>=2020-01-01`, `2020-01-01..2020-02-01`, `2020-01-01..*`; null for another form. */
function sliceOf(range: string, whole: TimeSlice): TimeSlice | null {
  const [, sign = '', date = ''] = /^([<>]=?)?(.*)$/.exec(range) ?? [];
  const [one = '', other = one, ...more] = date.split('..');
  const [from, to] = [one === '*' ? whole : momentOf(one), other === '*' ? whole : momentOf(other)];
  if (!from || !to || more.length > 0) return null;
  if (sign === '') return { from: from.from, to: to.to };
  if (date.includes('..')) return null;
  if (sign.startsWith('>')) return { from: sign === '>' ? to.to + 1 : from.from, to: whole.to };
  return { from: whole.from, to: sign === '<' ? from.from - 1 : to.to };
}

/** A date is the whole of its day in UTC, a time its second. */
function momentOf(text: string): TimeSlice | null {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?$/.test(text)) return null;
  const from = Date.parse(text) / 1000;
  if (Number.isNaN(from)) return null;
  return { from, to: text.includes('T') ? from : from + 24 * 60 * 60 - 1 };
}
