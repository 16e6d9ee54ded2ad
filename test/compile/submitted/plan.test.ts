import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPlan, loadConfig } from '../../../compile/index.ts';
import type { Plan, PlanNode } from '../../../plan/index.ts';
import { nodeParts, planKey } from '../../../plan/keys.ts';

const home = join(import.meta.dirname, '../../..');
const { config } = loadConfig({ folder: import.meta.dirname, home });
const golden = (): Plan => JSON.parse(readFileSync(join(home, 'pipelines', 'quickstart.plan.json'), 'utf8'));

/** The plan with a node changed, and with the keys of what it says then. */
function forged(id: string, change: (node: PlanNode) => void): Plan {
  const plan = golden();
  const keys = new Map<string, string>();
  for (const node of plan.nodes) {
    if (node.id === id) change(node);
    const inputs = Object.entries(node.inputs).map(
      ([name, refs]) => [name, refs.map((ref) => `${keys.get(ref.node)}#${ref.output}`)] as const,
    );
    node.key = planKey(nodeParts(node), Object.fromEntries(inputs));
    keys.set(node.id, node.key);
  }
  return plan;
}

describe('a plan that is submitted', () => {
  it('runs where it was made', () => {
    expect(checkPlan(golden(), config)).toEqual([]);
  });

  it('is refused when its settings are not those its key was made from', () => {
    const plan = golden();
    Object.assign(plan.nodes[0]?.settings ?? {}, { take: 1_000_000 });
    expect(checkPlan(plan, config)).toContain('code: the key does not match the settings and inputs; plan the pipeline again');
  });

  it('is refused when it names what nobody declared here', () => {
    expect(checkPlan(golden(), { ...config, endpoints: {}, pools: {} })).toEqual(
      expect.arrayContaining([
        'prompts: the configuration does not declare endpoint local-strong; add it to codepmp.config.yaml',
        'pmp: the configuration does not declare pool local; add it to codepmp.config.yaml',
      ]),
    );
  });

  it('is refused when it was made for another version', () => {
    expect(checkPlan({ ...golden(), version: 1 as 2 }, config)).toEqual(['the plan has version 1, expected 4; plan the pipeline again']);
  });

  it.each([null, undefined, 3, [], {}])('is refused when it is none: %j', (plan) => {
    expect(checkPlan(plan, config)[0]).toMatch(/^the plan does not have the format of this version \(it must /);
  });

  it('is refused when a name stands for other weights here', () => {
    const strong = config.endpoints['local-strong'];
    if (!strong) throw new Error('there is an endpoint local-strong');
    const made = golden().nodes.find(({ id }) => id === 'prompts')?.models['model']?.identity;
    expect(
      checkPlan(golden(), { ...config, endpoints: { ...config.endpoints, 'local-strong': { ...strong, identity: 'sha256:new' } } }),
    ).toContain(`prompts: endpoint local-strong is sha256:new here, but the plan was made for ${made}; plan the pipeline again`);
    expect(checkPlan(golden(), { ...config, weights: { 'smollm2-135m-instruct': { path: '', identity: null } } })).toContain(
      `pmp: weights smollm2-135m-instruct is without an identity here, but the plan was made for ${made}; plan the pipeline again`,
    );
  });

  it.each<[string, string, (node: PlanNode) => void]>([
    [
      'prompts',
      'settings: /cut must be equal to one of the allowed values',
      ({ settings }) => Object.assign(settings, { cut: 'word' }),
    ],
    ['code', 'settings: /include leaves out a default', (node) => (node.settings = {})],
    ['prompts', 'run: /chunk must be >= 1', ({ run }) => (run.chunk = 0)],
    ['prompts', 'model: /max_tokens must be >= 1', ({ models }) => Object.assign(models['model']?.sampling ?? {}, { max_tokens: 0 })],
    ['prompts', 'shape and outputs do not match summarize', (node) => (node.shape = 'step')],
    ['prompts', 'shape and outputs do not match summarize', (node) => (node.outputs = { out: 'pairs' })],
    ['prompts', 'summarize needs model, which is missing', (node) => (node.models = {})],
    ['prompts', 'summarize has no input file', ({ inputs }) => Object.assign(inputs, { file: [] })],
    [
      'prompts',
      'corpus needs corpus, but pmp.out is not made before it or has another type',
      ({ inputs }) => Object.assign(inputs, { corpus: [{ node: 'pmp', output: 'out' }] }),
    ],
  ])('is refused when its %s is not what the compiler makes: %s', (id, problem, change) => {
    expect(checkPlan(forged(id, change), config)).toContain(`${id}: ${problem}; plan the pipeline again`);
  });

  it('is refused when its groups are not those of its nodes, or an id is taken twice or is none', () => {
    expect(checkPlan({ ...golden(), groups: [] }, config)).toEqual(['the groups do not match the nodes; plan the pipeline again']);
    const [code] = golden().nodes as [PlanNode];
    expect(checkPlan({ ...golden(), nodes: [code, ...golden().nodes] }, config)).toContain(
      'code: two nodes have this id; plan the pipeline again',
    );
    expect(
      checkPlan(
        forged('report', (node) => (node.id = '../report')),
        config,
      )[0],
    ).toMatch(/^the plan does not have the format of this version \(\/nodes\/\d+\/id must match pattern /);
  });
});
