import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPlan, loadConfig } from '../../compile/index.ts';
import type { Plan } from '../../plan/index.ts';

const home = join(import.meta.dirname, '..', '..');
const { config } = loadConfig({ folder: import.meta.dirname, home });
const golden = (): Plan => JSON.parse(readFileSync(join(home, 'pipelines', 'quickstart.plan.json'), 'utf8'));

describe('a plan that is submitted', () => {
  it('runs where it was made', () => {
    expect(checkPlan(golden(), config)).toEqual([]);
  });

  it('is refused when its settings are not those its key was made from', () => {
    const plan = golden();
    Object.assign(plan.nodes[0]?.settings ?? {}, { take: 1_000_000 });
    expect(checkPlan(plan, config)).toContain('code: the key is not that of its settings and inputs: compile the pipeline again');
  });

  it('is refused when it names what nobody declared here', () => {
    expect(checkPlan(golden(), { ...config, endpoints: {}, pools: {} })).toEqual(
      expect.arrayContaining([
        'prompts: the configuration declares no endpoint local-strong: add it to codepmp.config.yaml',
        'pmp: the configuration declares no pool local: add it to codepmp.config.yaml',
      ]),
    );
  });

  it('is refused when it was made for another version', () => {
    expect(checkPlan({ ...golden(), version: 1 as 2 }, config)).toEqual(['the plan has version 1, expected 2: compile the pipeline again']);
  });
});
