import { digestOfText, type DataRow } from '../../../items/index.ts';
import { refusedText, type DataChecks } from '../../../plan/checks.ts';
import { classified } from '../../../ports/failure.ts';
import type { PublishedRow } from '../../../ports/tables.ts';

/** A row of a data set as its reader made it. */
export interface ReadRow<T> {
  item: T;
  /** `train:17`, rows counted from 1 over all files of the part. */
  path: string;
  row: number;
}

interface Reading<T> {
  part: string;
  /** What a row makes, or the reason why it is refused. */
  reader: (row: DataRow) => T | string;
  /** Counts are added here. */
  checks: DataChecks;
  /** Begins the message where no row can be used. */
  where: string;
}

/** Reads the rows of one part. Throws `invalid` where none can be used. */
export async function readPart<T>(
  rows: AsyncIterable<PublishedRow>,
  { part, reader, checks, where }: Reading<T>,
): Promise<ReadRow<T>[]> {
  const items: ReadRow<T>[] = [];
  const seen = new Set<string>();
  let [row, columns] = [0, ''];
  for await (const { at, value } of rows) {
    row += 1;
    const published = objectOf(value);
    columns ||= Object.keys(published ?? {}).join(', ');
    const item = published ? reader(published) : 'no-json-object';
    if (typeof item === 'string') refuse(checks, item, at);
    else {
      const digest = digestOfText(JSON.stringify(item)).slice(0, 16);
      if (seen.has(digest)) checks.duplicates += 1;
      seen.add(digest);
      items.push({ item, path: part === '' ? `${row}` : `${part}:${row}`, row });
    }
  }
  checks.read[part] = row;
  if (items.length > 0) return items;
  const why = row === 0 ? '' : `: ${refusedText(checks)}. Their columns: ${columns}`;
  throw classified('invalid', `${where}: none of the ${row} rows${part === '' ? '' : ` of ${part}`} can be used${why}`);
}

function objectOf(value: unknown): DataRow | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as DataRow) : undefined;
}

function refuse({ refused }: DataChecks, reason: string, at: string): void {
  const { rows, first } = refused[reason] ?? { rows: 0, first: at };
  refused[reason] = { rows: rows + 1, first };
}
