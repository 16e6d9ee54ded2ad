import { rankOf } from '../datasets/draw.ts';

interface ClipSettings {
  /** Share that stays. */
  keep: number;
  unit: 'words' | 'characters';
  /** Default: `end`. */
  removes?: 'end' | 'start' | 'span';
}

/** Where a word or a character begins and ends. */
interface Piece {
  from: number;
  to: number;
}

/**
 * A text without some of its words or characters in a row: its end, its start, or a span whose place is drawn by the digest of the text,
 * so that the same text is always cut alike. What stays is rounded up, so that something always does. Words are cut between words, white
 * space between those that stay is kept. The paper does not say which part it removes; the head keeps the purpose and loses the details.
 */
export function clipText(text: string, { keep, unit, removes = 'end' }: ClipSettings): string {
  const pieces = piecesOf(text, unit);
  const kept = Math.ceil(pieces.length * keep);
  const first = { end: kept, start: 0, span: Math.floor(rankOf('clip', text) * (kept + 1)) }[removes];
  const next = pieces[first + pieces.length - kept];
  const last = pieces[first - 1];
  if (!next) return last ? text.slice(0, last.to) : text;
  return text.slice(0, last ? pieces[first]?.from : 0) + text.slice(next.from);
}

function piecesOf(text: string, unit: ClipSettings['unit']): Piece[] {
  return [...text.matchAll(unit === 'words' ? /\S+/g : /./gsu)].map(({ 0: { length }, index }) => ({ from: index, to: index + length }));
}
