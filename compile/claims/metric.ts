import { sizedNames } from '../../plan/benchmarks.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, listedNames, oneOf } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Steps } from '../names/references.ts';
import { entryOf, leavesOf, textOfLeaf } from '../read/tree.ts';
import type { Leaf, Tree } from '../read/tree.ts';

/** What a claim compares. */
export interface Metric {
  name: string;
  at: Place;
  /** The steps that measure it; the claim is about each. */
  steps: Leaf[];
  /** The Ns of Best-of-N that it is about; null: the largest. */
  sizes: (Leaf | null)[];
}

/** The metric of a claim; null where it does not say which steps measure it. */
export function readMetric(tree: Tree, problems: Problem[]): Metric | null {
  const metric = entryOf(tree, 'metric');
  const [step, steps, name] = ['step', 'steps', 'name'].map((key) => entryOf(metric?.value, key));
  if (!metric || !name) return null;
  if (step && steps) problems.push(stepTwice(steps.key, step.key));
  else if (step || steps)
    return {
      name: textOfLeaf(name.value),
      at: name.value.at,
      steps: leavesOf(step?.value ?? steps?.value),
      sizes: sizesIn(entryOf(metric.value, 'n')?.value),
    };
  else
    problems.push({
      code: 'E0212',
      at: metric.key,
      message: 'the metric of a claim without a step',
      expected: 'step, or steps for several',
      got: 'neither',
      hint: 'add step',
    });
  return null;
}

/** What the steps that a claim reads do not measure. */
export function wrongSteps(read: Leaf[], { name, at }: Metric, { drafts, others }: Pick<Steps, 'drafts' | 'others'>): Problem[] {
  return [...new Map(read.map((leaf) => [leaf.value, leaf])).values()].flatMap((leaf): Problem[] => {
    const step = textOfLeaf(leaf);
    const draft = drafts.get(step);
    if (!draft && others.has(step)) return [];
    if (!draft)
      return [
        {
          code: 'E0210',
          at: leaf.at,
          message: `there is no step ${step}`,
          expected: measurers(drafts),
          got: step,
          hint: didYouMean(step, drafts.keys(), 'name a step that measures'),
        },
      ];
    const { kind, measures: made = [] } = draft.definition;
    if (made.includes(name)) return [];
    const related = [{ message: `${step} is declared here`, at: draft.at }];
    if (made.length > 0)
      return [{ code: 'E0211', at, message: `${step} (${kind}) does not measure ${name}`, expected: oneOf(made), got: name, hint: didYouMean(name, made), related }];
    const got = Object.values(kindOf(kind).outputs).join(', ');
    return [
      {
        code: 'E0211',
        at: leaf.at,
        message: `${step} (${kind}) measures nothing that can be claimed`,
        expected: measurers(drafts),
        got,
        related,
      },
    ];
  });
}

/** An N that is given where none of these steps has one: only values of Best-of-N do. */
export function strayN(n: Leaf | null, read: string[], { name, drafts }: { name: string } & Pick<Steps, 'drafts'>): Problem[] {
  const kind = drafts.get(read[0] ?? '')?.definition.kind;
  const hasSizes = sizedNames.includes(name) && read.some((step) => drafts.get(step)?.definition.sizes);
  if (n === null || kind === undefined || hasSizes) return [];
  return [
    {
      code: 'E0211',
      at: n.at,
      message: `the ${name} of ${read[0]} (${kind}) has no N`,
      expected: `n with values of eval/bon only: ${listedNames(sizedNames)}`,
      got: `n: ${textOfLeaf(n)}`,
      hint: 'remove n',
    },
  ];
}

function measurers(drafts: Steps['drafts']): string {
  const names = [...drafts.values()].filter(({ definition }) => definition.measures).map(({ id }) => id);
  return `a step that measures: ${names.length === 0 ? 'this file has none' : listedNames(names)}`;
}

function stepTwice(at: Place, first: Place): Problem {
  return {
    code: 'E0212',
    at,
    message: 'the metric of a claim has either step or steps',
    expected: 'one of step and steps',
    got: 'both',
    hint: 'write all of them under steps',
    related: [{ message: 'step is given here', at: first }],
  };
}

function sizesIn(tree: Tree | undefined): (Leaf | null)[] {
  return tree === undefined ? [null] : leavesOf(tree);
}
