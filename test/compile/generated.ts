import fc from 'fast-check';
import type { JsonObject } from '../../plan/index.ts';

const settingsOfModel = (max_tokens: { min: number; max: number }) =>
  fc.record(
    {
      max_tokens: fc.integer(max_tokens),
      temperature: fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10),
      accept: fc.constantFrom(['stop'], ['stop', 'length']),
      stop: fc.array(fc.string({ minLength: 1, maxLength: 5 }).filter(isPlain), { maxLength: 2 }),
    },
    { requiredKeys: ['max_tokens'] },
  );

/** The endpoints serve the same weights, so the numbers of tokens differ: the sides of a pair must not be one piece of work. */
const models = fc
  .tuple(settingsOfModel({ min: 1, max: 2048 }), settingsOfModel({ min: 2049, max: 4096 }))
  .map(([a, b]) => ({ a: { endpoint: 'local-strong', ...a }, b: { endpoint: 'local-weak', ...b } }));

const source = fc.record(
  {
    source: fc.constant('python-stdlib'),
    take: fc.integer({ min: 1, max: 1000 }),
    seed: fc.nat(100),
    include: fc.constantFrom(['**/*.py'], ['a/*', 'b/*']),
  },
  { requiredKeys: ['source'] },
);

const training = fc.record(
  {
    layers: fc.option(fc.integer({ min: 1, max: 30 })),
    batch_size: fc.integer({ min: 1, max: 64 }),
    seed: fc.nat(100),
    schedule: fc.record(
      { kind: fc.constantFrom('wsd', 'wcd'), lr: fc.double({ min: 1e-9, max: 0.5, noNaN: true }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** Pipelines of every kind of step with random settings, lengths and wiring; all of them are right. */
export const pipeline: fc.Arbitrary<JsonObject> = fc
  .record({
    models,
    source,
    training,
    clips: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { maxLength: 4 }),
    n: fc.integer({ min: 1, max: 16 }),
    rms: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ models: { a, b }, source: code, training: settings, clips, n, rms }) => {
    const steps: { [id: string]: object } = {
      code: { uses: 'source/files', with: code },
      prompts: { uses: 'summarize', with: { corpus: 'code', model: 'a' } },
      chosen: { uses: 'respond', with: { prompts: 'prompts', model: 'a' } },
      rejected: {
        uses: 'respond',
        with: { prompts: clips.length > 0 ? `clip-${clips.length - 1}` : 'prompts', model: 'b' },
      },
      pairs: { uses: 'pair', with: { prompts: 'prompts', chosen: n % 2 ? 'chosen' : 'code', rejected: 'rejected' } },
      data: { uses: 'dataset/arithmetic' },
      pmp: { uses: 'train/pmp', with: { base: 'smollm2-135m-instruct', pairs: 'pairs', ...settings } },
      samples: { uses: 'candidates', with: { questions: 'data.questions', model: 'b', n } },
      graded: { uses: 'grade', with: { candidates: 'samples' } },
    };
    clips.forEach((keep, index) => {
      steps[`clip-${index}`] = { uses: 'clip', with: { prompts: index === 0 ? 'prompts' : `clip-${index - 1}`, keep } };
    });
    const metrics: string[] = [];
    for (let index = 0; index < rms; index++) {
      steps[`rm-${index}`] = {
        uses: 'train/rm',
        with: { init: index === 0 ? 'pmp' : 'smollm2-135m-instruct', pairs: 'data.train', ...settings },
      };
      steps[`accuracy-${index}`] = { uses: 'eval/accuracy', with: { model: `rm-${index}`, pairs: 'data.test' } };
      steps[`choice-${index}`] = { uses: 'eval/choice', with: { model: `rm-${index}`, choices: 'data.choices' } };
      steps[`bon-${index}`] = { uses: 'eval/bon', with: { model: `rm-${index}`, candidates: 'graded', n: [1, n] } };
      metrics.push(`accuracy-${index}`, `bon-${index}`);
    }
    steps['report'] = { uses: 'report', with: { metrics, data: ['pairs'] } };
    return JSON.parse(JSON.stringify({ codepmp: 1, name: 'generated', models: { a, b }, steps })) as JsonObject;
  });

/** Text that stands for itself: no param, nothing unprintable. */
function isPlain(text: string): boolean {
  return /^[ -~]+$/.test(text) && !text.startsWith('$');
}
