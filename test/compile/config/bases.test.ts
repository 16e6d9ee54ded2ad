import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compile, loadConfig } from '../../../compile/index.ts';
import { lookAtBase } from '../../../compile/config/bases.ts';
import type { JsonObject } from '../../../plan/index.ts';

/** Configurations of published models, as far as they matter here; with what the trainer does not take of them. */
const examples: [name: string, config: JsonObject, refusal: string | null][] = [
  ['Llama 3.2', { model_type: 'llama', rope_scaling: { rope_type: 'llama3', factor: 32 } }, null],
  ['Gemma', { model_type: 'gemma', hidden_act: 'gelu', hidden_activation: null }, null],
  ['Mistral 0.1', { model_type: 'mistral', sliding_window: 4096 }, null],
  ['Pythia', { model_type: 'gpt_neox' }, 'model_type gpt_neox'],
  ['a configuration without a family', { hidden_size: 8 }, 'model_type null'],
  ['a family that is no text', { model_type: 8 }, 'model_type 8'],
];

const folder = mkdtempSync(join(tmpdir(), 'codepmp-bases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a base of trainings', () => {
  test.each(examples)('is taken or refused for its family: %s', (name, config, refusal) => {
    expect(lookAtBase(baseOf(name, config))).toEqual({ refusal, layers: null });
  });

  test('is looked at where its folder is, also where that is no folder of weights', () => {
    expect(lookAtBase(baseOf('whole', { model_type: 'llama', num_hidden_layers: 30 }))).toEqual({ refusal: null, layers: 30 });
    expect(lookAtBase(join(folder, 'nowhere'))).toBeNull();
    mkdirSync(join(folder, 'empty'));
    expect(lookAtBase(join(folder, 'empty'))).toEqual({ refusal: 'no config.json', layers: null });
    mkdirSync(join(folder, 'torn'));
    writeFileSync(join(folder, 'torn', 'config.json'), '{"model_type": ');
    expect(lookAtBase(join(folder, 'torn'))?.refusal).toMatch(/^a config\.json that cannot be read \(SyntaxError: /);
    writeFileSync(join(folder, 'weights.gguf'), '');
    expect(lookAtBase(join(folder, 'weights.gguf'))).toBeNull();
  });
});

describe('a plan with a base', () => {
  const pipeline = (settings: string) => `codepmp: 1
name: late
steps:
  task: {uses: dataset/arithmetic, with: {train: 20, test: 20}}
  rm: {uses: train/rm, with: {init: base, pairs: task.train${settings}}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: task.test}}
`;
  const found = (base: string, { settings = '', toRun = false }: { settings?: string; toRun?: boolean }) => {
    writeFileSync(
      join(folder, 'codepmp.config.yaml'),
      `codepmp_config: 1\nweights: {base: {path: ${base}, identity: "sha256:${'1'.repeat(64)}"}}\n`,
    );
    const { config } = loadConfig({ folder, home: '/home-of-codepmp' });
    return compile({ source: pipeline(settings), file: 'pipeline.yaml', config, toRun }).diagnostics.map(
      ({ code, severity, line, message, got }) => [code, severity, line, message, got],
    );
  };

  test('that the trainer does not take warns of it, and is refused where it is to run', () => {
    baseOf('neox', { model_type: 'gpt_neox' });
    expect(found('neox', {})).toEqual([['E0144', 'warning', 5, 'the weights base cannot be trained', 'model_type gpt_neox']]);
    expect(found('neox', { toRun: true })).toEqual([['E0144', 'error', 5, 'the weights base cannot be trained', 'model_type gpt_neox']]);
  });

  test('of fewer layers than a step keeps says so', () => {
    baseOf('small', { model_type: 'llama', num_hidden_layers: 4 });
    expect(found('small', { settings: ', layers: 5', toRun: true })).toEqual([
      ['E0150', 'error', 5, 'rm keeps more layers than the weights base have', '5'],
    ]);
    expect(found('small', { settings: ', layers: 4', toRun: true })).toEqual([]);
  });

  test('that is not on this machine is planned without a look', () => {
    expect(found('elsewhere', { toRun: true })).toEqual([]);
  });
});

function baseOf(name: string, config: JsonObject): string {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'config.json'), JSON.stringify(config));
  return join(folder, name);
}
