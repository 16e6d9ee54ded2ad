import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compile, loadConfig } from '../../../compile/index.ts';
import { lookAtBase, refusalOf } from '../../../compile/config/bases.ts';
import type { JsonObject } from '../../../plan/index.ts';
import { checkout } from '../../cli/supervisor/services-rig.ts';

const llama3 = { rope_type: 'llama3', factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };

/** Configurations of published models, as far as they matter here, and edges; with what the trainer does not take of them. */
const examples: [name: string, config: JsonObject, refusal: string | null][] = [
  ['Llama 2', { model_type: 'llama', hidden_act: 'silu', rope_scaling: null, attention_bias: false, attention_dropout: 0.0 }, null],
  ['Llama 3.2', { model_type: 'llama', hidden_act: 'silu', rope_scaling: llama3, mlp_bias: false }, 'rope_type llama3'],
  ['Llama of an older library', { model_type: 'llama', rope_scaling: { type: 'linear', factor: 2 } }, 'rope_type linear'],
  ['Llama of a newer library', { model_type: 'llama', rope_parameters: { rope_type: 'default', rope_theta: 1e4 } }, null],
  ['a Llama that names no type of its positions', { model_type: 'llama', rope_parameters: { rope_theta: 5e5 } }, null],
  ['empty positions beside scaled ones', { model_type: 'llama', rope_parameters: {}, rope_scaling: llama3 }, 'rope_type llama3'],
  ['positions of type null', { model_type: 'llama', rope_parameters: { rope_type: null } }, 'rope_type null'],
  ['a Llama with another activation', { model_type: 'llama', hidden_act: 'gelu' }, 'hidden_act gelu'],
  ['an activation of null', { model_type: 'llama', hidden_act: null }, 'hidden_act null'],
  ['a Llama with biases', { model_type: 'llama', mlp_bias: true }, 'mlp_bias true'],
  ['a Llama with dropout', { model_type: 'llama', attention_dropout: 0.1 }, 'attention_dropout 0.1'],
  [
    'SmolLM2',
    { model_type: 'llama', hidden_act: 'silu', rope_theta: 100000, rope_scaling: null, rope_interleaved: false, mlp_bias: false },
    null,
  ],
  ['Qwen2', { model_type: 'qwen2', hidden_act: 'silu', sliding_window: 131072, use_sliding_window: false, max_window_layers: 28 }, null],
  [
    'Qwen2 with a window',
    { model_type: 'qwen2', hidden_act: 'silu', sliding_window: 131072, use_sliding_window: true },
    'use_sliding_window true',
  ],
  ['Qwen2 with YaRN', { model_type: 'qwen2', rope_scaling: { type: 'yarn', factor: 4 } }, 'rope_type yarn'],
  ['Qwen3', { model_type: 'qwen3', hidden_act: 'silu' }, 'model_type qwen3'],
  ['Mistral 0.1', { model_type: 'mistral', hidden_act: 'silu', sliding_window: 4096 }, 'sliding_window 4096'],
  ['Mistral 0.3', { model_type: 'mistral', hidden_act: 'silu', sliding_window: null }, null],
  ['Gemma', { model_type: 'gemma', hidden_act: 'gelu', hidden_activation: null }, 'model_type gemma'],
  ['a configuration without a family', { hidden_size: 8 }, 'model_type null'],
];

const folder = mkdtempSync(join(tmpdir(), 'codepmp-bases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a base of trainings', () => {
  test.each(examples)('is taken or refused for its first strange setting: %s', (_, config, refusal) => {
    expect(refusalOf(config)).toBe(refusal);
  });

  test('is refused by the trainer for the same setting', () => {
    const script =
      'import json, sys; from codepmp_trainer.model.decoder import refusal; print(json.dumps([refusal(each) for each in json.load(sys.stdin)]))';
    const python = join(checkout, '.setup', 'python', 'bin', 'python');
    const answer = execFileSync(python, ['-c', script], {
      cwd: join(checkout, 'trainer'),
      input: JSON.stringify(examples.map(([, config]) => config)),
      encoding: 'utf8',
    });
    expect(JSON.parse(answer)).toEqual(examples.map(([, , refusal]) => refusal));
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
    baseOf('scaled', { model_type: 'llama', rope_scaling: llama3 });
    expect(found('scaled', {})).toEqual([['E0144', 'warning', 5, 'the weights base cannot be trained', 'rope_type llama3']]);
    expect(found('scaled', { toRun: true })).toEqual([['E0144', 'error', 5, 'the weights base cannot be trained', 'rope_type llama3']]);
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
