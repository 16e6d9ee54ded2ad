import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { status, type Act } from '../../adapters/endpoints/scripted-endpoint.ts';
import { answerBy, openWorkbench } from '../rig.ts';

const group = (chunk: number | null) => `
codepmp: 1
name: s
models:
  m: {endpoint: remote, temperature: 0.3, top_p: 0.95, max_tokens: 96}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: m}, run: {chunk: ${chunk}}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: code, rejected: answers}, run: {chunk: ${chunk}}}
  answers: {uses: respond, with: {prompts: prompts, model: m}, run: {chunk: ${chunk}}}
`;

const files = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`${index}.py`, `x = ${index}\n`]));

const acts = (described: number) => [
  answerBy((told) => {
    const [, number] = /x = (\d)/.exec(told) ?? [];
    if (number !== undefined) return Number(number) < described ? `It gives ${number}.` : '';
    return `\`\`\`python\ny = ${/gives (\d)/.exec(told)?.[1]}\n\`\`\``;
  }),
];

describe('closing a group', () => {
  it('makes the same pairs whatever the size of the chunks', async () => {
    const made = [1, 4, null].map(async (chunk) => {
      const bench = await openWorkbench({ files, acts: acts(6) });
      const { pairs } = await bench.run(group(chunk));
      return (await bench.manifest(pairs)).shards;
    });
    const [one, four, all] = await Promise.all(made);
    expect(one).toEqual(four);
    expect(one).toEqual(all);
    expect(all?.map(({ rows }) => rows)).toEqual([6]);
  });

  it('keeps the chunks of prompts and answers as shards, and counts their rows by status', async () => {
    const bench = await openWorkbench({ files, acts: acts(4) });
    const { prompts, answers } = await bench.run(group(4));
    const [described, answered] = await Promise.all([prompts, answers].map((made) => bench.manifest(made)));
    expect(described).toMatchObject({
      type: 'prompts',
      rows: 6,
      shards: [{ rows: 4 }, { rows: 2 }],
      meta: { statuses: { ok: 4, empty: 2 } },
    });
    expect(answered).toMatchObject({ type: 'responses', rows: 6, meta: { statuses: { ok: 4, 'no-prompt': 2 } } });
    expect([prompts?.warning, answers?.warning]).toEqual([undefined, undefined]);
  });

  describe('where items have no answer', () => {
    const [answered] = acts(6);
    const refused = status(400, { body: { error: { message: 'unusual characters' } } });
    const refusing: Act = (response, request, body) =>
      (JSON.stringify(body).includes('x = 3') ? refused : answered)?.(response, request, body);

    it('keeps their rows with the reason, as many as the endpoint allows', async () => {
      const bench = await openWorkbench({ files, acts: [refusing], endpoint: { unanswered: 0.2 } });
      const { prompts, pairs } = await bench.run(group(1));
      expect(await bench.manifest(prompts)).toMatchObject({ rows: 6, meta: { statuses: { ok: 5, rejected: 1 } } });
      expect(prompts?.warning).toBe('1 of 6 items have no answer: endpoint remote answered 400: unusual characters (1)');
      expect((await bench.rows(prompts)).flatMap(({ failure = null }) => failure ?? [])).toEqual(['answered 400: unusual characters']);
      expect(await bench.rows(pairs)).toHaveLength(5);
    });

    it('fails where they are more', async () => {
      const bench = await openWorkbench({ files, acts: [refusing], endpoint: { unanswered: 0.1 } });
      await expect(bench.run(group(1))).rejects.toMatchObject({
        class: 'quality',
        node: 'prompts',
        message: 'prompts: 1 of 6 items have no answer: endpoint remote answered 400: unusual characters (1); its setting unanswered allows 10 %. Once it answers, ask for them again: codepmp retry --quarantined',
      });
    });
  });

  it('warns of a step that keeps less than half of its items, also where its result is reused', async () => {
    const bench = await openWorkbench({ files, acts: acts(2) });
    const warning = 'only 2 of 6 items are ok (33.3 %): 4 empty';
    const first = await bench.run(group(null));
    expect([first['prompts']?.warning, first['answers']?.warning, first['pairs']?.warning]).toEqual([warning, undefined, undefined]);
    const second = await bench.run(group(null));
    expect(second['prompts']).toMatchObject({ key: first['prompts']?.key, warning });
  });

  it('fails where a step keeps nothing, names that step and the reasons, and keeps what was paid for', async () => {
    const bench = await openWorkbench({ files, acts: acts(0) });
    const failure = {
      class: 'quality',
      node: 'prompts',
      message: 'prompts: none of its 6 items can be used: 6 empty. See what they look like: codepmp show prompts',
    };
    await expect(bench.run(group(null))).rejects.toMatchObject(failure);
    await expect(bench.run(group(null))).rejects.toMatchObject(failure);
    expect(bench.asked).toHaveLength(6);
  });

  it('needs no more memory for more items: of 40,000 pairs, few are in memory at a time', async () => {
    const { store, artifacts } = await openWorkbench({});
    const text = 'x = 1\n'.repeat(100);
    const about = { language: 'Python', chosen_tokens: 1, rejected_tokens: 1, ordinal: 0 };
    const provenance = { repository: 'r', commit: '', licence: '', kind: '', level: '', generation_keys: '[]' };
    const rows = Array.from({ length: 1000 }, (_, number) => ({
      status: number % 10 === 0 ? 'equal' : 'ok',
      ...about,
      ...provenance,
      prompt: text,
      chosen: text + number,
      rejected: text,
      origin: `${number}`,
      path: `${number}.py`,
    }));
    const shard = { ...(await artifacts.writeJsonl(rows)), statuses: { ok: 900, equal: 100 } };
    const source = await artifacts.writeManifest({ type: 'corpus', rows: 40_000, shards: [], meta: {} });
    const thread = new Worker(new URL('./close-many.ts', import.meta.url), {
      workerData: { root: store.root, source, shard, chunks: 40 },
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    const [closed] = (await once(thread, 'message')) as [string];
    const { rows: pairs, meta } = await artifacts.readManifest(closed);
    expect([pairs, (await artifacts.readJsonl(String(meta['rejected']))).length]).toEqual([36_000, 4_000]);
    await thread.terminate();
  });
});
