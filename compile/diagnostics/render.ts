import pc from 'picocolors';
import { columnsOf, plainLine, wrap } from '../../text/index.ts';
import type { Diagnostic } from './diagnostic.ts';
import { frameOf, type Mark } from './frame.ts';

interface RenderOptions {
  /** Default: no colours. */
  color?: boolean;
  /** Columns of the terminal. Default: 80. */
  width?: number;
}

/** The text of a file by its name in diagnostics; undefined if it is not known. */
type TextOf = (file: string) => string | undefined;

/** The most lines between two places of one frame. */
const near = 8;

/** The longest text beside a mark; a longer one is printed below the frame. */
const longestLabel = 48;

/**
 * A diagnostic for people: `FILE:line:column: error[CODE]: message`, then the lines around it with marks under what is wrong and under
 * what explains it, then what was expected, what was found and what to do. `source` is the text of its file, or finds the text of any
 * file by name.
 */
export function renderDiagnostic(diagnostic: Diagnostic, source: string | TextOf, options: RenderOptions = {}): string {
  const { color = false, width = 80 } = options;
  const { file, line, column, severity, code, message } = diagnostic;
  const textOf: TextOf = typeof source === 'string' ? (name) => (name === file ? source : undefined) : source;
  const paint = pc.createColors(color);
  const level = (severity === 'error' ? paint.red : paint.yellow)(`${severity}[${code}]`);
  const places = framePlaces(diagnostic, width);
  const primary = places[0] as FramePlaces;
  const hasFrame = (textOf(file) ?? '').trim() !== '';
  const label = hasFrame ? labelOfFrame(withoutEcho(diagnostic, textOf(file) ?? '')) : { text: '', notes: notesOf(diagnostic) };
  (primary.marks[0] as Mark).text = label.text;
  const gutter = String(Math.max(...places.flatMap(({ marks }) => marks.map((mark) => mark.line + 1)))).length;
  const lines = [`${paint.bold(`${plainLine(file)}:${line}:${column}`)}: ${level}: ${paint.bold(plainLine(message))}`];
  for (const place of places) lines.push(...placeRows(place, { textOf, gutter, width, paint, isPrimary: place === primary }));
  for (const [name, text] of label.notes) lines.push(...noteRows(name, text, { gutter: hasFrame ? gutter : 1, width, paint }));
  return lines.join('\n');
}

/** Marks of one file that are shown in one frame. */
interface FramePlaces {
  file: string;
  marks: Mark[];
}

/** The first frame has the primary mark and nearby ones; each distant place has its own. */
function framePlaces({ file, line, column, endLine, endColumn, related = [] }: Diagnostic, width: number): FramePlaces[] {
  const to = endLine === line && endColumn !== undefined ? endColumn - 1 : column;
  const places: FramePlaces[] = [{ file, marks: [{ line, from: column - 1, to, text: '', isPrimary: true }] }];
  for (const each of related) {
    const end = each.endLine === each.line && each.endColumn !== undefined ? each.endColumn - 1 : each.column;
    const mark: Mark = { line: each.line, from: each.column - 1, to: end, text: plainLine(each.message), isPrimary: false };
    const home = each.file ?? file;
    const place = places.find((known) => known.file === home && isNear(known.marks, mark, width));
    if (place) place.marks.push(mark);
    else places.push({ file: home, marks: [mark] });
  }
  return places;
}

/** Whether a mark fits into a frame: few lines away, and on the same line within the width of the terminal. */
function isNear(marks: Mark[], mark: Mark, width: number): boolean {
  const beside = marks.filter(({ line }) => line === mark.line);
  const low = Math.min(...beside.map(({ from }) => from), mark.from);
  const high = Math.max(...beside.map(({ to }) => to), mark.to);
  return high - low <= width - 20 && marks.some(({ line }) => Math.abs(line - mark.line) <= near);
}

/** The lines of a text, kept for the next diagnostic, which is mostly about the same text. */
function linesOfText(text: string): string[] {
  if (lastText.text !== text) lastText = { text, lines: text.split('\n') };
  return lastText.lines;
}

let lastText: { text: string; lines: string[] } = { text: '', lines: [''] };

interface RowOptions {
  textOf: TextOf;
  gutter: number;
  width: number;
  paint: ReturnType<typeof pc.createColors>;
  isPrimary: boolean;
}

function placeRows({ file, marks }: FramePlaces, { textOf, isPrimary, ...options }: RowOptions): string[] {
  const text = textOf(file) ?? '';
  const [first] = marks as [Mark, ...Mark[]];
  const head = `${' '.repeat(options.gutter)}${options.paint.blue(':::')} ${plainLine(file)}:${first.line}:${first.from + 1}`;
  if (text.trim() === '') return isPrimary ? [] : [`${head}: ${first.text}`];
  return [...(isPrimary ? [] : [head]), ...frameOf(marks, { ...options, lines: linesOfText(text) })];
}

type Notes = [name: string, text: string][];

/** Leaves out `got` if the frame marks that very text, unless its type is what is wrong. */
function withoutEcho(diagnostic: Diagnostic, text: string): Diagnostic {
  const { code, got, line, column, endLine, endColumn } = diagnostic;
  if (got === undefined || endLine !== line) return diagnostic;
  const marked = linesOfText(text)[line - 1]?.slice(column - 1, (endColumn ?? column) - 1) ?? '';
  const words = [`the number ${marked}`, `text ${JSON.stringify(marked.replace(/^(['"])(.*)\1$/, '$2'))}`];
  const { got: _, ...others } = diagnostic;
  return got === marked || (code !== 'E0112' && words.includes(got)) ? others : diagnostic;
}

/** The sentence beside the primary mark, and the notes that are left. */
function labelOfFrame(diagnostic: Diagnostic): { text: string; notes: Notes } {
  const { label, hint, expected } = diagnostic;
  const notes = notesOf(diagnostic);
  if (label !== undefined) return { text: plainLine(label), notes };
  if (hint?.startsWith('did you mean')) return { text: plainLine(hint), notes: notes.filter(([name]) => name !== 'hint') };
  const sentence = expected === undefined ? '' : `expected ${plainLine(expected)}`;
  if (sentence === '' || columnsOf(sentence) > longestLabel) return { text: '', notes };
  return { text: sentence, notes: notes.filter(([name]) => name !== 'expected') };
}

function notesOf({ expected, got, hint }: Diagnostic): Notes {
  const notes: [string, string | undefined][] = [['expected', expected], ['got', got], ['hint', hint]];
  return notes.flatMap(([name, text]): Notes => (text === undefined ? [] : [[name, plainLine(text)]]));
}

function noteRows(name: string, text: string, { gutter, width, paint }: Omit<RowOptions, 'textOf' | 'isPrimary'>): string[] {
  const title = `${name}:`.padEnd(10);
  const indent = ' '.repeat(gutter);
  const [first = '', ...others] = wrap(text, width - gutter - 3 - title.length);
  const head = `${indent} ${paint.blue('=')} ${name === 'hint' ? paint.cyan(title) : title}${first}`;
  return [head, ...others.map((each) => `${indent}   ${' '.repeat(title.length)}${each}`)];
}
