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

/** Rows as columns of equal width; the last column is left as it is. */
export function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0));
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('   ').trimEnd());
}

/** A word of a command as a shell takes it, in quotes where it needs them. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Text without control characters that move the cursor or change colours. */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- taking them out is the point
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}

/** The same on one line. */
export function oneLine(text: string): string {
  return plain(text).replace(/[\t\n]/g, ' ');
}

/** Breaks a line at spaces; further lines are indented by two more columns. A word that is too long stays whole. */
export function wrapped(line: string, columns: number): string[] {
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const at = rest.lastIndexOf(' ', columns);
    const cut = at > indent.length ? at : rest.indexOf(' ', columns);
    if (cut === -1) break;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = `${indent}${rest.slice(cut + 1).trimStart()}`;
  }
  return [...lines, rest];
}

/** Cuts text to a number of columns. */
export function fit(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** Three decimals, with a real minus sign. */
export function fixed(value: number): string {
  return value.toFixed(3).replace('-', '−');
}

/** The same with a plus or minus sign, except before zero. */
export function signed(value: number): string {
  const text = value.toFixed(3);
  if (Number(text) === 0) return '0.000';
  return value > 0 ? `+${text}` : fixed(value);
}
