import { describe, expect, test } from 'vitest';
import { compile } from '../../../compile/index.ts';
import type { PlanNode } from '../../../plan/index.ts';
import { config as builtIn } from '../rig.ts';

const config = { ...builtIn, sources: { ...builtIn.sources, gsm8k: { path: '/data/gsm8k' }, mine: { path: '/data/mine' } } };

function dataset(settings = ''): PlanNode | undefined {
  const source = `codepmp: 1\nname: t\nparams: {where: {type: string, default: mine}}\nsteps: {task: {uses: dataset/gsm8k${settings}}}\ntargets: [task]\n`;
  return compile({ source, file: 'pipeline.yaml', config }).plan?.nodes[0];
}

describe('a published data set', () => {
  test('is read from the source folder that has its name', () => {
    expect(dataset()?.resources).toEqual({ source: { name: 'gsm8k', identity: null } });
  });

  test('is read from another folder where the step names one, which is another result', () => {
    expect(dataset(', with: {source: mine}')?.resources).toEqual({ source: { name: 'mine', identity: null } });
    expect(dataset(', with: {source: $where}')?.key).toBe(dataset(', with: {source: mine}')?.key);
    expect(dataset(', with: {source: mine}')?.key).not.toBe(dataset()?.key);
  });

  test('has one key, whether the name of its folder is written or not', () => {
    expect(dataset(', with: {source: gsm8k}')?.key).toBe(dataset()?.key);
  });
});
