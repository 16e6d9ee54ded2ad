import { afterAll, describe, expect, test, vi } from 'vitest';
import { compile, createGuardedCompile } from '../../../compile/index.ts';
import { config, quickstart } from '../rig.ts';

vi.setConfig({ testTimeout: 300_000 });

/** Nearly as many steps and values as a file may have: nothing is wrong with it, and it takes seconds and hundreds of megabytes. */
const heavy = `codepmp: 1
name: heavy
params:
  size: {type: integer, default: 1, minimum: 1}
  seed: {type: integer, default: 1}
${Array.from({ length: 20 }, (_, index) => `  p${index}: {type: integer, default: 1}`).join('\n')}
steps:
  data: {uses: dataset/arithmetic, with: {train: $size}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
${Array.from({ length: 2 }, (_, index) => `  more-${index}: {uses: dataset/arithmetic, with: {train: $size, seed: $seed}}`).join('\n')}
targets: [${Array.from({ length: 2 }, (_, index) => `more-${index}`).join(', ')}]
sweeps:
  all: {grid: {size: {geometric: {from: 1000, to: 100000, ratio: 1.03}}, seed: {geometric: {from: 1000, to: 100000, ratio: 1.02}}}}
`;

const options = (source: string) => ({ source, file: 'pipeline.yaml', config });

describe('files compiled in a process of their own', () => {
  const guarded = createGuardedCompile();
  afterAll(() => guarded.close());

  test('get the plan and the diagnostics they would get here', async () => {
    expect(await guarded.compile(options(quickstart))).toEqual(compile(options(quickstart)));
    const wrong = quickstart.replace('keep: 0.5', 'kep: 0.5');
    expect(await guarded.compile(options(wrong))).toEqual(compile(options(wrong)));
  });

  test('are answered in order when many come at once', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `name-${index}`);
    const answers = await Promise.all(
      names.map((name) => guarded.compile(options(quickstart.replace('name: quickstart', `name: ${name}`)))),
    );
    expect(answers.map(({ plan }) => plan?.name)).toEqual(names);
  });

  test('may be bytes that are no text', async () => {
    const { plan, diagnostics } = await guarded.compile({ ...options(''), source: Uint8Array.of(0xff, 0xfe, 0) });
    expect(plan).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(['E0102']);
  });
});

test('a file that takes longer than the deadline is answered by a diagnostic, and the next one by a plan', async () => {
  const guarded = createGuardedCompile({ deadlineMs: 2_000 });
  try {
    const { plan, diagnostics, rendered } = await guarded.compile(options(heavy));
    expect(plan).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(['E0108']);
    expect(rendered[0]).toContain('pipeline.yaml:1:1: error[E0108]: checking the file takes too long');
    expect((await guarded.compile(options(quickstart))).plan?.name).toBe('quickstart');
  } finally {
    guarded.close();
  }
});

test('a file that ends the process for want of memory is answered by a diagnostic, and the next one by a plan', async () => {
  const guarded = createGuardedCompile({ memoryMb: 64, deadlineMs: 200_000 });
  try {
    const { plan, diagnostics } = await guarded.compile(options(heavy));
    expect(plan).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(['E0109']);
    expect((await guarded.compile(options(quickstart))).plan?.name).toBe('quickstart');
  } finally {
    guarded.close();
  }
});

test('a process that was closed is started again when it is asked', async () => {
  const guarded = createGuardedCompile();
  await guarded.compile(options(quickstart));
  guarded.close();
  expect((await guarded.compile(options(quickstart))).plan?.name).toBe('quickstart');
  guarded.close();
});
