/** What reading a data set showed, kept as `checks` in the meta of its artifacts. */
export interface DataChecks {
  /** Rows read, by part of the data set as it was published. */
  read: { [part: string]: number };
  /** Rows that make no item, by the reason, and the file and row of the first of them. */
  refused: { [reason: string]: { rows: number; first: string } };
  /** Rows that repeat an earlier row of their part. */
  duplicates: number;
  /** Test items that training has as well: their whole question, or 13 words of it in a row. Left out: it has no training part. */
  overlap?: { of: number; equal: number; similar: number };
}

/** `3 no-label (first: val.json:7)`: every reason to refuse rows. */
export function refusedText({ refused }: DataChecks): string {
  return Object.entries(refused)
    .map(([reason, { rows, first }]) => `${rows} ${reason} (first: ${first})`)
    .join(', ');
}

/** What the checks say, a line each. */
export function checkLines(checks: DataChecks): string[] {
  const { read, refused, duplicates, overlap } = checks;
  const parts = Object.entries(read).map(([part, rows]) => (part === '' ? `${rows}` : `${rows} of ${part}`));
  return [
    `rows read: ${parts.join(', ')}`,
    ...(Object.keys(refused).length > 0 ? [`rows refused: ${refusedText(checks)}`] : []),
    ...(duplicates > 0 ? [`rows that repeat an earlier one: ${duplicates}`] : []),
    ...(overlap ? [`test questions that training has too: ${overlap.equal} of ${overlap.of}, 13 words of them: ${overlap.similar}`] : []),
  ];
}
