/** Characters of a line with the columns of a terminal that each one takes. */
export interface Cell {
  text: string;
  width: 0 | 1 | 2;
}

/** A line as a terminal shows it, and the first column of every UTF-16 unit; a last entry is the column after the line. */
export function cellsOf(line: string): { cells: Cell[]; columns: number[] } {
  const cells: Cell[] = [];
  const columns: number[] = [];
  let column = 0;
  for (const text of line) {
    const width = widthOf(text);
    cells.push({ text, width });
    for (let unit = 0; unit < text.length; unit++) columns.push(column);
    column += width;
  }
  columns.push(column);
  return { cells, columns };
}

/** Columns that a text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const each of text) columns += widthOf(each);
  return columns;
}

/** Text without anything that moves a cursor, changes a direction or ends a line. */
export function plain(text: string): string {
  return text.replaceAll('\t', ' ').replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '\uFFFD');
}

/** Words in lines of at most so many columns; what is longer than a line has one of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && columnsOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

const combining = /\p{M}|\p{Cf}/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Marks over letters and invisible characters take no column, characters of East Asia and pictures take two. */
function widthOf(character: string): 0 | 1 | 2 {
  if (character < '\u0300') return 1;
  if (combining.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
