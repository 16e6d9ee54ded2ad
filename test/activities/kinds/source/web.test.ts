import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DataStatistics } from '../../../../plan/index.ts';
import { openWorkbench } from '../../rig.ts';

const data = process.env['CODEPMP_TEST_DATA'];

const pipeline = (settings = '', pairs = '') => `
codepmp: 1
name: s
steps:
  web: {uses: source/web, with: {source: python-stdlib${settings}}}
  pairs: {uses: pair/web, with: {answers: web${pairs}}}
`;

const post = (id: number, type: number, rest: string) => `  <row Id="${id}" PostTypeId="${type}" ${rest} />\n`;
const question = (id: number) => post(id, 1, `Score="2" Title="Question ${id}" Body="&lt;p&gt;How?&lt;/p&gt;" ContentLicense="CC BY-SA 4.0"`);
const answer = (id: number, parent: number, score: number) => post(id, 2, `ParentId="${parent}" Score="${score}" Body="&lt;p&gt;Answer ${id}&lt;/p&gt;"`);
const posts = (...rows: string[]) => `\uFEFF<?xml version="1.0" encoding="utf-8"?>\r\n<posts>\r\n${rows.join('')}</posts>`;

const forum = posts(question(1), question(2), answer(3, 1, 5), answer(4, 1, -1), answer(5, 2, 4), post(6, 5, 'Score="0" Body="wiki"'));

describe('questions and answers of the web', () => {
  it('become a pair a question, the answer with more votes chosen, with site, number and licence', async () => {
    const bench = await openWorkbench({ files: { 'forum.example/Posts.xml': forum, 'forum.example/Votes.xml': '<votes/>' } });
    const { web, pairs } = await bench.run(pipeline());
    expect(await bench.rows(web)).toMatchObject([{ repository: 'forum.example', path: '1', licence: 'CC BY-SA 4.0', question: 'Question 1\n\nHow?' }]);
    expect((await bench.manifest(web)).meta).toMatchObject({ found: 1, left_out: { 'no-question-or-answer': 1, 'one-answer': 2 } });
    expect(await bench.rows(pairs)).toMatchObject([
      {
        prompt: 'Question: Question 1\n\nHow?\n\nAnswer:\n',
        chosen: 'Answer 3',
        rejected: 'Answer 4',
        repository: 'forum.example',
        path: '1',
        licence: 'CC BY-SA 4.0',
      },
    ]);
  });

  it('stay with their site where the dumps of several sites lie in one folder', async () => {
    const site = (name: string) =>
      posts(question(1).replace('Question', name), answer(3, 1, 5).replace('Answer', name), answer(4, 1, -1).replace('Answer', name));
    const bench = await openWorkbench({
      files: { 'math-Posts.xml': site('Math'), 'all/physics.Posts.xml': site('Physics'), 'all/Posts.xml': site('All') },
    });
    const { pairs } = await bench.run(pipeline());
    const rows = await bench.rows(pairs);
    expect(rows.map(({ repository, chosen, rejected }) => `${String(repository)}: ${String(chosen)}, ${String(rejected)}`).toSorted()).toEqual([
      'all/physics: Physics 3, Physics 4',
      'all: All 3, All 4',
      'math: Math 3, Math 4',
    ]);
  });

  it('are the same whatever else the folder holds, and a smaller draw is the beginning of a larger', async () => {
    const threads = Array.from({ length: 40 }, (_, index) => [
      question(index + 1),
      answer(100 + index, index + 1, 3),
      answer(200 + index, index + 1, 1),
    ]);
    const bench = await openWorkbench({ files: { 'Posts.xml': posts(...threads.flat()) } });
    const drawn = async (take: number) => (await bench.rows((await bench.run(pipeline(`, take: ${take}`)))['web'])).map(({ path }) => path);
    const [small, large] = [await drawn(6), await drawn(20)];
    expect(large.slice(0, 6)).toEqual(small);
    expect(new Set(large).size).toBe(20);
  });

  it('are refused where no two answers are apart enough, with the counts', async () => {
    const bench = await openWorkbench({ files: { 'Posts.xml': forum } });
    await expect(bench.run(pipeline('', ', margin: 100'))).rejects.toThrow(
      'pairs: none of its 1 items can be used: 1 too-close. See what they look like: codepmp show pairs',
    );
  });

  describe('of which the better answer is often the longer one', () => {
    /** Questions by the words of their better and their other answer. */
    const asked = [[9, 3], [9, 3], [9, 3], [3, 9], [40, 4], [300, 301]];
    const words = (count = 0, id = 0) => Array.from({ length: count }, (_, at) => `${count > 200 ? '' : id}word${at}`).join(' ');
    const written = (id: number, parent: number, score: number, count?: number) =>
      answer(id, parent, score).replace(`Answer ${id}`, words(count, id));
    const threads = asked.flatMap(([better, other], at) => {
      const id = at + 1;
      return [question(id), written(100 + id, id, 5, better), written(200 + id, id, 1, other)];
    });
    const paired = async (settings: string) => {
      const bench = await openWorkbench({ files: { 'Posts.xml': posts(...threads) } });
      const { pairs } = await bench.run(pipeline('', settings));
      const { waterfall, total } = (await bench.manifest(pairs)).meta['statistics'] as unknown as DataStatistics;
      const stages = waterfall.filter(({ stage }) => stage === 'pairs').toSorted((a, b) => (a.reason < b.reason ? -1 : 1));
      return { rows: await bench.rows(pairs), longer: total.bias.chosen_longer.value, stages };
    };

    it('make no pair where they are nearly equal, which is counted', async () => {
      const { rows, longer, stages } = await paired('');
      expect([rows.length, longer]).toEqual([5, 0.8]);
      expect(stages).toEqual([
        { stage: 'pairs', count: 5, reason: '' },
        { stage: 'pairs', count: 1, reason: 'near-equal' },
      ]);
    });

    it('make pairs within a ratio of lengths, and as many longer as shorter ones in a symmetric draw, as those of `pair`', async () => {
      const { rows, longer, stages } = await paired(', length_ratio: {min: 0.2, max: 5}, symmetric: true');
      expect([rows.length, longer]).toEqual([2, 0.5]);
      expect(stages).toEqual([
        { stage: 'pairs', count: 2, reason: '' },
        { stage: 'pairs', count: 1, reason: 'length-ratio' },
        { stage: 'pairs', count: 1, reason: 'near-equal' },
        { stage: 'pairs', count: 2, reason: 'resampled' },
      ]);
      const paths = rows.map(({ path }) => path);
      const other = (await paired(', length_ratio: {min: 0.2, max: 5}, symmetric: true, seed: 3')).rows.map(({ path }) => path);
      expect(paths).toContain('4');
      expect(other).not.toEqual(paths);
    });

    it('fail the step where a symmetric draw keeps no pair', async () => {
      await expect(paired(', length_ratio: {min: 1}, symmetric: true')).rejects.toThrow('none of its 6 items can be used');
    });
  });

  it('come from a thread of Reddit and from a flat dump', async () => {
    const comment = (id: string, score: number, link = 't3_p1') => ({ id, link_id: link, parent_id: link, body: `body ${id}`, score });
    const listing = (...children: object[]) => ({ kind: 'Listing', data: { children } });
    const submission = { id: 'p1', title: 'Why?', selftext: 'Tell me.', score: 9 };
    const thread = [
      listing({ kind: 't3', data: submission }),
      listing({ kind: 't1', data: comment('a', 7) }, { kind: 't1', data: comment('b', 2) }, { kind: 'more', data: { children: ['c'] } }),
    ];
    const flat = [{ ...submission, id: 'p2' }, comment('d', 1, 't3_p2'), comment('e', 3, 't3_p2')].map((row) => JSON.stringify(row)).join('\n');
    const bench = await openWorkbench({ files: { 'sub/thread.json': JSON.stringify(thread), 'dump/RC_2020.jsonl': flat } });
    const { web, pairs } = await bench.run(pipeline(', format: reddit'));
    expect((await bench.rows(pairs)).map(({ repository, path, chosen, rejected }) => [repository, path, chosen, rejected]).sort()).toEqual([
      ['dump', 'p2', 'body e', 'body d'],
      ['sub', 'p1', 'body a', 'body b'],
    ]);
    expect((await bench.manifest(web)).meta['left_out']).toEqual({ 'not-loaded': 1 });
  });

  it('join submissions and comments of Reddit that lie in two folders, as its dumps have them', async () => {
    const submission = JSON.stringify({ id: 'p1', title: 'Why?', selftext: 'Tell me.', score: 9 });
    const comment = (id: string, score: number) => JSON.stringify({ id, link_id: 't3_p1', parent_id: 't3_p1', body: `body ${id}`, score });
    const comments = zstdCompressSync(`${comment('a', 1)}\n${comment('b', 3)}\n`);
    for (const [above, site] of [['', 'python-stdlib'], ['reddit/', 'reddit']]) {
      const bench = await openWorkbench({
        files: { [`${above}submissions/RS_2020-01.zst`]: zstdCompressSync(submission), [`${above}comments/RC_2020-01.zst`]: comments },
      });
      const { web, pairs } = await bench.run(pipeline(', format: reddit'));
      expect(await bench.rows(pairs)).toMatchObject([{ repository: site, path: 'p1', chosen: 'body b', rejected: 'body a' }]);
      expect((await bench.manifest(web)).meta['left_out']).toEqual({});
    }
  });

  it('say what a dump is where there is none', async () => {
    const bench = await openWorkbench({ files: { 'forum.7z': 'packed' } });
    await expect(bench.run(pipeline())).rejects.toThrow(
      `web: source python-stdlib (${bench.folder}) has no dump of the format stackexchange, which is a Posts.xml for each site, unpacked from its archive. Put one there, or set format`,
    );
  });

  it.skipIf(!data)('of a real dump are 31 questions, of which 28 have answers with different votes', async () => {
    const xml = readFileSync(join(data ?? '', 'stackexchange-posts-excerpt.xml'));
    const bench = await openWorkbench({ files: { 'matheducators.stackexchange.com/Posts.xml': xml } });
    const { web, pairs } = await bench.run(pipeline());
    expect((await bench.manifest(web)).meta).toMatchObject({
      found: 31,
      left_out: { 'no-question-or-answer': 5, 'no-answer': 5, 'one-answer': 10 },
    });
    const { rows, meta } = await bench.manifest(pairs);
    expect(rows).toBe(28);
    expect(meta).toMatchObject({ prompt_format: 'question-answer', statistics: { total: { pairs: 28 } } });
  });
});
