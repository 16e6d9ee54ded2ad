import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinThreads, pairOfAnswers } from '../../../items/index.ts';

const post = (thread: string, answer: string | null, score = 1) => ({ thread, answer, text: `${thread}/${answer}`, score, licence: '' });

describe('threads', () => {
  it('join answers with their question wherever they come, the best first', () => {
    const posts = [post('1', 'b', 2), post('1', 'a', 7), post('1', null), post('1', 'c', -1)];
    expect(joinThreads(posts).threads).toEqual([
      {
        thread: '1',
        question: '1/null',
        licence: '',
        answers: [
          { id: 'a', text: '1/a', score: 7 },
          { id: 'b', text: '1/b', score: 2 },
          { id: 'c', text: '1/c', score: -1 },
        ],
      },
    ]);
  });

  it('count posts that make no question with two answers, by the reason', () => {
    const posts = [post('1', null), post('2', null), post('2', 'a'), post('3', 'a'), post('3', 'b'), post('3', 'c')];
    expect(joinThreads(posts)).toEqual({ threads: [], leftOut: { 'no-answer': 1, 'one-answer': 2, 'no-question': 3 } });
  });
});

describe('a thread of several questions', () => {
  const other = { ...post('1', null), text: 'of another site' };
  const answers = [post('1', 'a'), post('1', 'b')];

  it('is left out, because nobody knows which of them an answer is to', () => {
    expect(joinThreads([post('1', null), ...answers, other])).toEqual({ threads: [], leftOut: { 'several-questions': 4 } });
  });

  it('is one of a single question where that is the same post again', () => {
    expect(joinThreads([post('1', null), ...answers, post('1', null)]).threads).toHaveLength(1);
  });
});

describe('a pair of answers', () => {
  const any = { min: 0, max: null };
  const texts = fc.constantFrom('a', 'b', ' a', 'c d');
  const answers = fc
    .array(fc.record({ id: fc.string(), text: texts, score: fc.integer({ min: -5, max: 20 }) }), { maxLength: 12 })
    .map((found) => found.toSorted((a, b) => b.score - a.score));

  it('has the better one chosen, at least the margin apart and of different texts, wherever there is such a pair', () => {
    const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 6 }), place, (given, margin, at) => {
        const below = (score: number) => given.filter((other) => score - other.score >= margin);
        const apart = given.flatMap((a) => below(a.score).map((b) => [a.text, b.text] as const));
        const different = apart.filter(([a, b]) => a.replaceAll(' ', '') !== b.replaceAll(' ', ''));
        const pair = pairOfAnswers(given, { margin, place: at, length_ratio: any });
        if (pair.status === 'ok') expect(different).toContainEqual([pair.chosen, pair.rejected]);
        else expect({ status: pair.status, different }).toEqual({ status: apart.length === 0 ? 'too-close' : 'equal', different: [] });
      }),
    );
  });

  it('is drawn among all of them by its place', () => {
    const three = ['a', 'b', 'c'].map((text, index) => ({ id: text, text, score: 9 - index }));
    const drawn = [0, 0.4, 0.9].map((place) => pairOfAnswers(three, { margin: 1, place, length_ratio: any }));
    expect(drawn.map((pair) => ('chosen' in pair ? pair.chosen + pair.rejected : ''))).toEqual(['ab', 'ac', 'bc']);
  });

  it('is neither nearly equal nor outside the ratio of lengths; where all are, the reason of the first drawn is that of the question', () => {
    const words = Array.from({ length: 300 }, (_, index) => `word${index}`).join(' ');
    const texts = [words, `${words}!`, 'short', `${words} ${words.replaceAll('word', 'more')}`];
    const [long, nearly, short, longest] = texts.map((text, index) => ({ id: `${index}`, text, score: 9 - index }));
    const drawn = (found: (typeof long)[], place = 0, length_ratio: { min: number; max: number | null } = any) =>
      pairOfAnswers(found.flatMap((each) => each ?? []), { margin: 1, place, length_ratio });
    expect(drawn([long, nearly])).toEqual({ status: 'near-equal' });
    expect(drawn([long, nearly, short])).toEqual({ status: 'ok', chosen: long?.text, rejected: 'short' });
    expect(drawn([long, short], 0, { min: 0, max: 2 })).toEqual({ status: 'length-ratio' });
    expect(drawn([short, longest], 0, { min: 0.1, max: null })).toEqual({ status: 'length-ratio' });
    expect(drawn([long, short, longest], 0, { min: 0.4, max: 2 })).toEqual({ status: 'ok', chosen: long?.text, rejected: longest?.text });
    expect([0, 0.4].map((place) => drawn([long, nearly, short], place, { min: 0.5, max: 2 }).status)).toEqual(['near-equal', 'length-ratio']);
  });
});
