import { createRandom, type Random } from '../arithmetic/random.ts';
import type { DataRow } from '../datasets/fields.ts';

/** Words that mean nothing, so that nothing but the form of an argument says what follows. */
const kinds = ['blickets', 'daxes', 'feps', 'glorps', 'jopes', 'kivels', 'lurps', 'mibs', 'nozers', 'plims', 'quints', 'rivits', 'snarks', 'tovs', 'wugs', 'zibs'];

const names = ['Ada', 'Bo', 'Cy', 'Dee', 'Edo', 'Fay', 'Gus', 'Hal', 'Ina', 'Jo', 'Kit', 'Lu', 'Moe', 'Nan', 'Ona', 'Pat'];

interface Syllogism {
  passage: string;
  question: string;
  /** The first one follows. */
  options: [string, string, string, string];
}

/** Rows in the format of ReClor; those of the part `test` have no label. */
export function reclorRows(seed: number, part: 'train' | 'val' | 'test', count: number): DataRow[] {
  return shuffled(seed, `reclor/${part}`, count).map(({ passage, question, options, label }, index) => ({
    context: passage,
    question,
    answers: options,
    ...(part !== 'test' && { label }),
    id_string: `${part}_${index}`,
  }));
}

/** Rows in the format of LogiQA 2.0. */
export function logiqa2Rows(seed: number, part: 'train' | 'dev' | 'test', count: number): DataRow[] {
  return shuffled(seed, `logiqa2/${part}`, count).map(({ passage, question, options, label }, id) => ({
    id,
    answer: label,
    text: passage,
    question,
    options,
    type: { 'Categorical Reasoning': true },
  }));
}

function shuffled(seed: number, stream: string, count: number) {
  const random = createRandom(seed, stream);
  const seen = new Set<string>();
  const drawn: (Omit<Syllogism, 'options'> & { options: string[]; label: number })[] = [];
  while (drawn.length < count) {
    const { options, ...rest } = drawSyllogism(random);
    if (seen.has(rest.passage)) continue;
    seen.add(rest.passage);
    const order = random.shuffle([0, 1, 2, 3] as const);
    drawn.push({ ...rest, options: order.map((each) => options[each]), label: order.indexOf(0) });
  }
  return drawn;
}

function drawSyllogism(random: Random): Syllogism {
  const [first, middle, last, other] = random.shuffle(kinds) as [string, string, string, string];
  const name = random.pick(names);
  if (random.coin())
    return {
      passage: `All ${first} are ${middle}. All ${middle} are ${last}. ${name} is one of the ${first}.`,
      question: 'Which of the following must be true?',
      options: [
        `${name} is one of the ${last}.`,
        `All ${last} are ${first}.`,
        `${name} is none of the ${middle}.`,
        `All ${other} are ${last}.`,
      ],
    };
  return {
    passage: `All ${first} are ${middle}. No ${middle} are ${last}. ${name} is one of the ${last}.`,
    question: 'Which of the following must be true?',
    options: [
      `${name} is none of the ${first}.`,
      `${name} is one of the ${middle}.`,
      `All ${middle} are ${first}.`,
      `Some ${other} are ${first}.`,
    ],
  };
}
