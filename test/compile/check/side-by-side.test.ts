import { describe, expect, test } from 'vitest';
import { compileText } from '../rig.ts';

/** A pipeline in which each part that a case gives stands in place of the sound one. */
function pipelineWith(parts: { [part: string]: string }): string {
  const sound = {
    params: 'params: {lr: {type: number, default: 1e-4}}',
    models: 'models: {m: {endpoint: local-strong, max_tokens: 64}}',
    pair: 'pairs: {uses: pair, with: {prompts: prompts, chosen: answers, rejected: prompts}}',
    rm: 'rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, schedule: {lr: $lr}}}',
    rest: 'accuracy: {uses: eval/accuracy, with: {model: rm, pairs: task.test}}',
    after: '',
  };
  const { params, models, rm, rest, after } = { ...sound, ...parts };
  return `codepmp: 1
name: two
${params}
${models}
steps:
  task: {uses: dataset/arithmetic, with: {train: 20, test: 20}}
  ${rm}
  ${rest}
${after}
`;
}

const messagesOf = (parts: { [part: string]: string }) =>
  compileText(pipelineWith(parts)).diagnostics.map(({ code, message }) => `${code} ${message}`);

describe('two mistakes in one mapping are both reported:', () => {
  test.each<[string, { [part: string]: string }, string[]]>([
    [
      'a value that is not allowed beside an unknown param',
      { rm: 'rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, schedule: {lr: $learning_rate, kind: cosine}}}' },
      ['E0120 there is no param learning_rate', 'E0114 steps.rm.with.schedule.kind is not one of the allowed values'],
    ],
    [
      'an unknown key beside an unknown param',
      { rm: 'rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, schedule: {gigantic: 1, lr: $learning_rate}}}' },
      ['E0110 unknown key gigantic in steps.rm.with.schedule', 'E0120 there is no param learning_rate'],
    ],
    [
      'a value of the wrong type beside a param whose value does not fit',
      {
        params: 'params: {lr: {type: number, default: 7}}',
        rm: 'rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, schedule: {lr: $lr, warmup: [1]}}}',
      },
      ['E0123 steps.rm.with.schedule.lr does not accept the value of $lr', 'E0112 steps.rm.with.schedule.warmup has the wrong type'],
    ],
    [
      'an unknown pool beside a chunk out of range',
      {
        rm: 'rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, schedule: {lr: $lr}}, run: {pool: nowhere, chunk: 0}}',
      },
      ['E0143 there is no pool nowhere', 'E0113 steps.rm.run.chunk is out of range'],
    ],
    [
      'a kind that does not exist beside an unknown param',
      { rm: 'rm: {uses: train/rrm, with: {init: smollm2-135m-instruct, pairs: task.train, schedule: {lr: $learning_rate}}}' },
      ['E0114 steps.rm.uses is not one of the allowed values', 'E0120 there is no param learning_rate'],
    ],
    [
      'a step that does not exist beside a number, in one list',
      { rest: 'report: {uses: report, with: {metrics: [accuracies, 3]}}' },
      ['E0130 there is no step accuracies', 'E0112 steps.report.with.metrics.1 has the wrong type'],
    ],
    [
      'two settings of a model, one by a param',
      {
        params: 'params: {lr: {type: number, default: 1e-4}, heat: {type: number, default: 90}}',
        models: 'models: {m: {endpoint: local-strong, max_tokens: 0, temperature: $heat}}',
      },
      ['E0123 models.m.temperature does not accept the value of $heat', 'E0113 models.m.max_tokens is out of range'],
    ],
    [
      'a default that does not fit beside bounds the wrong way round',
      { params: 'params: {lr: {type: number, default: fast, minimum: 2, maximum: 1}}' },
      [
        'E0121 the default of the param lr does not fit its declaration',
        'E0121 the param lr accepts no value: its maximum is below its minimum',
      ],
    ],
    [
      'a default that does not fit beside a description that is a number',
      { params: 'params: {lr: {type: number, default: fast, description: 3}}' },
      ['E0121 the default of the param lr does not fit its declaration', 'E0112 params.lr.description has the wrong type'],
    ],
    [
      'an unknown param beside a wrong list, in one sweep',
      { after: 'sweeps: {a: {grid: {speed: [1, 2]}, seeds: 3}}' },
      ['E0180 there is no param speed', 'E0112 sweeps.a.seeds has the wrong type'],
    ],
    [
      'an axis of another length beside a value that does not fit',
      {
        params: 'params: {lr: {type: number, default: 1e-4}, n: {type: integer, default: 1}}',
        after: 'sweeps: {a: {zip: {lr: [1e-4, 1e-5], n: [1, x]}}}',
      },
      ['E0184 n does not accept this value'],
    ],
    [
      'an unknown param beside a list, in one choice',
      { after: 'alternatives: {g: {one: {speed: 1, lr: [1]}, two: {lr: 1e-5}}}' },
      ['E0180 there is no param speed', 'E0112 alternatives.g.one.lr has the wrong type'],
    ],
  ])('%s', (_, parts, messages) => {
    const found = messagesOf(parts);
    for (const message of messages) expect(found).toContain(message);
    expect(found.filter((message) => !messages.includes(message) && !/E016|E0125/.test(message))).toEqual([]);
  });

  test('and a param without a value is no missing key', () => {
    expect(
      messagesOf({
        params: 'params: {lr: {type: number, default: 1e-4}, init: {type: checkpoint, default: 3}}',
        rm: 'rm: {uses: train/rm, with: {init: $init, pairs: task.train}}',
      }),
    ).toContain('E0121 the default of the param init does not fit its declaration');
  });
});
