import { isScalar, type Pair } from 'yaml';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import { shortened } from '../diagnostics/words.ts';

/** A missing or wrong punctuation mark that produces keys nobody meant. */
interface Slip {
  problem: Problem & { at: Place };
  /** The key whose value is unknown; null: none. */
  name: string | null;
  /** How many entries it covers. */
  entries: number;
}

/** Finds such keys of a mapping from an index on; they are valid YAML, but never meant. */
export function slipAt(pairs: Pair[], index: number): Slip | null {
  const key = pairs[index]?.key;
  if (!isScalar(key) || key.type !== 'PLAIN' || !key.range) return null;
  const [start, end] = key.range;
  const text = String(key.value);
  const [, name = null, value = ''] = /^([\w-]+):(?!\/)(.*)$/s.exec(text) ?? [];
  const odd = oddSpace(text, start);
  if (odd) return { problem: odd, name, entries: 1 };
  if (pairs[index]?.value === null && name !== null) {
    const hint = `write ${name}: ${shortened(value)}, with a space after the colon`;
    return { problem: { code: 'E0103', at: { start, end }, message: 'a key without a colon', hint }, name, entries: 1 };
  }
  return commaIn(pairs, index);
}

/** Finds a Unicode space after a punctuation mark, where YAML needs a plain one; `from` is the offset of the line. */
export function oddSpace(line: string, from: number): (Problem & { at: Place }) | null {
  const found = /[:,\-{[][\u00a0\u2000-\u200b\u202f\u3000]/.exec(line);
  if (!found) return null;
  const at = { start: from + found.index + 1, end: from + found.index + 2 };
  return { code: 'E0103', at, message: 'this is not a plain space but a similar Unicode character', hint: 'write a plain space instead' };
}

/** Finds a comma that ends a value: `0,7` is 0 and a key 7. */
function commaIn(pairs: Pair[], index: number): Slip | null {
  const { key, value } = pairs[index] as Pair;
  if (!isScalar(key) || !isScalar(value) || !value.range || typeof value.value === 'string') return null;
  const rest: { text: string; start: number; end: number }[] = [];
  for (const { key: next, value: none } of pairs.slice(index + 1)) {
    if (none !== null || !isScalar(next) || !next.range || !isNumber.test(String(next.value))) break;
    rest.push({ text: String(next.value), start: next.range[0], end: next.range[1] });
  }
  const last = rest.at(-1);
  if (!last) return null;
  const [start, end] = value.range;
  const numbers = [value.source ?? '', ...rest.map(({ text }) => text)];
  const isOne = rest.every((each, nth) => each.start === (rest[nth - 1]?.end ?? end) + 1);
  return {
    problem: {
      code: 'E0103',
      at: { start, end: last.end },
      message: 'the comma splits this value in two',
      hint: isOne ? asOne(numbers) : `write a list: [${shortened(numbers.join(', '))}]`,
    },
    name: String(key.value),
    entries: 1 + rest.length,
  };
}

const isNumber = /^[-+]?[.\d][\d.eE+-]*$/;

function asOne(numbers: string[]): string {
  const isGrouped = numbers[0] !== '0' && numbers.slice(1).every((each) => /^\d{3}$/.test(each));
  return isGrouped
    ? `write ${shortened(numbers.join(''))}, since numbers contain no commas`
    : `write ${shortened(numbers.join('.'))}, with a decimal point`;
}
