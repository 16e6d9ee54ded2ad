import type { ReportInput } from '../../report/index.ts';
import type { TrainingCurve } from '../../plan/metrics.ts';
import { createPairLengths, createRandom, describePairs, evaluateAccuracy, evaluateBon, evaluateChoice } from '../../stats/index.ts';

/** What a small run leaves: two reward models on generated arithmetic, measured by the same functions as a real one. */
export function sampleInput(): ReportInput {
  return {
    title: 'quickstart',
    run: 'quickstart-7f3a',
    created: '2026-11-23T09:14:05.000Z',
    plan: 'quickstart',
    metrics: [...measured('rm-pmp', 1, 0.62), ...measured('rm-base', 2, 0.55)].sort((a, b) => order(a.step) - order(b.step)),
    training: [
      {
        ...source('pmp'),
        config: pmpSettings,
        curve: curve({ steps: 8, pairs: 4, tokens: 1600, lm: 19.6, loss: 0.71, lr: 1e-4, seed: 3 }),
      },
      {
        ...source('rm-pmp'),
        config: rmSettings,
        curve: curve({ steps: 50, pairs: 6, tokens: 640, lm: null, loss: 0.7, lr: 2e-4, seed: 4 }),
      },
      {
        ...source('rm-base'),
        config: rmSettings,
        curve: curve({ steps: 50, pairs: 6, tokens: 640, lm: null, loss: 0.69, lr: 2e-4, seed: 5 }),
      },
    ],
    data: [{ ...source('pairs'), statistics: pairStatistics() }],
    missing: [{ step: 'bon-large', why: 'scoring ran out of memory on pool local after 3 attempts' }],
    toyNote:
      'This is a toy run of a few minutes on a processor. It shows that the machinery works from the source code to this page; its models are far too small and too briefly trained to say anything about the method.',
  };
}

/** A 64-digit name that looks like a digest and is the same in every run. */
export function digest(name: string): string {
  const random = createRandom([...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 2 ** 31, 7));
  return Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');
}

function source(step: string): { step: string; key: string; artifact: string } {
  return { step, key: digest(`key of ${step}`), artifact: digest(step) };
}

const order = (step: string): number => ['accuracy', 'choice', 'bon'].indexOf(step.split('-')[0] ?? '');

function measured(model: string, seed: number, skill: number): ReportInput['metrics'][number][] {
  const name = model.replace('rm-', '');
  return [
    { ...source(`accuracy-${name}`), model, dataset: 'arithmetic.test', metrics: accuracy(seed, skill) },
    { ...source(`choice-${name}`), model, dataset: 'arithmetic.choices', metrics: choice(seed, skill) },
    { ...source(`bon-${name}`), model, dataset: 'arithmetic.questions', metrics: bon(seed, skill) },
  ];
}

function accuracy(seed: number, skill: number) {
  const items = createRandom(100);
  const random = createRandom(seed);
  const kinds = ['dropped step', 'repeated step', 'slip', 'swapped operation'];
  const easy: { [kind: string]: number } = { 'dropped step': 0.22, 'repeated step': 0.18, slip: -0.08, 'swapped operation': 0.1 };
  return evaluateAccuracy({
    rows: Array.from({ length: 400 }, () => {
      const kind = kinds[Math.floor(items() * 4)] ?? 'slip';
      const [right, wrong] = [Math.floor(items() * 40), Math.floor(items() * 40)];
      const won = random() < skill + (easy[kind] ?? 0);
      return {
        kind,
        prompt: 'How many has she?',
        chosen: `She has ${right} + 2. The answer is ${right + 2}.`,
        rejected: `She has ${right}.${kind === 'dropped step' ? '' : ' + 2.'} The answer is ${wrong}.`,
        chosen_score: won ? 1 : 0,
        rejected_score: random() < 0.01 ? 1 : won ? 0 : 1,
      };
    }),
  });
}

function choice(seed: number, skill: number) {
  const items = createRandom(200);
  const random = createRandom(seed + 10);
  return evaluateChoice({
    rows: Array.from({ length: 100 }, () => {
      const label = Math.floor(items() * 4);
      const options = Array.from({ length: 4 }, () => `The answer is ${Math.floor(items() * 120)}.`);
      return { label, prompt: 'How many has she?', options, scores: options.map((_, index) => random() + (index === label ? (skill - 0.5) * 2 : 0)) };
    }),
  });
}

function bon(seed: number, skill: number) {
  const items = createRandom(300);
  const random = createRandom(seed + 20);
  const rows = Array.from({ length: 24 }, (_, question) => {
    const chance = items() ** 2 * 0.9;
    return Array.from({ length: 8 }, (__, ordinal) => {
      const correct = items() < chance;
      const answer = correct ? '7' : `${Math.floor(items() * 6) + 8}`;
      const text = `${'Count them. '.repeat(1 + Math.floor(items() * 4))}The answer is ${answer}.`;
      return { question, ordinal, correct, answer, text, score: random() + (correct ? (skill - 0.5) * 3 : 0) };
    });
  });
  return evaluateBon({ rows: rows.flat(), n: [1, 2, 4, 8] });
}

interface CurveOptions {
  steps: number;
  pairs: number;
  tokens: number;
  lm: number | null;
  loss: number;
  lr: number;
  seed: number;
}

function curve({ steps, pairs, tokens, lm, loss, lr, seed }: CurveOptions): TrainingCurve {
  const random = createRandom(seed);
  return Array.from({ length: steps }, (_, index) => {
    const rank = loss - 0.16 * (index / steps) + (random() - 0.5) * 0.12;
    const language = lm === null ? null : lm - 5.5 * (index / steps) + (random() - 0.5) * 0.8;
    const rate = lr * Math.min(1, (index + 1) / Math.max(1, steps * 0.1)) * Math.min(1, (steps - index) / Math.max(1, steps * 0.3));
    return {
      step: index + 1,
      steps,
      loss: rank + 0.1 * (language ?? 0),
      rank_loss: rank,
      lm_loss: language,
      accuracy: Math.round(random() * pairs) / pairs,
      lr: rate,
      pairs,
      equal: 0,
      tokens: tokens + Math.floor(random() * 90),
      cut: 0,
    };
  });
}

function pairStatistics() {
  const random = createRandom(400);
  const rows = Array.from({ length: 27 }, (_, index) => ({
    language: index % 9 === 8 ? 'Notebook' : 'Python',
    chosen: '',
    rejected: '',
    chosen_tokens: 60 + Math.floor(random() * 180),
    rejected_tokens: 50 + Math.floor(random() * 200),
  }));
  return describePairs({
    lengths: createPairLengths(rows),
    keep: { chosen: { kept: 29, of: 32 }, rejected: { kept: 28, of: 32 } },
    waterfall: [
      { stage: 'source files', count: 32, reason: '' },
      { stage: 'chosen answers', count: 3, reason: 'cut off at the token limit (length)' },
      { stage: 'rejected answers', count: 3, reason: 'cut off at the token limit (length)' },
      { stage: 'rejected answers', count: 1, reason: 'empty' },
      { stage: 'pairs', count: 27, reason: '' },
    ],
  });
}

const pmpSettings = {
  layers: 6,
  loss: { rank: 1, lm: 0.1 },
  eoc: true,
  schedule: { kind: 'wsd', lr: 1e-4, warmup: 0.03, decay: 0.1 },
  batch_size: 4,
  presentations: 32,
  max_length: 640,
  seed: 1,
};
const rmSettings = { schedule: { kind: 'wcd', lr: 2e-4, warmup: 0.03 }, head_lr: 1e-3, batch_size: 6, max_length: 640, seed: 1 };
