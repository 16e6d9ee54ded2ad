/** `45 s`, `2 min 10 s`, `1 h 05 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** An estimated duration, rounded to ten seconds, minutes or five minutes. */
export function about(ms: number): string {
  const step = ms < 60_000 ? 10_000 : ms < 20 * 60_000 ? 60_000 : 5 * 60_000;
  return duration(Math.max(step, Math.round(ms / step) * step));
}

/** `1 call`, `3 calls`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** Bytes in the largest unit with a number above one. */
export function bytes(number: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, number)) / 3));
  return `${(number / 1000 ** power).toFixed(power > 2 ? 1 : 0)} ${units[power]}`;
}

/** Columns of text that is not laid out for one terminal. */
export const textColumns = 80;

/** A word of a command as a shell takes it, in quotes where it needs them. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
