import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { evaluateBon, evaluateRewardbench, evaluateRmBench } from '../../stats/index.ts';

/** A folder with excerpts of published data; where it is not named, other tests have rows of their own. */
const folder = process.env['CODEPMP_TEST_DATA'] ?? '';

const bytesOf = (name: string) => readFileSync(join(folder, name));
const linesOf = <R>(text: string): R[] => text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as R);

describe.skipIf(folder === '')('on real answers and rewards', () => {
  test('Best-of-N of 100 questions is what listing every subset gives, ties at the top included', () => {
    interface Line {
      code: string[];
      pred: string[];
      score: boolean[];
      pred_score: number[][];
    }
    const lines = linesOf<Line>(gunzipSync(bytesOf('qwen25-math-bon-100x8.jsonl.gz')).toString());
    const rows = lines.flatMap(({ code, pred, score, pred_score }, question) =>
      code.map((text, ordinal) => ({
        question,
        ordinal,
        text,
        answer: pred[ordinal] ?? null,
        correct: score[ordinal] === true,
        score: pred_score[ordinal]?.[0] ?? Number.NaN,
      })),
    );
    const metrics = evaluateBon({ rows, n: [1, 2, 4, 8] });
    const curve = (name: string) => metrics.curves.find((each) => each.name === name)?.points.map(({ value }) => Number(value?.toFixed(4)));
    expect(curve('model')).toEqual([0.91, 0.9279, 0.9361, 0.94]);
    expect(curve('majority')).toEqual([0.91, 0.91, 0.9201, 0.925]);
    expect(curve('random')).toEqual([0.91, 0.91, 0.91, 0.91]);
    expect(curve('oracle')?.at(-1)).toBe(0.96);
    expect(metrics).toMatchObject({ left_out: 0, candidates: { total: 800, fewest: 8, most: 8 } });
  });

  test('a rule of the longer answer is right on LLMBar as often as counted by hand, subset by subset', () => {
    interface Line {
      prompt: string;
      chosen: string;
      rejected: string;
      subset: string;
    }
    const rows = linesOf<Line>(bytesOf('rewardbench-shaped-llmbar-419.jsonl').toString()).map(({ subset, ...texts }) => ({
      ...texts,
      kind: subset,
      chosen_score: texts.chosen.length,
      rejected_score: texts.rejected.length,
    }));
    const { subsets, sections, overall } = evaluateRewardbench({ rows });
    expect(subsets.map(({ subset, accuracy }) => [subset, accuracy.n, Number(accuracy.value?.toFixed(3))])).toEqual([
      ['llmbar-adver-GPTInst', 92, 0.13],
      ['llmbar-adver-GPTOut', 47, 0.447],
      ['llmbar-adver-manual', 46, 0.174],
      ['llmbar-adver-neighbor', 134, 0.119],
      ['llmbar-natural', 100, 0.56],
    ]);
    const hard = sections.find(({ section }) => section === 'chat-hard');
    expect(hard?.accuracy).toMatchObject({ n: 419, value: expect.closeTo(0.27, 3) });
    expect(overall.value).toBeNull();
  });

  test('a rule of the longer answer is right on RM-Bench the more often, the fuller the style of the right answer', () => {
    interface Item {
      id: number;
      prompt: string;
      chosen: string[];
      rejected: string[];
    }
    const items = JSON.parse(bytesOf('rm-bench-chat-20.json').toString()) as Item[];
    const rows = items.flatMap(({ id, prompt, chosen, rejected }) =>
      chosen.flatMap((right, i) =>
        rejected.map((wrong, j) => ({
          prompt,
          chosen: right,
          rejected: wrong,
          kind: 'chat',
          level: i > j ? 'easy' : i < j ? 'hard' : 'normal',
          origin: `${id}`,
          chosen_score: right.length,
          rejected_score: wrong.length,
        })),
      ),
    );
    const { domains, overall } = evaluateRmBench({ rows });
    const chat = domains.find(({ domain }) => domain === 'chat');
    const [easy, normal, hard] = chat?.levels.map(({ accuracy }) => accuracy) ?? [];
    expect(easy).toMatchObject({ n: 60, clusters: 20 });
    expect(easy?.value).toBeGreaterThan(normal?.value ?? 1);
    expect(normal?.value).toBeGreaterThan(hard?.value ?? 1);
    expect(chat?.accuracy.value).toBeCloseTo(((easy?.value ?? 0) + (normal?.value ?? 0) + (hard?.value ?? 0)) / 3, 12);
    expect(overall.value).toBeNull();
  });
});
