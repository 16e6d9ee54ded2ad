import type { Place, SourceText } from './source.ts';

/** Codes are stable: documentation, tests and editors refer to them. */
export const codes = {
  E0101: 'over a limit of size, depth or number of values',
  E0102: 'not plain UTF-8 text',
  E0103: 'not YAML',
  E0104: 'a feature of YAML that is not part of the language',
  E0105: 'duplicate key',
  E0106: 'a number that cannot be represented exactly',
  E0107: 'a reserved key',
  E0108: 'checking takes too long',
  E0109: 'checking needs too much memory',
  E0110: 'unknown key',
  E0111: 'a key is missing',
  E0112: 'wrong type',
  E0113: 'out of range',
  E0114: 'not one of the allowed values',
  E0115: 'malformed name',
  E0120: 'unknown param',
  E0121: 'a param is declared wrongly',
  E0122: 'a param has no value',
  E0123: 'the value of a param does not fit where it is used',
  E0124: '--set does not fit',
  E0125: 'a text that contains the name of a param',
  E0130: 'unknown step',
  E0131: 'unknown or missing output of a step',
  E0132: 'an artifact of the wrong type',
  E0133: 'a cycle of steps',
  E0134: 'items of different origins',
  E0135: 'ambiguous name',
  E0140: 'unknown model',
  E0141: 'unknown endpoint',
  E0142: 'unknown source folder or weights',
  E0143: 'unknown pool',
  E0144: 'weights that the trainer does not support',
  E0145: 'a prompt template that cannot be used',
  E0150: 'settings that contradict each other',
  E0151: 'a model is measured on what it was trained on',
  E0160: 'unused step',
  E0161: 'unused declaration',
  E0162: 'weights without a digest',
  E0163: 'an exclusion that removes nothing',
  E0170: 'the configuration cannot be read',
  E0171: 'an incomplete or contradictory declaration in the configuration',
  E0180: 'a key that names no param',
  E0181: 'two axes bind the same param',
  E0182: 'choices of one group that bind different params',
  E0183: 'a sweep with too many cells',
  E0184: 'a value that a param does not accept',
  E0185: 'seeds without a param seed',
  E0186: 'lists of zip with different lengths',
  E0187: 'a geometric axis that gives no values',
  E0188: 'params that refer to each other',
  E0189: '--set of a param that a sweep varies',
  E0190: 'no such sweep or cell',
  E0191: 'a sweep without cells',
  E0200: 'the extended pipeline does not exist',
  E0201: 'extends does not name a pipeline',
  E0202: 'pipelines extend each other',
  E0203: 'too many levels of extends',
  E0204: 'nothing to remove',
  E0205: 'a change to something the extended pipeline does not have',
  E0206: 'a params file that is not a list of values',
  E0210: 'a claim or a view names something that does not exist',
  E0211: 'a claim or a view about a value that the step does not have',
  E0212: 'keys of a claim that do not go together',
  E0213: 'a claim or a view that selects no cell',
  E0214: 'the sides of a claim cannot be compared',
  E0215: 'two claims with the same id',
  E0216: 'a claim that compares cells with themselves',
  E0217: 'parts of a view that do not fit together',
  E0218: 'a cell of a view that mixes several results',
  E0219: 'a view of something that no report reads',
} as const;

export type Code = keyof typeof codes;

/** Something wrong in a file, as data. Lines and columns are 1-based. */
export interface Diagnostic {
  code: Code;
  severity: 'error' | 'warning';
  /** What is wrong, in one sentence, without its place. */
  message: string;
  file: string;
  line: number;
  column: number;
  endLine?: number;
  endColumn?: number;
  expected?: string;
  got?: string;
  hint?: string;
  /** A few words for the place itself, if the message does not say them. */
  label?: string;
  /** Other places that explain it; without a file they are in the same file. */
  related?: RelatedPlace[];
}

interface RelatedPlace {
  message: string;
  file?: string;
  line: number;
  column: number;
  endLine?: number;
  endColumn?: number;
}

/** Something wrong, placed by offsets; null is the whole file. */
export interface Problem {
  code: Code;
  at: Place | null;
  message: string;
  severity?: 'warning';
  expected?: string | undefined;
  got?: string | undefined;
  hint?: string | undefined;
  label?: string | undefined;
  related?: { message: string; at: Place }[];
}

/** The most diagnostics that are returned; the last one says how many are left out. */
const shown = 100;

/** The most other places of one diagnostic. */
const explaining = 8;

/** The source of a place, by the file that it names; a place without a file is in the main file. */
type SourceOf = (file: string | undefined) => SourceText;

/** Problems as diagnostics, in the order of the file; those of other files follow, file by file. */
export function toDiagnostics(source: SourceText, problems: Problem[], sourceOf: SourceOf = () => source): Diagnostic[] {
  const files = [...new Set(problems.map(({ at }) => at?.file))].filter((file) => file !== undefined && file !== source.file);
  const rankOf = (at: Place | null): number => files.indexOf(at?.file) + 1;
  const ordered = problems
    .map((problem, index) => ({ problem, index, rank: rankOf(problem.at), start: problem.at?.start ?? 0 }))
    .sort((a, b) => a.rank - b.rank || a.start - b.start || a.index - b.index)
    .map(({ problem }) => problem)
    .filter(isFirst());
  const kept = (ordered.length <= shown ? ordered : firstErrors(ordered)).map((problem) => toDiagnostic(problem, sourceOf));
  if (ordered.length <= shown) return kept;
  const last = kept[kept.length - 1] as Diagnostic;
  kept.push({
    code: 'E0101',
    severity: kept.some(isError) ? 'error' : 'warning',
    message: `${ordered.length - kept.length} more problems are not shown`,
    file: source.file,
    line: last.line,
    column: last.column,
    hint: 'correct the ones above first',
  });
  return kept;
}

export function isError({ severity }: { severity?: string | undefined }): boolean {
  return severity !== 'warning';
}

/** Passes a problem the first time: two passes may find the same mistake. What the configuration lacks is reported once per file. */
function isFirst(): (problem: Problem) => boolean {
  const seen = new Set<string>();
  return ({ code, at, message }) => {
    const before = seen.size;
    const place = code === 'E0162' ? '' : `${at?.file ?? ''}:${at?.start ?? 0}`;
    return seen.add(`${code} ${place} ${message}`).size > before;
  };
}

function firstErrors(ordered: Problem[]): Problem[] {
  const errors = ordered.filter(isError);
  return (errors.length > 0 ? errors : ordered).slice(0, shown - 1);
}

function toDiagnostic(problem: Problem, sourceOf: SourceOf): Diagnostic {
  const { code, at, message, severity = 'error', related = [] } = problem;
  const source = sourceOf(at?.file);
  return {
    code,
    severity,
    message: clipped(message),
    file: source.file,
    ...span(source, at ?? { start: 0, end: 0 }),
    ...sentences(problem),
    ...(related.length === 0 ? {} : { related: related.slice(0, explaining).map((each) => toRelated(each, { source, sourceOf })) }),
  };
}

function sentences(problem: Problem): Pick<Diagnostic, 'expected' | 'got' | 'hint' | 'label'> {
  const given = (['expected', 'got', 'hint', 'label'] as const).flatMap((name) => {
    const text = problem[name];
    return text === undefined ? [] : [[name, clipped(text)]];
  });
  return Object.fromEntries(given) as Pick<Diagnostic, 'expected' | 'got' | 'hint' | 'label'>;
}

function toRelated(
  { message, at }: { message: string; at: Place },
  { source: main, sourceOf }: { source: SourceText; sourceOf: SourceOf },
): RelatedPlace {
  const source = sourceOf(at.file);
  return { message: clipped(message), ...(source.file === main.file ? {} : { file: source.file }), ...span(source, at) };
}

/** The positions of a place, which ends with its line: a place over several lines is marked on its first line. */
function span(source: SourceText, { start, end }: Place): { line: number; column: number; endLine?: number; endColumn?: number } {
  const from = source.positionOf(start);
  if (end <= start) return from;
  const to = source.positionOf(Math.min(end, source.lineEnd(start)));
  return { ...from, endLine: to.line, endColumn: to.column };
}

/** Cuts sentences, since they quote the file, and a file may contain words of any length. */
function clipped(sentence: string): string {
  return sentence.length > 400 ? `${sentence.slice(0, 400)}…` : sentence;
}
