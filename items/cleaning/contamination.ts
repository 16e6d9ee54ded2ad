import { runHashes, wordHashes, wordsOf } from './grams.ts';
import { createRunTable, findRuns, type ItemRun, type RunTable } from './run-table.ts';

/** Words of a run that a text and a benchmark do not share by chance. */
const runSize = 10;

/** Words of a question, an answer or a solution that is looked for as a whole; fewer say nothing. */
const leastWords = 2;

/** Distinct words of two letters or more that a run must have; rows of numbers and everyday code have fewer. */
const leastDistinct = 4;

/** Words that a reason quotes at most. */
const shownWords = 12;

/** An item of a benchmark. */
export interface BenchmarkItem {
  /** Says in reasons which item it is: `gsm8k.test 17`. */
  name: string;
  question: string;
  /** Options and solutions. */
  answers: readonly string[];
  /** Text that with a single shared run says that an item is known; empty for none. */
  solution: string;
}

/** What must not be in a text. */
export interface ContaminationIndex {
  /** Runs of all questions and answers, by the number of the item. */
  runs: RunTable;
  /** Questions that are too short for two runs, by their number of words. */
  short: { size: number; questions: RunTable }[];
  /** Questions and answers as a whole. */
  whole: RunTable;
  names: string[];
  /** Words of the solutions, joined by single spaces. */
  solutions: string[];
}

/** Indexes benchmarks. The order of the items decides which is named where several have a run. */
export function contaminationIndex(items: readonly BenchmarkItem[]): ContaminationIndex {
  const texts = items.flatMap(({ question, answers }, item) => [question, ...answers].map((text) => ({ text, item })));
  const short = items.flatMap(({ question }, item) => shortRuns(question, item));
  const sizes = [...Map.groupBy(short, ({ size }) => size)].sort(([one], [other]) => one - other);
  return {
    runs: createRunTable(texts.flatMap(({ text, item }) => tellingRuns(text, { size: runSize, item }))),
    short: sizes.map(([size, each]) => ({ size, questions: createRunTable(each.map(({ run }) => run)) })),
    whole: createRunTable(texts.flatMap(({ text, item }) => wholeRuns(text, item))),
    names: items.map(({ name }) => name),
    solutions: items.map(({ solution }) => wordsOf(solution)).map((words) => (words.length < leastWords ? '' : words.join(' '))),
  };
}

/** Runs of words that tell something. */
function tellingRuns(text: string, { size, item }: { size: number; item: number }): ItemRun[] {
  const words = wordsOf(text).map((word) => (/[a-z].*[a-z]/.test(word) ? word : ''));
  const { high, low } = runHashes(wordHashes(text), size);
  return Array.from(high, (half, at) => ({ high: half, low: low[at] ?? 0, item })).filter(
    (_, at) => new Set(words.slice(at, at + size).filter((word) => word !== '')).size >= leastDistinct,
  );
}

/** A question that is too short for two runs, as one. */
function shortRuns(question: string, item: number): { size: number; run: ItemRun }[] {
  const size = wordsOf(question).length;
  return size < leastWords || size > runSize ? [] : tellingRuns(question, { size, item }).map((run) => ({ size, run }));
}

/** A text as one run, whatever its words. */
function wholeRuns(text: string, item: number): ItemRun[] {
  const words = wordHashes(text);
  const { high, low } = runHashes(words, words.high.length);
  return words.high.length < leastWords ? [] : [{ high: high[0] ?? 0, low: low[0] ?? 0, item }];
}

/** What a text shares with a benchmark. */
export interface Contamination {
  /** Of the item. */
  name: string;
  /** The first shared run of words, or the whole text of an item. */
  words: string;
}

/** Looks a text up. */
export type FindContamination = (text: string) => Contamination | null;

/**
 * Finds texts that a benchmark has as well: two different runs of ten words, one such run and the whole solution, a question of at most
 * ten words, or nothing but a question or an answer. Case, punctuation and white space do not matter.
 */
export function contaminationFinder({ runs, short, whole, names, solutions }: ContaminationIndex): FindContamination {
  return (text) => {
    const words = wordHashes(text);
    const tables = [...short.map(({ size, questions }) => ({ size, table: questions })), { size: words.high.length, table: whole }];
    for (const { size, table } of tables) {
      const [found] = findRuns(table, runHashes(words, size), 1);
      if (found) return { name: names[found.item] ?? '', words: wordsAt(text, found.at, size) };
    }
    const [first, second] = findRuns(runs, runHashes(words, runSize), 2);
    const solution = solutions[first?.item ?? -1] ?? '';
    const isKnown = second !== undefined || (solution !== '' && ` ${wordsOf(text).join(' ')} `.includes(` ${solution} `));
    return first && isKnown ? { name: names[first.item] ?? '', words: wordsAt(text, first.at, runSize) } : null;
  };
}

function wordsAt(text: string, at: number, size: number): string {
  const words = wordsOf(text).slice(at, at + size);
  return words.length > shownWords ? `${words.slice(0, shownWords).join(' ')} …` : words.join(' ');
}
