import type { InputRef, Kind } from '../../plan/index.ts';
import type { SettingsOf } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { nameOfStep } from './instances.ts';
import { oneOf } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';
import { createWork } from './step-keys.ts';
import type { Step } from '../names/steps.ts';
import { entryOf } from '../read/tree.ts';

/** What a schema can not say: settings that contradict each other, in one step or in two. `where` names the cells of a step, if there are others. */
export function checkRules(all: Step[], where: (step: Step) => string): Problem[] {
  const steps = all.filter(({ isPartial }) => !isPartial);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const workOf = createWork(byId);
  const told = new Set<string>();
  return steps.flatMap((step) => {
    switch (step.kind) {
      case 'source/files':
        return checkRange(step, 'characters', settings(step, 'source/files')?.characters);
      case 'summarize':
        return checkRange(step, 'words', settings(step, 'summarize')?.words);
      case 'pair':
        return [...checkRange(step, 'length_ratio', settings(step, 'pair')?.length_ratio), ...checkSides(step, { workOf, where, told })];
      case 'train/pmp':
        return [...checkSchedule(step, settings(step, 'train/pmp')?.schedule), ...checkLoss(step)];
      case 'train/rm':
        return checkSchedule(step, settings(step, 'train/rm')?.schedule);
      case 'train/pmp-stable':
        return checkKept(step);
      case 'train/pmp-decay':
        return checkBranch(step, byId);
      case 'eval/bon':
        return checkSamples(step, byId);
      case 'eval/accuracy':
        return checkHeldOut(step, byId);
      default:
        return [];
    }
  });
}

/** The settings of a step, if it is of this kind; they have passed the schema of their kind. */
function settings<K extends Kind>(step: Step, kind: K): SettingsOf<K> | null {
  return step.kind === kind ? (step.settings as SettingsOf<K>) : null;
}

function contradiction(
  step: Step,
  key: string,
  problem: Pick<Problem, 'message' | 'expected' | 'got' | 'hint'>,
): Problem {
  const entry = entryOf(step.written, key);
  const at: Place = entry ? (entry.value.kind === 'map' ? entry.key : entry.value.at) : step.at;
  return { code: 'E0150', at, ...problem };
}

function checkRange(step: Step, key: string, range: { min: number; max: number | null } | undefined): Problem[] {
  if (!range || range.max === null || range.min <= range.max) return [];
  const message = `${key} of ${step.name} lets nothing through`;
  return [
    contradiction(step, key, {
      message,
      expected: `a max of at least min, which is ${range.min}`,
      got: `max: ${range.max}`,
      hint: 'swap the two',
    }),
  ];
}

interface Sides {
  workOf: (artifact: InputRef) => string | null;
  where: (step: Step) => string;
  /** Names of steps that were reported: of many variants the first says it. */
  told: Set<string>;
}

/** Sides that are one piece of work are one node: every pair would join an answer with itself. */
function checkSides(step: Step, { workOf, where, told }: Sides): Problem[] {
  const [chosen] = step.inputs['chosen'] ?? [];
  const [rejected] = step.inputs['rejected'] ?? [];
  if (!chosen || !rejected || told.has(step.name)) return [];
  const work = workOf(chosen);
  if (work === null || work !== workOf(rejected)) return [];
  told.add(step.name);
  const [one, other] = [nameOfStep(chosen.node), nameOfStep(rejected.node)];
  return [
    {
      code: 'E0150',
      at: rejected.at,
      message: `chosen and rejected of ${step.name} are the same work, which is done once`,
      expected: 'sides that differ in what answers, how it is sampled or what it is asked',
      got: `${one === other ? `${one} twice` : `${one} and ${other}, alike in all of these`}${where(step)}`,
      hint: 'give the two sides models of other weights or other sampling, or clip the prompts of one',
      related: [{ message: 'the same work', at: chosen.at }],
    },
  ];
}

function checkSchedule(step: Step, schedule: SettingsOf<'train/pmp'>['schedule'] | undefined): Problem[] {
  if (!schedule || schedule.kind !== 'wsd' || schedule.warmup + schedule.decay <= 1) return [];
  const message = `warmup and decay of ${step.name} are longer than the training`;
  const got = `${schedule.warmup} + ${schedule.decay}`;
  return [
    contradiction(step, 'schedule', { message, expected: 'a sum of at most 1', got, hint: 'make one of them smaller' }),
  ];
}

function checkLoss(step: Step): Problem[] {
  const loss = settings(step, 'train/pmp')?.loss;
  if (!loss || loss.rank + loss.lm > 0) return [];
  const message = `${step.name} has nothing to learn: both losses weigh nothing`;
  return [
    contradiction(step, 'loss', {
      message,
      expected: 'rank or lm above 0',
      hint: 'leave loss out for the weights of the paper',
    }),
  ];
}

function checkSamples(step: Step, byId: Map<string, Step>): Problem[] {
  const picks = settings(step, 'eval/bon')?.n;
  const graded = byId.get(step.inputs['candidates']?.[0]?.node ?? '');
  const samples = byId.get(graded?.inputs['candidates']?.[0]?.node ?? '');
  const made = samples && settings(samples, 'candidates')?.n;
  if (!picks || !samples || made === undefined || made === null) return [];
  const largest = Math.max(...picks);
  if (largest <= made) return [];
  const message = `${step.name} picks the best of ${largest}, but ${samples.name} makes ${made}`;
  return [
    contradiction(step, 'n', {
      message,
      expected: `at most ${made}`,
      got: String(largest),
      hint: `make n of ${samples.name} ${largest}, or leave ${largest} out here`,
    }),
  ];
}

/** A decay begins at the full learning rate, so what is kept for one lies behind the warm-up. */
function checkKept(step: Step): Problem[] {
  const stable = settings(step, 'train/pmp-stable');
  if (!stable) return [];
  const { keep, warmup, batch_size: batch } = stable;
  const early = keep.filter((pairs) => pairs < warmup * batch);
  if (early.length === 0) return [];
  const largest = Math.floor(Math.min(...early) / batch);
  const message = `${step.name} keeps ${early.length === 1 ? 'a checkpoint' : 'checkpoints'} inside its warm-up`;
  return [
    contradiction(step, 'keep', {
      message,
      expected: `at least ${warmup * batch} pairs: a warmup of ${warmup} steps × a batch_size of ${batch}`,
      got: early.join(', '),
      hint: `make warmup at most ${largest}, or leave ${early.length === 1 ? 'it' : 'them'} out`,
    }),
  ];
}

/** A decay begins at a checkpoint that the stable run keeps. */
function checkBranch(step: Step, byId: Map<string, Step>): Problem[] {
  const branch = settings(step, 'train/pmp-decay');
  const stable = byId.get(step.inputs['stable']?.[0]?.node ?? '');
  const kept = stable && settings(stable, 'train/pmp-stable')?.keep;
  if (!branch || !stable || !kept) return [];
  const begin = Math.round(branch.at * (1 - branch.decay));
  if (kept.includes(begin)) return [];
  const message = `the decay of ${step.name} begins after ${begin} pairs, where ${stable.name} keeps no checkpoint`;
  return [
    contradiction(step, 'at', {
      message,
      expected: `a decay that begins after ${oneOf(kept.map(String))} pairs`,
      got: `${branch.at} · (1 − ${branch.decay}) = ${begin}`,
      hint: `add ${begin} to keep of ${stable.name}`,
    }),
  ];
}

/** Pairs a model was trained on, itself or what it began from, tell nothing about it. */
function checkHeldOut(step: Step, byId: Map<string, Step>): Problem[] {
  const measured = step.inputs['pairs']?.[0];
  let trained = byId.get(step.inputs['model']?.[0]?.node ?? '');
  for (const seen = new Set<Step>(); trained && !seen.has(trained);) {
    seen.add(trained);
    const pairs = trained.inputs['pairs']?.[0];
    if (measured && pairs?.node === measured.node && pairs.output === measured.output)
      return [
        {
          code: 'E0151',
          severity: 'warning',
          at: measured.at,
          message: `${step.name} measures a model on the pairs that ${trained.name} learned from`,
          hint: 'measure on pairs held out from every training',
          related: [{ message: `${trained.name} is declared here`, at: trained.at }],
        },
      ];
    trained = byId.get((trained.inputs['init'] ?? trained.inputs['base'])?.[0]?.node ?? '');
  }
  return [];
}
