import { describe, expect, it } from 'vitest';
import { nodesOfStep, pickNode } from '../../../cli/runs/pick-node.ts';
import { compile, loadConfig } from '../../../compile/index.ts';

const { config } = loadConfig({ folder: '/nowhere', home: '/home-of-codepmp' });
const source = `codepmp: 1
name: t
params: {size: {type: integer, default: 10}, seed: {type: integer, default: 1}}
steps:
  data: {uses: dataset/arithmetic, with: {train: $size}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
sweeps: {sizes: {grid: {size: [10, 20]}, seeds: [1, 2]}}
`;
const { plan } = compile({ source, file: 't.yaml', config });
if (!plan) throw new Error('the file is right');
const messageOf = (address: string, values = {}) => {
  try {
    return pickNode(plan, { address, values }).id;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a node is named', () => {
  it('by its id', () => {
    for (const { id } of plan.nodes) expect(messageOf(id)).toBe(id);
  });

  it('by its step and the values of its cell', () => {
    const [, , , last] = nodesOfStep(plan, 'rm');
    expect(messageOf('rm', { size: '20', seed: '2' })).toBe(last?.id);
  });

  it('by its step alone where all cells share it', () => {
    expect(messageOf('data', { size: '10' })).toBe(nodesOfStep(plan, 'data')[0]?.id);
  });

  it('by too little: the answer lists those there are', () => {
    expect(messageOf('rm', { size: '20' })).toMatch(
      /^rm has 2 nodes with size=20\. Choose one by its id, or by values with --cell name=value,…:\n {2}rm@\w{8} +rm \(seed=1, size=20\)\n/,
    );
  });

  it('not by its id or its step with a value that no cell of it has, even if the step has one node', () => {
    const { plan: alone } = compile({ source: source.replace(/sweeps: .*/, ''), file: 't.yaml', config });
    if (!alone) throw new Error('the file is right');
    expect(alone.nodes.map(({ id }) => pickNode(alone, { address: id, values: { seed: '1' } }).id)).toEqual(['data', 'rm', 'accuracy']);
    for (const values of [{ seed: '99' }, { lr: '99' }] as { [name: string]: string }[])
      expect(() => pickNode(alone, { address: 'rm', values })).toThrow(/^no node of rm has \w+=99\..*\n {2}rm +rm$/);
    const [first] = nodesOfStep(plan, 'rm');
    expect(messageOf(first?.id ?? '', { seed: '99' })).toMatch(/^no node of rm@\w+ has seed=99\./);
  });

  it('by what is not there', () => {
    expect(messageOf('rn')).toBe('there is no step rn in this plan. Did you mean rm? Its steps: data, rm, accuracy');
    expect(messageOf('rm', { size: '30' })).toMatch(/^no node of rm has size=30\./);
  });
});
