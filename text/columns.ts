import stringWidth from 'string-width';

/** A character as people see it, with its width in columns of a terminal. */
interface ScreenCell {
  text: string;
  width: number;
}

/** The width of a text in columns of a terminal. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** A line as a terminal shows it, and the first column of every UTF-16 unit; a last entry is the column after the line. */
export function screenCells(line: string): { cells: ScreenCell[]; columns: number[] } {
  const cells = [...characters.segment(line)].map(({ segment }) => ({ text: segment, width: columnsOf(segment) }));
  const columns: number[] = [];
  let column = 0;
  for (const { text, width } of cells) {
    for (let unit = 0; unit < text.length; unit++) columns.push(column);
    column += width;
  }
  return { cells, columns: [...columns, column] };
}

const characters = new Intl.Segmenter();

/**
 * Wraps words into lines of at most `width` columns; a longer word has its own line. All lines are indented like the text, and all but
 * the first by another `hang` columns.
 */
export function wrap(text: string, width: number, { hang = 0 }: { hang?: number } = {}): string[] {
  const body = text.trimStart();
  const margin = ' '.repeat(text.length - body.length);
  const lines: string[] = [];
  let line = margin;
  let isEmpty = true;
  for (const word of body.split(' ')) {
    const longer = isEmpty ? `${line}${word}` : `${line} ${word}`;
    if (isEmpty || columnsOf(longer) <= width) line = longer;
    else {
      lines.push(line.trimEnd());
      line = `${margin}${' '.repeat(hang)}${word}`;
    }
    isEmpty = false;
  }
  return [...lines, line];
}

/** Cut to a number of columns. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const cell of screenCells(text).cells) {
    width += cell.width;
    if (width > columns - 1) break;
    kept += cell.text;
  }
  return `${kept}…`;
}

/** Filled with spaces to a number of columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** Rows as aligned columns; the last column is not padded. */
export function columnTable(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((widest, row) => Math.max(widest, columnsOf(row[column] ?? '')), 0));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : padded(cell, widths[column] ?? 0)))
      .join('   ')
      .trimEnd(),
  );
}
