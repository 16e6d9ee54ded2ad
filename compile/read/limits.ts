import { CST, Lexer } from 'yaml';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';

/**
 * Limits of a file; bytes and values are counted together with those of the files it extends. They are checked before anything
 * recursive or slower than linear reads the file.
 */
export const limits = { bytes: 256 * 1024, lines: 10_000, depth: 64, values: 4_000, escapes: 10_000 } as const;

/** The most tokens that one value consists of: its indicator, itself, a separator. */
const tokensPerValue = 3;

/** Problems that are reported; a file full of anchors has one mistake, not thousands. */
const reported = 20;

/**
 * Checks the tokens of a text in one pass: limits of depth and number, and features of YAML that the language leaves out. `most`: how
 * many values are left. `lexemes` are the input of the parser; null means that it must not run.
 */
export function scan(text: string, most: number = limits.values): { problems: Problem[]; lexemes: string[] | null } {
  const problems: Problem[] = [];
  const lexemes: string[] = [];
  const depth = createDepth();
  const documents = createDocuments();
  let tokens = 0;
  let values = 0;
  let escapes = 0;
  for (const token of tokensOf(text, lexemes)) {
    if (depth.enter(token) > limits.depth) return { problems: [...problems, tooDeep(token.at)], lexemes: null };
    if (blanks.has(token.type)) continue;
    if (isValue(token)) values++;
    if (++tokens > most * tokensPerValue || values > most) return { problems: [...problems, tooMany(token.at)], lexemes: null };
    if (token.type === 'double-quoted-scalar') escapes += countOf('\\', text.slice(token.at.start, token.at.end));
    if (escapes > limits.escapes) return { problems: [...problems, tooManyEscapes(token.at)], lexemes: null };
    if (documents.isSecond(token)) return { problems: [...problems, forbidden(token.at, features.document)], lexemes: null };
    const feature = features[token.type];
    if (!feature) continue;
    if (problems.length < reported) problems.push(forbidden(token.at, feature));
    if (token.type === 'directive-line') return { problems, lexemes: null };
  }
  return { problems, lexemes };
}

export function tooDeep(at: Place): Problem {
  const message = `nested deeper than ${limits.depth} levels`;
  return { code: 'E0101', at, message, expected: `at most ${limits.depth} levels`, hint: 'a pipeline needs about five' };
}

export function tooMany(at: Place): Problem {
  const most = limits.values.toLocaleString('en');
  return {
    code: 'E0101',
    at,
    message: `more than ${most} values`,
    expected: `at most ${most} keys and values in a file and all that it extends`,
    hint: 'replace similar steps by one step and a sweep',
  };
}

function tooManyEscapes(at: Place): Problem {
  const most = limits.escapes.toLocaleString('en');
  return {
    code: 'E0101',
    at,
    message: `more than ${most} escapes in quoted texts`,
    expected: `at most ${most}`,
    hint: 'a block text, after |, needs no escapes',
  };
}

function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++;
  return count;
}

interface Feature {
  got: string;
  hint: string;
}

interface Token {
  type: string;
  at: Place;
  column: number;
}

/** Every scalar and every opening bracket is a value; mappings by indentation are counted later. */
function isValue({ type }: Token): boolean {
  return type.endsWith('scalar') || type === 'flow-map-start' || type === 'flow-seq-start';
}

const blanks = new Set(['space', 'newline', 'comment']);

const features: { [type: string]: Feature } & { document: Feature } = {
  anchor: { got: 'an anchor', hint: 'write the value where it is needed, or declare a param' },
  alias: { got: 'an alias', hint: 'put text that begins with * in quotes; for a value used twice, declare a param' },
  tag: { got: 'a tag', hint: 'leave it out, since the type of a value follows from its key; put text that begins with ! in quotes' },
  'directive-line': { got: 'a directive', hint: 'leave the line out' },
  document: { got: 'a second document', hint: 'keep one document in a file' },
};

function forbidden(at: Place, { got, hint }: Feature): Problem {
  return { code: 'E0104', at, message: `${got} is not part of the language`, got, hint };
}

/** The tokens of a text with their places; `lexemes` collects the input of the parser. */
export function* tokensOf(text: string, lexemes: string[] = []): Generator<Token> {
  let offset = 0;
  let lineStart = 0;
  let isContent = false;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes.push(lexeme);
    const type: string = isContent ? 'scalar' : (CST.tokenType(lexeme) ?? 'scalar');
    isContent = !isContent && type === 'scalar' && lexeme === CST.SCALAR;
    if (isContent || lexeme === CST.DOCUMENT || lexeme === CST.FLOW_END) continue;
    const at = { start: offset, end: offset + lexeme.length };
    yield { type, at, column: offset - lineStart };
    offset = at.end;
    const newline = lexeme.lastIndexOf('\n');
    if (newline !== -1) lineStart = at.start + newline + 1;
  }
}

/** Levels open at a token: brackets, and columns at which block collections began. */
function createDepth() {
  const columns: number[] = [];
  let brackets = 0;
  let keyColumn = 0;
  const open = (column: number) => {
    while ((columns.at(-1) ?? -1) > column) columns.pop();
    if (columns.at(-1) !== column) columns.push(column);
  };
  return {
    enter({ type, column }: Token): number {
      if (type === 'flow-seq-start' || type === 'flow-map-start') brackets++;
      else if (type === 'flow-seq-end' || type === 'flow-map-end') brackets = Math.max(0, brackets - 1);
      else if (brackets > 0) return brackets + columns.length;
      else if (type === 'seq-item-ind' || type === 'explicit-key-ind') open(column);
      else if (type === 'map-value-ind') open(keyColumn);
      else if (type.endsWith('scalar')) keyColumn = column;
      return brackets + columns.length;
    },
  };
}

/** Recognizes the first token of a second document. */
function createDocuments() {
  let hasStarted = false;
  let hasEnded = false;
  return {
    isSecond({ type }: Token): boolean {
      if (type === 'doc-end') {
        hasEnded = true;
        return false;
      }
      const isSecond = hasEnded || (type === 'doc-start' && hasStarted);
      hasStarted = true;
      return isSecond;
    },
  };
}
