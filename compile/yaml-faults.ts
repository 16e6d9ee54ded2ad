import type { YAMLError } from 'yaml';
import type { Problem } from './diagnostic.ts';
import { tokensOf } from './limits.ts';
import type { Place } from './source.ts';

/** A broken file breaks the parser at many places; the first ones say what is wrong. */
const shown = { errors: 100, problems: 5 } as const;

/** What the parser finds wrong with the structure of a text, in words that say what to change. */
export function problemsOfYaml(errors: Fault[], text: string): Problem[] {
  const lines = new Set<number>();
  const firstOfLines = errors
    .slice(0, shown.errors)
    .filter(({ pos: [start] }) => lines.size < lines.add(text.lastIndexOf('\n', start - 1)).size)
    .slice(0, shown.problems);
  const problems = firstOfLines.map((error) => faultOf(error, text));
  const unclosed = problems.filter(({ label }) => label === openedHere).map(({ at }) => at?.start ?? 0);
  return problems.filter(({ at, label }) => label !== openedHere || at?.start === Math.max(...unclosed));
}

/** The bracket within leaves the ones around it open too; only its own mistake is told. */
const openedHere = 'opened here';

function faultOf({ code, message, pos: [start, end] }: Fault, text: string): Problem {
  const fault = { code, message, at: { start, end }, text };
  for (const { codes, says, explain } of explanations)
    if (codes.includes(code) && says.test(message)) return { code: 'E0103', at: fault.at, ...explain(fault) };
  const [first = ''] = message.split('\n');
  return { code: 'E0103', at: fault.at, message: `not valid YAML: ${first}`, hint: 'correct the YAML here' };
}

type Fault = Pick<YAMLError, 'code' | 'message' | 'pos'>;

interface Found {
  message: string;
  at: Place;
  text: string;
}

type Explained = Omit<Problem, 'code' | 'at'> & { at?: Place };

interface Explanation {
  codes: YAMLError['code'][];
  /** What the parser's sentence has to hold. */
  says: RegExp;
  explain: (fault: Found) => Explained;
}

const unevenly = {
  message: 'this line is indented unlike the ones it belongs to',
  hint: 'keys of one mapping, and items of one list, begin in the same column',
};

const separate = 'write key: value, with a space after the colon';

const explanations: Explanation[] = [
  { codes: ['BAD_INDENT', 'MISSING_CHAR'], says: /^Flow |^Expected flow/, explain: unclosedBracket },
  { codes: ['MISSING_CHAR'], says: /^Missing closing/, explain: unclosedQuote },
  {
    codes: ['BAD_INDENT'],
    says: /must start at the same column/,
    explain: (fault) => ({ at: firstWord(fault), ...unevenly }),
  },
  {
    codes: ['TAB_AS_INDENT'],
    says: /./,
    explain: () => ({ message: 'a tab is used to indent', label: 'a tab', hint: 'indent with spaces' }),
  },
  {
    codes: ['BLOCK_AS_IMPLICIT_KEY'],
    says: /./,
    explain: mappingInValue,
  },
  {
    codes: ['MULTILINE_IMPLICIT_KEY'],
    says: /./,
    explain: (fault) => ({ at: firstWord(fault), message: 'this is neither a key nor a value', hint: separate }),
  },
  { codes: ['MISSING_CHAR'], says: /^Implicit map keys/, explain: () => ({ message: 'a key without a colon', hint: separate }) },
  {
    codes: ['MISSING_CHAR'],
    says: /^Comments/,
    explain: () => ({ message: 'a comment that touches what stands before it', hint: 'put a space before the #' }),
  },
  {
    codes: ['BAD_SCALAR_START'],
    says: /./,
    explain: ({ at, text }) => ({ message: `plain text can not begin with ${text[at.start] ?? ''}`, hint: 'put it in quotes' }),
  },
  {
    codes: ['UNEXPECTED_TOKEN'],
    says: /flow-(map|seq)-end/,
    explain: ({ at, text }) => ({ message: `this ${text[at.start] ?? ''} closes nothing`, hint: 'remove it, or add what it should close' }),
  },
  {
    codes: ['UNEXPECTED_TOKEN'],
    says: /block-seq-ind on same line/,
    explain: () => ({ message: 'a list that begins on the line of its key', hint: 'begin it on the next line, or write [a, b]' }),
  },
  {
    codes: ['UNEXPECTED_TOKEN'],
    says: /at node end/,
    explain: ({ at, text }) => ({
      message: 'something stands after the end of a value',
      hint: text[at.start - 1] === "'" ? "inside single quotes write '' for an apostrophe" : 'put the whole value in quotes',
    }),
  },
  {
    codes: ['BLOCK_IN_FLOW'],
    says: /./,
    explain: () => ({ message: 'entries between brackets without a comma', hint: 'separate them by commas, and close every bracket' }),
  },
  {
    codes: ['BAD_DQ_ESCAPE'],
    says: /./,
    explain: () => ({ message: 'an escape that double quotes do not know', hint: 'use single quotes, or write \\\\ for a backslash' }),
  },
  { codes: ['NON_STRING_KEY'], says: /./, explain: () => ({ message: 'a key that is not text', hint: 'keys are plain names' }) },
  {
    codes: ['KEY_OVER_1024_CHARS'],
    says: /./,
    explain: ({ at }) => ({
      at: { start: at.start, end: Math.min(at.end, at.start + 20) },
      message: 'a key of more than 1,024 characters',
      hint: 'is a line end or a quote missing?',
    }),
  },
];

/** Either text that holds a colon and is not quoted, or the next line is indented too far. */
function mappingInValue({ at, text }: Found): Explained {
  const [line = ''] = text.slice(at.start).split(/\r?\n/, 1);
  const next = text.indexOf('\n', at.start) + 1;
  if (!/:( |$)/.test(line) && next > 0) return { at: firstWord({ at: { start: next, end: next }, text }), ...unevenly };
  return {
    at: { start: at.start, end: at.start + line.length },
    message: 'a mapping begins where a single value stands',
    hint: 'put text that holds ": " in quotes',
  };
}

/** The mark stands where the bracket was opened; where it had to be closed at the latest is told beside it. */
function unclosedBracket({ at, text }: Found): Explained {
  const open: Place[] = [];
  for (const token of tokensOf(text)) {
    if (token.at.start >= at.start) break;
    if (token.type === 'flow-map-start' || token.type === 'flow-seq-start') open.push(token.at);
    if (token.type === 'flow-map-end' || token.type === 'flow-seq-end') open.pop();
  }
  const opened = open.at(-1);
  const bracket = text[opened?.start ?? at.start] ?? '';
  const closing = bracket === '[' ? ']' : '}';
  if (!opened) return { message: 'a bracket is not closed', hint: 'close it' };
  const word = firstWord({ at, text });
  const end = text.trimEnd().length;
  const isEnd = word.start >= end;
  return {
    at: opened,
    message: `this ${bracket} is not closed`,
    label: openedHere,
    hint: `add the missing ${closing}`,
    related: [{ message: isEnd ? 'the file ends here' : `a ${closing} was expected before this`, at: isEnd ? { start: end, end } : word }],
  };
}

/** The last quoted text that began before the fault. */
function unclosedQuote({ at, text }: Found): Explained {
  let opened = at;
  for (const token of tokensOf(text)) {
    if (token.at.start > at.start) break;
    if (token.type.endsWith('quoted-scalar')) opened = { start: token.at.start, end: token.at.start + 1 };
  }
  return { at: opened, message: 'this quote is not closed', label: openedHere, hint: `add the missing ${text[opened.start] ?? 'quote'}` };
}

/** From the first character that is no space and no end of a line. */
function firstWord({ at, text }: Pick<Found, 'at' | 'text'>): Place {
  let start = at.start;
  while (' \r\n'.includes(text[start] ?? '.')) start++;
  const end = text.slice(start).search(/[\s:]|$/) + start;
  return { start, end: Math.max(end, start) };
}
