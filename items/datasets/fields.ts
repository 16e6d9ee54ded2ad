import type { JsonObject } from '../../plan/index.ts';

/** A row as published. */
export type DataRow = JsonObject;

/** Texts of these columns; or why the row is refused: the first of them that holds no text, as `no-question`. */
export function textsOf<N extends string>(row: DataRow, columns: readonly N[]): { [column in N]: string } | string {
  const missing = columns.find((column) => !isText(row[column]));
  return missing === undefined ? (row as { [column in N]: string }) : `no-${missing}`;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** A list of so many texts, or at least two where no number is given; undefined for anything else. */
export function listOfTexts(value: unknown, length?: number): string[] | undefined {
  const fits = Array.isArray(value) && (length === undefined ? value.length > 1 : value.length === length) && value.every(isText);
  return fits ? (value as string[]) : undefined;
}
