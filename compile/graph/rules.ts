import type { InputRef } from '../../plan/index.ts';
import { kindOf, type CheckedStep } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';
import { checkFormat, modelRead } from './formats.ts';
import { nameOfStep } from './instances.ts';
import { createWork } from './step-keys.ts';
import type { Step } from '../names/steps.ts';
import { entryOf } from '../read/tree.ts';

/**
 * Checks what a schema cannot express: settings that contradict each other, within a step or between two, and names that do not
 * exist. `where` names the cells of a step that other cells have with other values.
 */
export function checkRules(all: Step[], where: (step: Step) => string): Problem[] {
  const steps = all.filter(({ isPartial }) => !isPartial);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const workOf = createWork(byId);
  const sides: PairSides = { workOf, where, reported: new Set() };
  return steps.flatMap((step) => {
    const { check, inputs } = kindOf(step.kind);
    const own = check?.(step.settings, checkedStep(step, { byId, workOf })) ?? [];
    return [
      ...own.map(({ key, known, hint, ...problem }): Problem => ({
        ...problem,
        code: known ? 'E0114' : 'E0150',
        at: placeOfKey(step, key),
        hint: known ? didYouMean(problem.got ?? '', known, hint) : hint,
      })),
      ...checkFormat(step, byId, where),
      ...Object.entries(inputs).flatMap(([input, { differsFrom, heldOut }]) => [
        ...(differsFrom === undefined ? [] : checkSides(step, [differsFrom, input], sides)),
        ...(heldOut ? checkHeldOut(step, input, byId) : []),
      ]),
    ];
  });
}

/** The steps of a file, and what identifies the work behind an artifact of them. */
interface KnownSteps {
  byId: Map<string, Step>;
  workOf: (artifact: InputRef) => string | null;
}

function checkedStep({ kind, name, settings, inputs, resources }: Step, known: KnownSteps): CheckedStep {
  const first = (input: string) => inputs[input]?.[0];
  return {
    kind,
    name,
    settings,
    sources: Object.keys(resources),
    artifacts: (input) => (inputs[input] ?? []).map(({ node, output }) => nameOfStep(node) + (output === 'out' ? '' : `.${output}`)),
    reads(input) {
      const step = known.byId.get(first(input)?.node ?? '');
      return step ? checkedStep(step, known) : null;
    },
    work(input) {
      const artifact = first(input);
      return artifact ? known.workOf(artifact) : null;
    },
  };
}

function placeOfKey(step: Step, key: string): Place {
  const entry = entryOf(step.written, key);
  return entry ? (entry.value.kind === 'map' ? entry.key : entry.value.at) : step.at;
}

interface PairSides extends Pick<KnownSteps, 'workOf'> {
  where: (step: Step) => string;
  /** Names of steps that were reported: one report is enough for all variants. */
  reported: Set<string>;
}

/** If both sides are the same work, they become one node, and every pair would join an answer with itself. */
function checkSides(step: Step, [first, second]: [string, string], { workOf, where, reported }: PairSides): Problem[] {
  const [one] = step.inputs[first] ?? [];
  const [other] = step.inputs[second] ?? [];
  if (!one || !other || reported.has(step.name)) return [];
  const work = workOf(one);
  if (work === null || work !== workOf(other)) return [];
  reported.add(step.name);
  const names = [nameOfStep(one.node), nameOfStep(other.node)];
  return [
    {
      code: 'E0150',
      at: other.at,
      message: `${first} and ${second} of ${step.name} are the same work, which is done once`,
      expected: 'sides with different models, sampling or prompts',
      got: `${names[0] === names[1] ? `${names[0]} twice` : `${names.join(' and ')}, equal in all three`}${where(step)}`,
      hint: 'give the two sides different weights or sampling, or clip the prompts of one',
      related: [{ message: 'the same work', at: one.at }],
    },
  ];
}

/** A model cannot be measured on pairs that it, or a model it started from, was trained on. */
function checkHeldOut(step: Step, input: string, byId: Map<string, Step>): Problem[] {
  const measured = step.inputs[input]?.[0];
  let trained = modelRead(step, byId);
  for (const seen = new Set<Step>(); trained && !seen.has(trained);) {
    seen.add(trained);
    const pairs = trained.inputs['pairs']?.[0];
    if (measured && pairs?.node === measured.node && pairs.output === measured.output)
      return [
        {
          code: 'E0151',
          severity: 'warning',
          at: measured.at,
          message: `${step.name} measures a model on the pairs that ${trained.name} was trained on`,
          hint: 'measure on pairs held out from every training',
          related: [{ message: `${trained.name} is declared here`, at: trained.at }],
        },
      ];
    trained = modelRead(trained, byId);
  }
  return [];
}
