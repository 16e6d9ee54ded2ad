import type { YAMLError } from 'yaml';
import { blockAround, withoutBlock } from './broken-blocks.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { tokensOf } from './limits.ts';
import { oddSpace } from './slips.ts';
import type { Place } from '../diagnostics/source.ts';

/** The most faults of a text that are reported. */
const shown = 5;

/** The most characters that are parsed again to separate the consequences of a fault from further faults. */
const readAgain = 24 * 1024;

/**
 * Structural faults of a text, in words that say what to change. A fault breaks its surroundings, so only the first one counts; the
 * next is searched in the text without the block of the first.
 */
export function problemsOfYaml(text: string, faultsIn: (text: string) => Fault[]): Problem[] {
  const problems: Problem[] = [];
  let rest = text;
  let end = 0;
  while (problems.length < shown && rest.length * problems.length <= readAgain) {
    const [fault] = faultsIn(rest);
    const problem = fault && faultOf(fault, rest);
    if (!problem || problem.at.start < end) break;
    problems.push(problem);
    const block = blockAround(rest, { start: problem.at.start, withEqual: problem.message === unevenly.message });
    rest = withoutBlock(rest, block);
    end = block.end;
  }
  return problems;
}

function faultOf({ code, message, pos: [start, end] }: Fault, text: string): Problem & { at: Place } {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const odd = oddSpace(text.slice(from).split('\n', 1).join(), from);
  if (odd) return odd;
  const fault = { code, message, at: { start, end }, text };
  for (const { codes, says, explain } of explanations)
    if (codes.includes(code) && says.test(message)) return { code: 'E0103', at: fault.at, ...explain(fault) };
  const [first = ''] = message.split('\n');
  return { code: 'E0103', at: fault.at, message: `not valid YAML: ${first}`, hint: 'correct the YAML here' };
}

export type Fault = Pick<YAMLError, 'code' | 'message' | 'pos'>;

interface YamlFault {
  message: string;
  at: Place;
  text: string;
}

type Explained = Omit<Problem, 'code' | 'at'> & { at?: Place };

interface FaultRule {
  codes: YAMLError['code'][];
  /** The parser's message must match this. */
  says: RegExp;
  explain: (fault: YamlFault) => Explained;
}

const unevenly = {
  message: 'the indentation of this line does not match the lines it belongs to',
  hint: 'keys of one mapping, and items of one list, start in the same column',
};

const separate = 'write key: value, with a space after the colon';

const explanations: FaultRule[] = [
  { codes: ['BAD_INDENT', 'MISSING_CHAR'], says: /^Flow |^Expected flow/, explain: unclosedBracket },
  { codes: ['MISSING_CHAR'], says: /^Missing closing/, explain: unclosedQuote },
  { codes: ['BAD_INDENT'], says: /must start at the same column/, explain: (fault) => ({ at: firstWord(fault), ...unevenly }) },
  {
    codes: ['TAB_AS_INDENT'],
    says: /./,
    explain: () => ({ message: 'a tab is used to indent', label: 'a tab', hint: 'indent with spaces' }),
  },
  { codes: ['BLOCK_AS_IMPLICIT_KEY'], says: /./, explain: mappingInValue },
  {
    codes: ['MULTILINE_IMPLICIT_KEY'],
    says: /./,
    explain: (fault) => ({ at: firstWord(fault), message: 'this is neither a key nor a value', hint: separate }),
  },
  { codes: ['MISSING_CHAR'], says: /^Implicit map keys/, explain: () => ({ message: 'a key without a colon', hint: separate }) },
  {
    codes: ['MISSING_CHAR'],
    says: /^Comments/,
    explain: () => ({ message: 'a comment without a space before it', hint: 'put a space before the #' }),
  },
  {
    codes: ['BAD_SCALAR_START'],
    says: /./,
    explain: ({ at, text }) => ({ message: `unquoted text cannot start with ${text[at.start] ?? ''}`, hint: 'put it in quotes' }),
  },
  {
    codes: ['UNEXPECTED_TOKEN'],
    says: /flow-(map|seq)-end/,
    explain: ({ at, text }) => ({
      message: `this ${text[at.start] ?? ''} has nothing to close`,
      hint: 'remove it, or add the opening bracket',
    }),
  },
  {
    codes: ['UNEXPECTED_TOKEN'],
    says: /block-seq-ind on same line/,
    explain: () => ({ message: 'a list that starts on the line of its key', hint: 'start it on the next line, or write [a, b]' }),
  },
  {
    codes: ['UNEXPECTED_TOKEN'],
    says: /^Unexpected , in flow/,
    explain: () => ({ message: 'there is no value before this comma', hint: 'remove the comma, or add the missing value' }),
  },
  {
    codes: ['UNEXPECTED_TOKEN'],
    says: /at node end/,
    explain: ({ at, text }) => ({ message: 'unexpected text after the end of a value', hint: insteadOf(at, text) }),
  },
  {
    codes: ['BLOCK_IN_FLOW'],
    says: /./,
    explain: () => ({
      message: 'a comma is missing between entries in brackets',
      hint: 'separate entries by commas, and close every bracket',
    }),
  },
  {
    codes: ['BAD_DQ_ESCAPE'],
    says: /./,
    explain: () => ({ message: 'an unknown escape in double quotes', hint: 'use single quotes, or write \\\\ for a backslash' }),
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

/** How to write a value that ends too early. */
function insteadOf({ start }: Place, text: string): string {
  const [, param] = /^\$\{([a-z][\w-]*)\}/.exec(text.slice(start - 1, start + 70)) ?? [];
  if (param !== undefined) return `write $${param}, without braces`;
  return text[start - 1] === "'" ? "inside single quotes write '' for an apostrophe" : 'put the whole value in quotes';
}

/** Explains an unquoted text with a colon, or a next line that is indented too far. */
function mappingInValue({ at, text }: YamlFault): Explained {
  const [line = ''] = text.slice(at.start).split(/\r?\n/, 1);
  const next = text.indexOf('\n', at.start) + 1;
  if (!/:( |$)/.test(line) && next > 0) return { at: firstWord({ at: { start: next, end: next }, text }), ...unevenly };
  return { at: { start: at.start, end: at.start + line.length }, message: 'a mapping starts inside a single value', hint: apart(line) };
}

/** How to write a line that has a value and a key in it. */
function apart(line: string): string {
  const [, before = '', key = '', after = ''] = /^(.*?)([\w-]+):(?: +(.)|$)/.exec(line) ?? [];
  if (before.trim() === '') return 'write the mapping in {}, or put text that contains ": " in quotes';
  return '{['.includes(after) ? `start ${key}: on its own line` : 'put text that contains ": " in quotes';
}

/** Marks where the bracket was opened, and beside it where it had to be closed at the latest. */
function unclosedBracket({ at, text }: YamlFault): Explained {
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
    label: 'opened here',
    hint: `add the missing ${closing}`,
    related: [{ message: isEnd ? 'the file ends here' : `a ${closing} was expected before this`, at: isEnd ? { start: end, end } : word }],
  };
}

/** Marks the last quoted text that began before the fault. */
function unclosedQuote({ at, text }: YamlFault): Explained {
  let opened = at;
  for (const token of tokensOf(text)) {
    if (token.at.start > at.start) break;
    if (token.type.endsWith('quoted-scalar')) opened = { start: token.at.start, end: token.at.start + 1 };
  }
  return {
    at: opened,
    message: 'this quote is not closed',
    label: 'opened here',
    hint: `add the missing ${text[opened.start] ?? 'quote'}`,
  };
}

/** The first word from an offset on, over spaces and line ends. */
function firstWord({ at, text }: Pick<YamlFault, 'at' | 'text'>): Place {
  let start = at.start;
  while (' \r\n'.includes(text[start] ?? '.')) start++;
  const end = text.slice(start).search(/[\s:]|$/) + start;
  return { start, end: Math.max(end, start) };
}
