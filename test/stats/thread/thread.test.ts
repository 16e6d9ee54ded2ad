import { describe, expect, test } from 'vitest';
import { createRandom, evaluateAccuracy, evaluateBon, evaluateInThread } from '../../../stats/index.ts';

/** Candidates of so many questions. */
function candidates(questions: number, each: number) {
  const random = createRandom(3);
  return Array.from({ length: questions * each }, (_, index) => {
    const correct = random() < 0.5;
    const answer = correct ? '7' : `${Math.floor(random() * 5)}`;
    return { question: Math.floor(index / each), ordinal: index % each, correct, answer, score: random(), text: `${index}` };
  });
}

describe('an evaluation in a thread of its own', () => {
  test('gives what the evaluator gives, while the event loop turns', async () => {
    const rows = candidates(300, 32);
    const options = { n: [1, 4, 16] };
    let turns = 0;
    const clock = setInterval(() => (turns += 1), 1);
    const metrics = await evaluateInThread('eval/bon', { rows, options });
    clearInterval(clock);
    expect(metrics).toEqual(evaluateBon({ rows, ...options }));
    expect(turns).toBeGreaterThan(5);
  });

  test('takes pairs as well, and none', async () => {
    const rows = [{ prompt: 'q', chosen: 'a', rejected: 'b', chosen_score: 1, rejected_score: Infinity }];
    expect(await evaluateInThread('eval/accuracy', { rows, options: {} })).toEqual(evaluateAccuracy({ rows }));
    expect(await evaluateInThread('eval/accuracy', { rows: [], options: {} })).toEqual(evaluateAccuracy({ rows: [] }));
  });

  test('takes rows as they come, and throws what they throw', async () => {
    const given = candidates(300, 32);
    async function* rows(most: number) {
      for (const [index, row] of given.entries()) {
        if (index === most) throw new Error('row 5000 has no score');
        yield row;
      }
    }
    const options = { n: [4] };
    expect(await evaluateInThread('eval/bon', { rows: rows(Infinity), options })).toEqual(evaluateBon({ rows: given, ...options }));
    await expect(evaluateInThread('eval/bon', { rows: rows(5000), options })).rejects.toThrow('row 5000 has no score');
  });

  test('throws what the evaluator throws', async () => {
    const rows = [{ prompt: 'q', chosen: 'a', rejected: 'b', chosen_score: Number.NaN, rejected_score: 1 }];
    await expect(evaluateInThread('eval/accuracy', { rows, options: {} })).rejects.toThrow(new RangeError('pair 0 has no score (NaN)'));
  });
});
