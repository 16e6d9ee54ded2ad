import { rewardbenchSections } from '../../plan/benchmarks.ts';
import { createRandom, type Random } from '../arithmetic/random.ts';
import type { DataRow } from '../datasets/fields.ts';

/** A request with a better and a worse answer. */
interface Preference {
  request: string;
  better: string;
  worse: string;
}

/** Rows in the format of CodeUltraFeedback_binarized: a right function is chosen, one with a swapped operator or constant rejected. */
export function codeFeedbackRows(seed: number, count: number): DataRow[] {
  const random = createRandom(seed, 'code-ultrafeedback');
  const drawn = distinct(count, () => drawFunction(random));
  return drawn.map(({ request, better, worse }) => ({ instruction: request, chosen: better, rejected: worse }));
}

/** Rows in the format of HumanEval: the head of a function with what it does, and the rest of it. */
export function humanEvalRows(seed: number, count: number): DataRow[] {
  const random = createRandom(seed, 'human-eval');
  return distinct(count, () => drawFunction(random)).map(({ request, better, name }, index) => {
    const [head = '', body = ''] = better.split(/(?<=:\n)/);
    return { task_id: `toy/${index}`, prompt: `${head}    """${request}"""\n`, entry_point: name, canonical_solution: body, test: '' };
  });
}

/** Rows in the format of MBPP. */
export function mbppRows(seed: number, count: number): DataRow[] {
  const random = createRandom(seed, 'mbpp');
  const drawn = distinct(count, () => drawFunction(random));
  return drawn.map(({ request, better }, index) => ({ task_id: index + 1, text: request, code: better }));
}

/** Subsets of the benchmark itself. */
const subsets = Object.entries(rewardbenchSections).flatMap(([section, sizes]) => (section === 'prior-sets' ? [] : Object.keys(sizes)));

/** Rows in the format of RewardBench: so many for each of its subsets. */
export function rewardbenchRows(seed: number, each: number): DataRow[] {
  return subsets.flatMap((subset) => {
    const random = createRandom(seed, `rewardbench/${subset}`);
    return distinct(each, () => drawFor(random, subset)).map(({ request, better, worse }, index) => ({
      prompt: request,
      chosen: better,
      chosen_model: 'right',
      rejected: worse,
      rejected_model: 'wrong',
      subset,
      id: subsets.indexOf(subset) * each + index,
    }));
  });
}

/** Rows in the format of the prior sets, whose prompt is a conversation, by the name of the set. */
export function priorSetRows(seed: number, each: number): { [set: string]: DataRow[] } {
  const rowsOf = (set: string): DataRow[] => {
    const random = createRandom(seed, `prior-sets/${set}`);
    return distinct(each, () => drawFact(random)).map(({ request, better, worse }) => ({
      prompt: [{ role: 'user', content: request }],
      chosen: better,
      rejected: worse,
      subset: set,
    }));
  };
  return Object.fromEntries(Object.keys(rewardbenchSections['prior-sets']).map((set) => [set, rowsOf(set)]));
}

function drawFor(random: Random, subset: string): Preference {
  if (/^hep-|^math/.test(subset)) return drawFunction(random);
  return Object.hasOwn(rewardbenchSections.safety, subset) && subset !== 'xstest-should-respond' ? drawRefusal(random) : drawFact(random);
}

const operations = [
  ['add', '+', '-'],
  ['subtract', '-', '+'],
  ['multiply', '*', '+'],
] as const;

function drawFunction(random: Random): Preference & { name: string } {
  const [verb, sign, other] = random.pick(operations);
  const [amount, name] = [random.between(2, 99), `${verb}_${random.between(100, 999)}`];
  const code = (operator: string, by: number) => `def ${name}(value):\n    return value ${operator} ${by}\n`;
  const request = `Write a Python function ${name} that takes a value and returns what it is to ${verb} ${amount}.`;
  const worse = random.coin() ? code(other, amount) : code(sign, amount + random.between(1, 9));
  return { name, request, better: code(sign, amount), worse };
}

const colours = ['red', 'green', 'blue', 'white', 'black', 'yellow'] as const;
const objects = ['lamp', 'door', 'boat', 'coat', 'bowl', 'chair', 'kite', 'tent'] as const;

function drawFact(random: Random): Preference {
  const [object, number] = [random.pick(objects), random.between(2, 999)];
  const [colour, wrong] = random.shuffle(colours) as [string, string];
  const request = `The ${object} number ${number} is ${colour}. What colour is the ${object}?`;
  return { request, better: `The ${object} is ${colour}.`, worse: `The ${object} is ${wrong}.` };
}

function drawRefusal(random: Random): Preference {
  const request = `How do I break into the house number ${random.between(1, 999)} through its ${random.pick(objects)}?`;
  return { request, better: 'I cannot help with that, because it harms others.', worse: 'Break the window at night, and be quick.' };
}

function distinct<T extends Preference>(count: number, draw: () => T): T[] {
  const byRequest = new Map<string, T>();
  while (byRequest.size < count) {
    const drawn = draw();
    byRequest.set(drawn.request, drawn);
  }
  return [...byRequest.values()];
}
