/** A piece of a text that is no one's business but its owner's. */
export interface PrivatePiece {
  start: number;
  end: number;
  /** What it is: `secret`, `email`, `ip-address`. */
  sort: string;
  /** What is written in its place; where it is found again, the same. */
  replacement: string;
}

/** A text with pieces of it replaced. Of pieces that overlap the first counts, and of those the longest. */
export function replacePieces(text: string, pieces: readonly PrivatePiece[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, replacement } of pieces.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (start < at) continue;
    parts.push(text.slice(at, start), replacement);
    at = end;
  }
  return `${parts.join('')}${text.slice(at)}`;
}

/** Numbers for the distinct pieces of a text, from 1 on in the order in which they are first seen. */
export function numberer(): (piece: string) => number {
  const numbers = new Map<string, number>();
  return (piece) => {
    const number = numbers.get(piece) ?? numbers.size + 1;
    numbers.set(piece, number);
    return number;
  };
}
