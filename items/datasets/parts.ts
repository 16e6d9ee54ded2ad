/** Files of one part of a data set, in the order of their shards. */
export interface DataParts {
  [part: string]: string[];
}

/** Where a data set has its parts among published files. */
export interface DataLayout {
  /** Parts that are read. */
  parts: readonly string[];
  /** The part that a file belongs to by its path. */
  partOf: (path: string) => string;
  /** The table that a file holds a piece of, by its path without shard and extension. Left out: each is a table of its own. */
  tableOf?: (stem: string) => string;
}

const words: { [word: string]: string } = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  dev: 'validation',
  val: 'validation',
  test: 'test',
  testing: 'test',
};

/** The part that a path names: `train`, `validation` or `test`, by the file's name before its folders; empty where none does. */
export function splitOf(path: string): string {
  for (const piece of path.split('/').toReversed()) {
    const [found] = piece.toLowerCase().split(/[^a-z]+/).flatMap((word) => (Object.hasOwn(words, word) ? [words[word]] : []));
    if (found !== undefined) return found;
  }
  return '';
}

/** Sorts files into the parts of a data set; a problem in words where two tables could be one part, or shards are missing. */
export function partsOf(
  paths: readonly string[],
  { parts: read, partOf, tableOf = (stem) => stem }: DataLayout,
): { parts: DataParts } | { problem: string } {
  const parts: DataParts = {};
  for (const path of paths) {
    const part = partOf(path);
    if (read.includes(part)) (parts[part] ??= []).push(path);
  }
  for (const [part, files] of Object.entries(parts)) {
    const pieces = files.map(pieceOf);
    const tables = Map.groupBy(pieces, ({ stem, end }) => tableOf(stem) + end);
    const firsts = [...tables.values()].map(([first]) => first?.path ?? '');
    if (tables.size > 1) return { problem: `${listed(firsts)} could each be ${partText(part)}` };
    for (const shards of Map.groupBy(pieces, ({ stem }) => stem).values()) {
      const [{ of } = { of: 1 }] = shards;
      if (shards.length !== of) return { problem: `${partText(part)} has ${shards.length} of ${of} shards: ${listed(files)}` };
    }
  }
  return { parts };
}

/** A path without the number of its shard and its extension. */
export function stemOf(path: string): string {
  return pieceOf(path).stem;
}

/** A file as a piece of a table: `stem-00000-of-00003.parquet`, or the whole of it. */
function pieceOf(path: string): { path: string; stem: string; of: number; end: string } {
  const [end = '', of = '1', extension = ''] = /(?:-\d{5}-of-(\d{5}))?(\.[a-z]+(?:\.gz)?)$/.exec(path) ?? [];
  return { path, stem: path.slice(0, path.length - end.length), of: Number(of), end: `${of}${extension}` };
}

function partText(part: string): string {
  return part === '' ? 'the data set' : `the part ${part}`;
}

/** At most so many names in a message. */
const mostNamed = 6;

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
