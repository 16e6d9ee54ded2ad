import pc from 'picocolors';
import { screenCells, columnsOf, plainLine, wrap } from '../../text/index.ts';

/** A part of one line with a sentence about it; `to` is exclusive, both are 0-based UTF-16 units. */
export interface Mark {
  line: number;
  from: number;
  to: number;
  text: string;
  isPrimary: boolean;
}

interface FrameOptions {
  lines: string[];
  /** Columns of the gutter that holds the line numbers. */
  gutter: number;
  /** Columns of the terminal. */
  width: number;
  paint: ReturnType<typeof pc.createColors>;
}

/** Lines shown before and after a primary mark. */
const context = { above: 2, below: 1 } as const;

/** The marked lines of a text as rows: `^` under what is wrong, `-` under what explains it. */
export function frameOf(marks: Mark[], options: FrameOptions): string[] {
  const { gutter, paint } = options;
  const rows: string[] = [];
  let last = 0;
  for (const line of shownLines(marks, options.lines)) {
    if (last > 0 && line > last + 1) rows.push(paint.blue('...'));
    rows.push(...lineRows(line, marks.filter((mark) => mark.line === line), options));
    last = line;
  }
  return [paint.blue(`${' '.repeat(gutter)} |`), ...rows];
}

/** The lines to show; a gap of a single line is shown as well. */
function shownLines(marks: Mark[], lines: string[]): number[] {
  const shown = new Set(marks.map(({ line }) => line));
  for (const { line } of marks.filter(({ isPrimary }) => isPrimary)) {
    for (let near = line - context.above; near <= line + context.below; near++) {
      const text = lines[near - 1];
      if (text !== undefined && text.trim() !== '') shown.add(near);
    }
  }
  const ordered = [...shown].sort((a, b) => a - b);
  return ordered.flatMap((line) => (shown.has(line + 2) && !shown.has(line + 1) ? [line, line + 1] : [line]));
}

function lineRows(line: number, marks: Mark[], options: FrameOptions): string[] {
  const { lines, gutter, width, paint } = options;
  const room = width - gutter - 3;
  const window = windowOf(lines[line - 1] ?? '', marks, room);
  const number = String(line).padStart(gutter);
  const edge = paint.blue(`${' '.repeat(gutter)} |`);
  const shown = `${paint.blue(`${number} |`)} ${window.text}`.trimEnd();
  return [shown, ...markRows(window.marks, { room, paint }).map((row) => `${edge} ${row}`.trimEnd())];
}

/** A mark in columns of the window. */
type Placed = Mark & { start: number; end: number };

/** The part of a line that fits the width and contains its marks. */
function windowOf(whole: string, written: Mark[], room: number): { text: string; marks: Placed[] } {
  const start = beginOf(written, room);
  const line = whole.slice(start, start + 8 * room).replace(/\r$/, '');
  const marks = written.map((mark) => ({ ...mark, from: mark.from - start, to: mark.to - start }));
  const { cells, columns } = screenCells(plainLine(line));
  const total = columns[columns.length - 1] ?? 0;
  const placed = marks.map((mark) => {
    const start = columns[Math.min(mark.from, columns.length - 1)] ?? 0;
    const end = columns[Math.min(mark.to, columns.length - 1)] ?? start;
    return { ...mark, start, end: Math.max(end, start + 1) };
  });
  const shift = shiftOf(placed, total, room);
  let text = '';
  let column = 0;
  for (const cell of cells) {
    const isCut = (shift > 0 && column <= shift) || (column + cell.width >= shift + room && total > shift + room);
    const isShown = column >= shift && column + cell.width <= shift + room;
    if (isShown) text += isCut && cell.width > 0 ? '…'.padEnd(cell.width) : cell.text;
    else if (column < shift && column + cell.width > shift) text += '…';
    column += cell.width;
  }
  const inside = placed
    .map((mark) => ({ ...mark, start: Math.max(0, mark.start - shift), end: Math.min(room, mark.end - shift) }))
    .filter(({ start, end }) => start < room && end > 0);
  return { text: text.trimEnd(), marks: inside };
}

/** Where to start in a very long line: before its marks, or before the primary one if the marks are far apart. */
function beginOf(marks: Mark[], room: number): number {
  const primary = marks.find(({ isPrimary }) => isPrimary) ?? marks[0];
  if (!primary) return 0;
  const [low, high] = [Math.min(...marks.map(({ from }) => from)), Math.max(...marks.map(({ to }) => to))];
  return Math.max(0, (high - low > 4 * room ? primary.from : low) - 2 * room);
}

/** The columns to leave out on the left: none if the marks fit, otherwise enough to centre the marks. */
function shiftOf(marks: Placed[], total: number, room: number): number {
  const primary = marks.find(({ isPrimary }) => isPrimary) ?? marks[0];
  if (!primary || total <= room) return 0;
  let [low, high] = [Math.min(...marks.map(({ start }) => start)), Math.max(...marks.map(({ end }) => end))];
  if (high < room) return 0;
  if (high - low > room - 2) [low, high] = [primary.start, Math.min(primary.end, primary.start + room - 2)];
  const middle = Math.floor((low + high - room) / 2);
  return Math.max(0, Math.min(middle, total - room, low - 1));
}

type MarkStyle = 'primary' | 'secondary' | 'none';

/** The rows under a line: the marks, with the last one's text beside it if it fits, and the other texts below. */
function markRows(marks: Placed[], { room, paint }: { room: number; paint: FrameOptions['paint'] }): string[] {
  if (marks.length === 0) return [];
  const rows = [createRow(paint)];
  const ordered = [...marks].sort((a, b) => Number(a.isPrimary) - Number(b.isPrimary));
  for (const mark of ordered) rows[0]?.put(mark.start, (mark.isPrimary ? '^' : '-').repeat(mark.end - mark.start), styleOfMark(mark));
  const pending = marks.filter(({ text }) => text !== '').sort((a, b) => a.start - b.start);
  const last = pending.at(-1);
  const end = Math.max(...marks.map((mark) => mark.end));
  if (last && last.end === end && end + 1 + columnsOf(last.text) <= room) {
    rows[0]?.put(end + 1, last.text, styleOfMark(last));
    pending.pop();
  }
  while (pending.length > 0) {
    const mark = pending.pop() as Placed;
    for (const text of wrap(mark.text, room)) {
      const row = createRow(paint);
      for (const other of pending) row.put(other.start, '|', styleOfMark(other));
      row.put(Math.max(0, Math.min(mark.start, room - columnsOf(text))), text, styleOfMark(mark));
      rows.push(row);
    }
  }
  return rows.map((row) => row.toString());
}

function styleOfMark({ isPrimary }: Mark): MarkStyle {
  return isPrimary ? 'primary' : 'secondary';
}

/** Text put at columns; later text covers earlier text. */
function createRow(paint: FrameOptions['paint']) {
  const parts: { text: string; style: MarkStyle }[] = [];
  const painted = { primary: paint.red, secondary: paint.blue, none: (text: string) => text };
  return {
    put(column: number, text: string, style: MarkStyle): void {
      while (parts.length < column) parts.push({ text: ' ', style: 'none' });
      const characters = [...text];
      for (const [index, each] of characters.entries()) parts[column + index] = { text: each, style };
    },
    toString(): string {
      let row = '';
      for (let from = 0; from < parts.length; ) {
        const style = parts[from]?.style ?? 'none';
        let to = from;
        while (to < parts.length && parts[to]?.style === style) to++;
        const text = parts.slice(from, to).map((part) => part.text).join('');
        row += painted[style](text);
        from = to;
      }
      return row;
    },
  };
}
