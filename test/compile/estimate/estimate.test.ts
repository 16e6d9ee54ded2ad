import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile, planCosts, sumCosts } from '../../../compile/index.ts';
import type { Config } from '../../../ports/configuration.ts';
import { gpuHours } from '../../../compile/estimate/gpu.ts';
import type { Plan, PlanEstimate } from '../../../plan/index.ts';
import { chunkItems, groupEvents, jobEvents, rootEvents, shardEvents, shardsOf } from '../../../plan/limits.ts';
import { unitsOf } from '../../../plan/walk.ts';
import { endpointDefaults, poolDefaults } from '../../../schemas/index.ts';
import { config as builtIn } from '../rig.ts';

const config: Config = {
  ...builtIn,
  currency: 'EUR',
  endpoints: {
    ...builtIn.endpoints,
    strong: { url: 'http://127.0.0.1:9000/v1', model: 's', identity: null, ...endpointDefaults, concurrency: 4, price: { input: 1, output: 2 } },
    weak: { url: 'http://127.0.0.1:9001/v1', model: 'w', identity: null, ...endpointDefaults, concurrency: 4 },
  },
  weights: { ...builtIn.weights, 'qwen2-1.5b': { path: '/models/q', identity: null, parameters: 1.5e9 } },
  pools: {
    local: { ...poolDefaults, processes: 2 },
    gpu64: { ...poolDefaults, processes: 64, gpus: 64, peak_tflops: 989, price: 2.5 },
  },
};

const pipeline = (options: { take?: number | null; characters?: string; base?: string; pool?: string; layers?: string } = {}): string => {
  const { take = 28_000_000, characters = '{min: 200, max: 4000}', base = 'qwen2-1.5b', pool = 'gpu64', layers = '' } = options;
  return `codepmp: 1
name: t
models:
  strong: {endpoint: strong, temperature: 0.7, max_tokens: 1024}
  weak: {endpoint: weak, temperature: 0.7, max_tokens: 1024}
steps:
  code: {uses: source/files, with: {source: python-stdlib, characters: ${characters}${take === null ? '' : `, take: ${take}`}}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
  pmp: {uses: train/pmp, with: {base: ${base}, pairs: pairs, batch_size: 1024, max_length: 1024${layers}}, run: {pool: ${pool}}}
targets: [pmp]
`;
};

function planned(text: string): Plan {
  const { plan, rendered } = compile({ source: text, file: 'pipeline.yaml', config });
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan;
}

const estimateOf = (options: Parameters<typeof pipeline>[0] = {}): PlanEstimate => planned(pipeline(options)).estimate;

describe('prompt tokens of candidates', () => {
  const asked = (template: string): PlanEstimate =>
    planned(`codepmp: 1
name: t
models: {solver: {endpoint: strong, max_tokens: 512}}
steps:
  task: {uses: dataset/arithmetic, with: {train: 10, test: 100}}
  solutions: {uses: candidates, with: {questions: task.questions, model: solver, n: 4, ${template}}}
targets: [solutions]
`).estimate;
  const promptOf = (template: string) => asked(template).tokens['strong']?.prompt ?? { low: null, high: null };

  test('hold the worked problems of the few-shot template in each request', () => {
    const calls = asked('template: few-shot').calls['strong'] ?? 0;
    const [chat, few] = [promptOf('template: chat'), promptOf('template: few-shot')];
    expect([(few.low ?? 0) - (chat.low ?? 0), (few.high ?? 0) - (chat.high ?? 0)]).toEqual([260 * calls, 260 * calls]);
  });

  test("have no upper bound with a template of one's own", () => {
    expect(promptOf('templates: python-stdlib, template: mine.txt').high).toBeNull();
  });
});

describe('GPU-hours', () => {
  test("the paper's pretraining takes about 120: 19 billion tokens, 1.5 billion parameters, 40 % of 989 TFLOPs", () => {
    expect(gpuHours({ operations: 6, parameters: 1.5e9, tokens: 19e9, peak_tflops: 989, utilisation: 0.4 })).toBeCloseTo(120.07, 1);
  });

  test('the estimate of 28 million pairs holds that figure between its bounds, and says what it rests on', () => {
    const { low, high, basis } = estimateOf().gpu_hours['gpu64'] ?? { low: null, high: null, basis: '' };
    expect(low).toBeLessThan(120);
    expect(high).toBeGreaterThan(120);
    expect(high).toBeCloseTo(gpuHours({ operations: 6, parameters: 1.5e9, tokens: 28e6 * 2048, peak_tflops: 989, utilisation: 0.4 }), 6);
    expect(basis).toBe('6·N·tokens (2 to score) at 40 % of 989 TFLOPs');
  });

  test('of weights that are cut to their first layers no lower bound is known', () => {
    expect(estimateOf({ layers: ', layers: 6' }).gpu_hours['gpu64']).toMatchObject({ low: null });
  });

  test('of weights without a number of parameters they are unknown, never 0', () => {
    expect(estimateOf({ base: 'my-base' }).gpu_hours).toEqual({
      gpu64: {
        low: null,
        high: null,
        basis: 'unknown until the weights my-base declare their parameters or a similar step has been measured',
      },
    });
  });

  test('where some are unknown, those that are known are added up, and the others counted', () => {
    const more =
      '  task: {uses: dataset/arithmetic}\n  rm: {uses: train/rm, with: {init: my-base, pairs: task.train}, run: {pool: gpu64}}\n';
    const { gpu_hours, money } = planned(
      pipeline().replace('targets: [pmp]', 'targets: [pmp, rm]').replace('targets:', `${more}targets:`),
    ).estimate;
    const alone = estimateOf();
    expect(gpu_hours['gpu64']).toMatchObject({
      high: null,
      known: { low: alone.gpu_hours['gpu64']?.low, high: alone.gpu_hours['gpu64']?.high, unknown: 1 },
    });
    expect(money).toMatchObject({ high: null, known: { unknown: 1 } });
    expect(money?.known?.high).toBeCloseTo(alone.money?.high ?? 0, 4);
    expect(money?.low).toBeCloseTo(alone.money?.low ?? 0, 4);
  });

  test('a pool without GPUs has none', () => {
    expect(estimateOf({ pool: 'local' }).gpu_hours).toEqual({});
  });
});

describe('calls, tokens and money', () => {
  test('calls are counted at most, and the longest answers bound the tokens', () => {
    const { calls, tokens } = estimateOf();
    expect(calls).toEqual({ strong: 56_000_000, weak: 28_000_000 });
    expect(tokens['weak']?.completion).toMatchObject({ low: 28e6 * 190, high: 28e6 * 1024 });
  });

  test('a folder that declares fewer items than the published data set has is asked about these alone', () => {
    const source = `codepmp: 1
name: t
models: {solver: {endpoint: strong, max_tokens: 512}}
steps:
  math: {uses: dataset/math}
  solutions: {uses: candidates, with: {questions: math.test, model: solver, n: 4}}
targets: [solutions]
`;
    const callsWith = (items?: { test: number }) =>
      compile({ source, file: 'pipeline.yaml', config: { ...config, sources: { math: { path: '/data/math', ...(items && { items }) } } } }).plan
        ?.estimate.calls;
    expect(callsWith()).toEqual({ strong: 20_000 });
    expect(callsWith({ test: 500 })).toEqual({ strong: 2_000 });
  });

  test('a source of unknown size leaves every upper bound unknown', () => {
    const { calls, tokens, gpu_hours, history } = estimateOf({ take: null });
    expect(calls).toEqual({ strong: null, weak: null });
    expect(tokens['strong']).toMatchObject({ prompt: { low: null, high: null }, completion: { low: null, high: null } });
    expect(gpu_hours['gpu64']).toEqual({ low: null, high: null, basis: 'unknown until a source is read' });
    expect(history['shard']).toBeNull();
  });

  test('files of any length leave the prompts without an upper bound', () => {
    expect(estimateOf({ characters: '{min: 200}' }).tokens['strong']?.prompt).toMatchObject({ high: null });
  });

  test('a corpus that grows has the texts of the earlier one as well, of which each may be as long', () => {
    const grown = (earlier: string, added: string) =>
      planned(`codepmp: 1
name: t
models: {strong: {endpoint: strong, max_tokens: 1024}}
steps:
  code: {uses: source/files, with: {source: python-stdlib, include: ['a/*']${earlier}}}
  old: {uses: clean, with: {corpus: code}}
  more: {uses: source/files, with: {source: python-stdlib, include: ['b/*']${added}}}
  all: {uses: clean, with: {corpus: more, grow: old}}
  prompts: {uses: summarize, with: {corpus: all, model: strong}}
targets: [prompts]
`).estimate;
    const long = ', take: 1000, characters: {min: 200, max: 8000}';
    const { calls, tokens } = grown(long, ', take: 100, characters: {min: 100, max: 4000}');
    expect(calls).toEqual({ strong: 1100 });
    expect(tokens['strong']?.prompt).toMatchObject({ low: 1100 * (20 + 40), high: 1100 * (4000 + 160) });
    expect(tokens['strong']?.prompt).toEqual(grown(', take: 100, characters: {min: 100, max: 4000}', long).tokens['strong']?.prompt);
    expect([grown('', ', take: 100').calls, grown(', take: 100', '').calls]).toEqual([{ strong: null }, { strong: null }]);
  });

  test('money is what has a price, and names what has none', () => {
    const { money, tokens, gpu_hours } = estimateOf();
    const strong = tokens['strong'];
    const high = (strong?.prompt.high ?? 0) / 1e6 + (2 * (strong?.completion.high ?? 0)) / 1e6 + 2.5 * (gpu_hours['gpu64']?.high ?? 0);
    expect(money?.high).toBeCloseTo(high, 4);
    expect(money?.basis).toBe('prices of the configuration; not included, because they have no price: weak');
  });

  test('where nothing has a price there is no sum', () => {
    const { plan } = compile({
      source: readFileSync(new URL('../../../pipelines/quickstart.yaml', import.meta.url)),
      file: 'q.yaml',
      config: builtIn,
    });
    expect(plan?.estimate.money).toBeNull();
  });
});

describe('estimates', () => {
  test('never fall when there are more pairs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (take, more) => {
        const [a, b] = [estimateOf({ take }), estimateOf({ take: take + more })];
        for (const name of ['strong', 'weak']) expect(b.calls[name] ?? 0).toBeGreaterThanOrEqual(a.calls[name] ?? 0);
        for (const bound of ['low', 'high'] as const) {
          expect(b.gpu_hours['gpu64']?.[bound] ?? 0).toBeGreaterThanOrEqual(a.gpu_hours['gpu64']?.[bound] ?? 0);
          expect(b.tokens['strong']?.prompt[bound] ?? 0).toBeGreaterThanOrEqual(a.tokens['strong']?.prompt[bound] ?? 0);
          expect(b.money?.[bound] ?? 0).toBeGreaterThanOrEqual(a.money?.[bound] ?? 0);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('of a part and of the rest add up to those of the whole', () => {
    const { nodes } = planned(pipeline());
    const costs = planCosts(nodes, config);
    const whole = sumCosts(costs, config);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: costs.length, maxLength: costs.length }), (pick) => {
        const parts = [true, false].map((side) => sumCosts(costs.filter((_, index) => pick[index] === side), config));
        for (const [name, calls] of Object.entries(whole.calls))
          expect(parts.reduce((sum, part) => sum + (part.calls[name] ?? 0), 0)).toBe(calls);
        expect(parts.reduce((sum, part) => sum + (part.gpu_hours['gpu64']?.high ?? 0), 0)).toBeCloseTo(
          whole.gpu_hours['gpu64']?.high ?? -1,
          6,
        );
        expect(parts.reduce((sum, part) => sum + (part.money?.low ?? 0), 0)).toBeCloseTo(whole.money?.low ?? -1, 6);
      }),
      { numRuns: 25 },
    );
  });
});

interface Recorded {
  events: { eventType: string; workflowExecutionStartedEventAttributes?: unknown }[];
}

const recorded = (name: string) =>
  (JSON.parse(readFileSync(new URL(`../../histories/${name}.json`, import.meta.url), 'utf8')) as Recorded).events;
const activitiesIn = (events: Recorded['events']) =>
  events.filter(({ eventType }) => eventType === 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED').length;

describe('predicted histories', () => {
  const within = (predicted: number, actual: number) => {
    expect(predicted).toBeGreaterThanOrEqual(actual);
    expect(predicted).toBeLessThanOrEqual(2 * actual);
  };

  test('of the root are at least what was recorded, and at most twice that', () => {
    within(rootEvents({ units: 5, read: 4 }), recorded('pipeline').length);
  });

  test('of a group with one shard', () => within(groupEvents(1), recorded('group').length));

  test('of a shard with five steps', () => {
    const events = recorded('shard');
    within(shardEvents(5, activitiesIn(events) / 5), events.length);
  });

  test('of a node, and of one that fails once', () => {
    within(jobEvents(), recorded('job').length);
    within(jobEvents(1), recorded('job-failed').length);
  });

  test('stay below what the server suggests for every shard, however many items there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 1e9 }), (members, items) => {
        const all = Array.from({ length: members }, () => ({ run: { pool: '', chunk: null, budget: {} } }));
        const { chunks, shards } = shardsOf(all, { items });
        expect(shardEvents(members, chunks)).toBeLessThan(4096);
        expect(chunks * chunkItems.most).toBeGreaterThanOrEqual(Math.min(items, chunkItems.most));
        expect(shards).toBeLessThanOrEqual(chunks);
      }),
    );
  });

  test('of the shipped pipeline are part of its plan', () => {
    const plan = planned(readFileSync(new URL('../../../pipelines/quickstart.yaml', import.meta.url), 'utf8'));
    const units = unitsOf(plan);
    expect(plan.estimate.history['pipeline']).toBe(
      rootEvents({ units: units.length, read: new Set(units.flatMap(({ needs }) => needs)).size }),
    );
    expect(Object.keys(plan.estimate.history)).toEqual(['pipeline', 'group', 'shard', 'job']);
  });
});
