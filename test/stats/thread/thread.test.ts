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
    const input = { rows: candidates(300, 32), n: [1, 4, 16], counts: { late: 2 } };
    let turns = 0;
    const clock = setInterval(() => (turns += 1), 1);
    const metrics = await evaluateInThread('eval/bon', input);
    clearInterval(clock);
    expect(metrics).toEqual(evaluateBon(input));
    expect(turns).toBeGreaterThan(5);
  });

  test('takes pairs as well, and none', async () => {
    const rows = [{ prompt: 'q', chosen: 'a', rejected: 'b', chosen_score: 1, rejected_score: Infinity }];
    expect(await evaluateInThread('eval/accuracy', { rows })).toEqual(evaluateAccuracy({ rows }));
    expect(await evaluateInThread('eval/accuracy', { rows: [] })).toEqual(evaluateAccuracy({ rows: [] }));
  });

  test('throws what the evaluator throws', async () => {
    const rows = [{ prompt: 'q', chosen: 'a', rejected: 'b', chosen_score: Number.NaN, rejected_score: 1 }];
    await expect(evaluateInThread('eval/accuracy', { rows })).rejects.toThrow(new RangeError('pair 0 has no score (NaN)'));
  });
});
