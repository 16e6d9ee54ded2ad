/** Part of a text as offsets: `start` inclusive, `end` exclusive. */
export interface Place {
  start: number;
  end: number;
  /** The file it is in; left out: the file that is compiled. */
  file?: string;
}

/** 1-based, in UTF-16 units, as editors count. */
interface Position {
  line: number;
  column: number;
}

/** A file's text and where its lines begin. */
export interface SourceText {
  file: string;
  text: string;
  positionOf(offset: number): Position;
  /** Offset of the end of the line that holds this offset. */
  lineEnd(offset: number): number;
}

/** The files a pipeline is written in: the one that is compiled, those it extends, and files of params. */
export interface SourceFiles {
  main: SourceText;
  /** Keys and values of all files read so far, which share one limit. */
  values: number;
  /** Adds another file. */
  add(source: SourceText): void;
  /** The file with this name; without a name, or for an unknown one, the main file. */
  of(file: string | undefined): SourceText;
  textOf(file: string): string | undefined;
  /** The texts of all files but the main one, by name. */
  others(): { [file: string]: string };
  /** Where a place begins; `file` is left out in the main file. */
  positionOf(place: Place): Position & { file?: string };
}

export function createSourceFiles(main: SourceText): SourceFiles {
  const others = new Map<string, SourceText>();
  const of = (file: string | undefined): SourceText => (file === undefined ? main : (others.get(file) ?? main));
  return {
    main,
    values: 0,
    add: (source) => void others.set(source.file, source),
    of,
    textOf: (file) => (file === main.file ? main : others.get(file))?.text,
    others: () => Object.fromEntries([...others.values()].map(({ file, text }) => [file, text])),
    positionOf({ start, file }) {
      const source = of(file);
      return { ...(source === main ? {} : { file: source.file }), ...source.positionOf(start) };
    },
  };
}

export function createSource(file: string, text: string): SourceText {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    file,
    text,
    positionOf(offset) {
      const line = lineOf(offset);
      return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
    lineEnd(offset) {
      const next = starts[lineOf(offset) + 1];
      if (next === undefined) return text.length;
      return text[next - 2] === '\r' ? next - 2 : next - 1;
    },
  };
}
