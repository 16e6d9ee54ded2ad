import { expect, test } from 'vitest';
import { unitsOf } from '../../../plan/index.ts';
import type { Plan } from '../../../plan/index.ts';
import { compileText, golden, keysOf, planOf, quickstart } from '../rig.ts';

const plan = planOf(quickstart);

test('the quickstart compiles without a warning to the recorded plan', () => {
  expect(compileText(quickstart).rendered).toEqual([]);
  const text = `${JSON.stringify(plan, null, 2)}\n`;
  expect(text).toBe(golden(new URL('../../../pipelines/quickstart.plan.json', import.meta.url), text));
});

test('a plan is plain JSON and holds no path of a machine', () => {
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  expect(JSON.stringify(plan)).not.toContain('/home-of-codepmp');
});

test('the steps between source files and pairs are one group, sampling is another', () => {
  expect(plan.groups).toEqual([
    { members: ['prompts', 'half', 'chosen', 'rejected', 'pairs'], source: { node: 'code', output: 'out' } },
    { members: ['samples'], source: { node: 'arithmetic', output: 'questions' } },
  ]);
});

test('every step comes after what it reads', () => {
  const place = new Map(plan.nodes.map(({ id }, index) => [id, index]));
  for (const node of plan.nodes)
    for (const { node: read } of Object.values(node.inputs).flat())
      expect(place.get(read)).toBeLessThan(place.get(node.id) ?? -1);
  expect(unitsOf(plan)).toHaveLength(plan.nodes.length - 4);
});

test('calls are counted for each endpoint where the number of items is known', () => {
  expect(plan.estimate).toMatchObject({ calls: { 'local-strong': 20 + 20, 'local-weak': 20 + 12 * 8 } });
  expect(planOf(quickstart.replace('      take: 20\n', '')).estimate).toMatchObject({
    calls: { 'local-strong': null, 'local-weak': null },
  });
});

test('every sampling setting is there, whether written or not', () => {
  expect(plan.nodes.find(({ id }) => id === 'samples')?.models['model']).toMatchObject({
    sampling: { temperature: 0.5, top_p: 0.95, top_k: 0, min_p: 0, max_tokens: 64 },
    accept: ['stop'],
    stop: ['\n\n'],
  });
});

test('a changed learning rate changes the training and what is below it, nothing above', () => {
  const changed = changedIds(plan, planOf(quickstart.replace('kind: wsd, lr: 1e-4', 'kind: wsd, lr: 3e-4')));
  expect(changed).toEqual(['accuracy-pmp', 'bon-pmp', 'choice-pmp', 'pmp', 'report', 'rm-pmp']);
});

test('a seed that is set changes the trainings that use it', () => {
  const changed = changedIds(plan, planOf(quickstart, { seed: '2' }));
  expect(changed).toContain('pmp');
  expect(changed).toContain('rm-base');
  expect(changed).not.toContain('pairs');
  expect(changedIds(plan, planOf(quickstart, { seed: 1 }))).toEqual([]);
});

test('where and how a step runs changes no key', () => {
  const moved = quickstart
    .replace('      seed: $seed\n', '      seed: $seed\n    run: {pool: other, budget: {diverged: 3}}\n')
    .replace('{corpus: code, model: summarizer}}', '{corpus: code, model: summarizer}, run: {chunk: 7}}');
  const other = planOf(moved);
  expect(changedIds(plan, other)).toEqual([]);
  expect(other.nodes.find(({ id }) => id === 'pmp')?.run).toMatchObject({
    pool: 'other',
    budget: { diverged: 3, unavailable: 3 },
  });
  expect(other.nodes.find(({ id }) => id === 'prompts')?.run.chunk).toBe(7);
});

test('a written default has the key of one left out', () => {
  const written = quickstart
    .replace('prompts: prompts, keep: 0.5', 'prompts: prompts, keep: 0.5, unit: words')
    .replace('      include: ["**/*.py"]', '      include: ["**/*.py"]\n')
    .replace('{kind: wcd, lr: 2e-4, warmup: 0.03}', '{kind: wcd, lr: 0.0002, warmup: 0.03, decay: 0.1, decay_shape: linear}');
  expect(changedIds(plan, planOf(written))).toEqual([]);
});

test('another name of a step, a model or an endpoint for the same weights changes no key', () => {
  const renamed = quickstart
    .replaceAll('half', 'short')
    .replaceAll('summarizer', 'describer')
    .replace('local-weak', 'local-strong');
  const keys = (each: Plan) => each.nodes.map(({ key }) => key).sort();
  expect(keys(planOf(renamed))).toEqual(keys(plan));
});

function changedIds(before: Plan, after: Plan): string[] {
  const [a, b] = [keysOf(before), keysOf(after)];
  return Object.keys(a)
    .filter((id) => a[id] !== b[id])
    .sort();
}
