/**
 * The last number written in a text (commas between digits allowed), or null. A minus counts unless a digit is before it. A number
 * of more than 309 digits is infinite.
 */
export function lastNumber(text: string): number | null {
  let last: string | undefined;
  for (const [found] of text.matchAll(/(?<![\d.])-?\d[\d,]*(?:\.\d+)?/g)) last = found;
  return last === undefined ? null : Number(last.replaceAll(',', ''));
}
