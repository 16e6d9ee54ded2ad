import { describe, expect, it } from 'vitest';
import { answerBy, openWorkbench } from '../rig.ts';

const pipeline = (settings: string) => `
codepmp: 1
name: s
steps:
  arithmetic: {uses: dataset/arithmetic, with: {train: 60, test: 2, choices: 1, questions: 1}}
  part: {uses: select, with: {pairs: arithmetic.train, ${settings}}}
`;

describe('a part of pairs', () => {
  it('is the beginning of every larger part that the same seed draws', async () => {
    const bench = await openWorkbench({});
    const drawn = async (settings: string) => {
      const { part } = await bench.run(pipeline(settings));
      return (await bench.rows(part)).map(({ prompt, chosen }) => [prompt, chosen]);
    };
    const [small, large, all, other] = [await drawn('take: 7'), await drawn('take: 30'), await drawn('seed: 1'), await drawn('take: 7, seed: 2')];
    expect([small.length, large.length, all.length]).toEqual([7, 30, 60]);
    expect(large.slice(0, 7)).toEqual(small);
    expect(all.slice(0, 30)).toEqual(large);
    expect(other).not.toEqual(small);
  });

  it('keeps what is known of the pairs and counts what it drew', async () => {
    const bench = await openWorkbench({});
    const { part } = await bench.run(pipeline('take: 7'));
    const { rows, meta } = await bench.manifest(part);
    expect(rows).toBe(7);
    expect(meta).toMatchObject({
      prompt_format: 'question-answer',
      statistics: {
        total: { pairs: 7 },
        keep: null,
        waterfall: [
          { stage: 'arithmetic', count: 60, reason: '' },
          { stage: 'part', count: 7, reason: '' },
          { stage: 'part', count: 53, reason: 'not taken' },
        ],
      },
    });
  });

  it('counts on from the source of its pairs, so that every stage has what the stage before it left, and keeps their keep rates', async () => {
    const question = 'Ann buys seven red apples and gives her brother three of them before lunch';
    const names = ['good', 'other', 'apples', 'prose'];
    const about = (told: string): string => names.find((name) => told.includes(`'${name}'`) || told.includes(`about ${name}`)) ?? '';
    const code = Object.fromEntries(names.map((name) => [`code/${name}.py`, `name = '${name}'\n`]));
    const act = answerBy((told) => {
      if (!told.includes('about ')) return `It is about ${about(told)}.${about(told) === 'apples' ? ` ${question}.` : ''}`;
      return about(told) === 'prose' ? 'No idea.' : '```python\nx = 1\n```';
    });
    const bench = await openWorkbench({ files: { ...code, 'questions/one.md': `${question}.\n` }, acts: [act] });
    const { part, again } = await bench.run(`
codepmp: 1
name: s
models: {weak: {endpoint: remote, temperature: 0.9, max_tokens: 256}}
steps:
  questions: {uses: source/files, with: {source: python-stdlib, include: ['questions/*']}}
  code: {uses: source/files, with: {source: python-stdlib, include: ['code/*']}}
  prompts: {uses: summarize, with: {corpus: code, model: weak}}
  weak: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: code, rejected: weak}}
  part: {uses: select, with: {pairs: pairs, take: 1, decontaminate: [questions]}}
  again: {uses: select, with: {pairs: part}}
`);
    const stages = [
      { stage: 'source', count: 4, reason: '' },
      { stage: 'prompts', count: 4, reason: '' },
      { stage: 'weak', count: 3, reason: '' },
      { stage: 'weak', count: 1, reason: 'no-code' },
      { stage: 'pairs', count: 3, reason: '' },
      { stage: 'pairs', count: 1, reason: 'rejected-no-code' },
      { stage: 'part', count: 1, reason: '' },
      { stage: 'part', count: 1, reason: 'contaminated by questions' },
      { stage: 'part', count: 1, reason: 'not taken' },
    ];
    const keep = { rejected: { n: 4, value: 0.75 } };
    expect((await bench.manifest(part)).meta['statistics']).toMatchObject({ keep, waterfall: stages });
    expect((await bench.manifest(again)).meta['statistics']).toMatchObject({
      keep,
      waterfall: [...stages, { stage: 'again', count: 1, reason: '' }],
    });
  });

  it('has no prompt and no answer of a test set, and counts what went by test set', async () => {
    const question = 'Ann buys seven red apples and gives her brother three of them before lunch';
    const answer = 'def apples(bought, given):\n    return bought - given\n';
    const pairs = [
      { prompt: `Write code. ${question}?`, chosen: 'def a(): pass', rejected: 'def b(): pass' },
      { prompt: 'Add two numbers.', chosen: 'def add(a, b): return a + b', rejected: 'def add(a, b): return a' },
      { prompt: 'Count apples.', chosen: 'def c(): pass', rejected: answer },
      { prompt: 'Evaluate 1 + 2', chosen: 'It is 3.', rejected: 'It is 4.' },
    ];
    const files = {
      'train.jsonl': pairs.map((row) => `${JSON.stringify(row)}\n`).join(''),
      'test.jsonl': `${JSON.stringify(pairs[1])}\n`,
      'questions/one.md': `${question}.\n`,
      'questions/two.md': 'Evaluate $1 + 2$.\n',
      'answers/two.py': answer,
    };
    const bench = await openWorkbench({ files });
    const { part } = await bench.run(`
codepmp: 1
name: s
steps:
  questions: {uses: source/files, with: {source: python-stdlib, include: ['questions/*'], take: null}}
  answers: {uses: source/files, with: {source: python-stdlib, include: ['answers/*'], take: null}}
  given: {uses: dataset/preference, with: {source: python-stdlib}}
  part: {uses: select, with: {pairs: given.train, decontaminate: [questions, answers]}}
`);
    expect((await bench.rows(part)).map(({ chosen }) => chosen)).toEqual(['def add(a, b): return a + b']);
    expect((await bench.manifest(part)).meta['statistics']).toMatchObject({
      waterfall: [
        { stage: 'given', count: 4, reason: '' },
        { stage: 'part', count: 1, reason: '' },
        { stage: 'part', count: 2, reason: 'contaminated by questions' },
        { stage: 'part', count: 1, reason: 'contaminated by answers' },
      ],
    });
  });

  it('has no question of a test set that somebody put in a post of his own', async () => {
    const problem = 'Find the greatest integer $n$ such that $n$ divides $10!$.';
    const thread = (id: number, body: string) => [
      `<row Id="${id}" PostTypeId="1" Score="1" Title="Question ${id}" Body="${body}" />`,
      ...[1, 2].map((score) => `<row Id="${id + score}" PostTypeId="2" ParentId="${id}" Score="${score * 9}" Body="Answer ${id + score}" />`),
    ];
    const rows = [...thread(10, `&lt;p&gt;I am stuck:&lt;/p&gt; &lt;p&gt;${problem}&lt;/p&gt; Why?`), ...thread(20, 'How?')];
    const files = {
      'Posts.xml': `<?xml version="1.0" encoding="utf-8"?>\n<posts>\n${rows.join('\n')}\n</posts>`,
      'test.md': problem,
    };
    const bench = await openWorkbench({ files });
    const { part } = await bench.run(`
codepmp: 1
name: s
steps:
  web: {uses: source/web, with: {source: python-stdlib}}
  pairs: {uses: pair/web, with: {answers: web}}
  problems: {uses: source/files, with: {source: python-stdlib, include: ['test.md']}}
  part: {uses: select, with: {pairs: pairs, decontaminate: [problems]}}
`);
    expect((await bench.rows(part)).map(({ prompt }) => prompt)).toEqual(['Question: Question 20\n\nHow?\n\nAnswer:\n']);
    expect((await bench.manifest(part)).meta['statistics']).toMatchObject({
      waterfall: expect.arrayContaining([{ stage: 'part', count: 1, reason: 'contaminated by problems' }]) as unknown,
    });
  });

  it('is all of them where there are fewer', async () => {
    const bench = await openWorkbench({});
    expect((await bench.manifest((await bench.run(pipeline('take: 1000')))['part'])).rows).toBe(60);
  });
});
