import { describe, expect, it } from 'vitest';
import type { DataStatistics, UnitNote } from '../../../plan/index.ts';
import { readNoted } from '../../../records/named.ts';
import { answer } from '../../adapters/endpoints/scripted-endpoint.ts';
import { answerBy, openWorkbench } from '../rig.ts';

const pairing = (settings = '') => `
codepmp: 1
name: s
models:
  describer: {endpoint: remote, temperature: 0.3, top_p: 0.95, max_tokens: 96}
  strong: {endpoint: remote, temperature: 0.1, top_p: 0.95, max_tokens: 256}
  weak: {endpoint: remote, temperature: 0.9, top_p: 0.95, max_tokens: 256}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: describer}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected${settings}}}
`;

const files = Object.fromEntries(['good', 'equal', 'prose', 'other'].map((name) => [`${name}.py`, `name = '${name}'\n`]));

/** The chosen answer to `equal` is the rejected one as well, the rejected one to `prose` has no code, and the chosen one to `long` is longer. */
const acts = [
  (response, request, body) => {
    const { temperature } = body;
    answerBy((told) => {
      const [, file] = /name = '(\w+)'/.exec(told) ?? [];
      if (file !== undefined) return `It is about ${file}.`;
      const [, about] = /about (\w+)/.exec(told) ?? [];
      if (about === 'prose' && temperature === 0.9) return 'No idea.';
      return `\`\`\`python\nx = ${about === 'equal' || (temperature === 0.1) === (about !== 'long') ? 1 : 22}\n\`\`\``;
    })(response, request, body);
  },
] satisfies Parameters<typeof openWorkbench>[0]['acts'];

describe('pair', () => {
  it('joins both answers of each item under its prompt, with where they come from', async () => {
    const bench = await openWorkbench({ files, acts });
    const { code, prompts, chosen, rejected, pairs } = await bench.run(pairing());
    const rows = await bench.rows(pairs);
    const origins = new Map((await bench.rows(code)).map((row) => [row['path'], row]));
    expect(rows.map(({ path }) => path).sort()).toEqual(['good.py', 'other.py']);
    for (const row of rows) {
      const keys = await Promise.all(
        [prompts, chosen, rejected].map(
          async (made) => (await bench.rows(made)).find(({ origin }) => origin === row['origin'])?.['generation_key'],
        ),
      );
      expect(row).toEqual({
        prompt: `### Code description:\nIt is about ${String(row['path']).replace('.py', '')}.\n\n### Response:\n`,
        chosen: 'x = 1',
        rejected: 'x = 22',
        language: 'Python',
        prompt_tokens: 3,
        chosen_tokens: 1,
        rejected_tokens: 1,
        chosen_comments: 0,
        rejected_comments: 0,
        chosen_fenced: true,
        rejected_fenced: true,
        origin: origins.get(row['path'] ?? '')?.['origin'],
        ordinal: 0,
        repository: 'python-stdlib',
        path: row['path'],
        commit: '',
        licence: '',
        generation_keys: JSON.stringify(keys),
        kind: '',
        level: '',
      });
    }
  });

  it('notes while it runs how many pairs were made, and by language how often the chosen code is longer', async () => {
    const bench = await openWorkbench({ files: { ...files, 'long.py': "name = 'long'\n" }, acts });
    await bench.run(pairing());
    const noted = async () => {
      const names = await bench.store.listNotes('progress/');
      const notes = await Promise.all(names.map((name) => readNoted<UnitNote>(bench.store, name)));
      return notes.flatMap((note) => note?.steps['pairs']?.pairs ?? []);
    };
    const Python = { chosen_longer: { n: 3, value: 1 / 3 }, length: { n: 3, value: expect.closeTo(1 / 3) as number } };
    await expect.poll(noted).toMatchObject([{ of: 5, made: 3, languages: { Python } }]);
  });

  it('counts every item from the source to the pairs, and keeps those that make none with the reason', async () => {
    const bench = await openWorkbench({ files: { ...files, 'picture.py': Uint8Array.of(0), 'latin.py': Uint8Array.of(0xe9) }, acts });
    const { code, pairs } = await bench.run(pairing());
    expect(code?.warning).toBe('1 file was left out: 1 unknown-encoding');
    const { meta } = await bench.manifest(pairs);
    expect(meta['statistics']).toMatchObject({
      waterfall: [
        { stage: 'source', count: 4, reason: '' },
        { stage: 'source', count: 1, reason: 'binary' },
        { stage: 'source', count: 1, reason: 'unknown-encoding' },
        { stage: 'prompts', count: 4, reason: '' },
        { stage: 'chosen', count: 4, reason: '' },
        { stage: 'rejected', count: 3, reason: '' },
        { stage: 'rejected', count: 1, reason: 'no-code' },
        { stage: 'pairs', count: 2, reason: '' },
        { stage: 'pairs', count: 1, reason: 'equal' },
        { stage: 'pairs', count: 1, reason: 'rejected-no-code' },
      ],
    });
    const dropped = await bench.artifacts.readJsonl(String(meta['rejected']));
    expect(dropped.map(({ path, status }) => [path, status]).sort()).toEqual([
      ['equal.py', 'equal'],
      ['prose.py', 'rejected-no-code'],
    ]);
  });

  it('tells of the steps that it is made from alone, whatever else its group makes', async () => {
    const bench = await openWorkbench({ files, acts });
    const sources = '  sources: {uses: pair, with: {prompts: prompts, chosen: code, rejected: rejected}}\n';
    const { pairs, sources: beside } = await bench.run(pairing() + sources);
    const stagesOf = async (made: typeof pairs) => {
      const { waterfall } = (await bench.manifest(made)).meta['statistics'] as unknown as DataStatistics;
      return [...new Set(waterfall.map(({ stage }) => stage))];
    };
    expect(await stagesOf(pairs)).toEqual(['source', 'prompts', 'chosen', 'rejected', 'pairs']);
    expect(await stagesOf(beside)).toEqual(['source', 'prompts', 'rejected', 'sources']);
    const { sources: alone } = await bench.run(pairing().replace(/ {2}(chosen|pairs): .*\n/g, '') + sources);
    expect(alone?.outputs).toEqual(beside?.outputs);
  });

  it('draws pairs so that the chosen side is as often longer as shorter, and counts the others', async () => {
    const names = ['long', 'one', 'two', 'three'];
    const bench = await openWorkbench({ files: Object.fromEntries(names.map((name) => [`${name}.py`, `name = '${name}'\n`])), acts });
    const { pairs } = await bench.run(pairing(', symmetric: true'));
    const rows = await bench.rows(pairs);
    expect(rows.map(({ chosen }) => chosen).sort()).toEqual(['x = 1', 'x = 22']);
    const { meta } = await bench.manifest(pairs);
    const { total, waterfall } = meta['statistics'] as unknown as DataStatistics;
    expect(total.bias.chosen_longer).toMatchObject({ n: 2, value: 0.5 });
    expect(waterfall.filter(({ stage }) => stage === 'pairs')).toEqual([
      { stage: 'pairs', count: 2, reason: '' },
      { stage: 'pairs', count: 2, reason: 'resampled' },
    ]);
    const dropped = await bench.artifacts.readJsonl(String(meta['rejected']));
    expect(dropped.map(({ status }) => status)).toEqual(['resampled', 'resampled']);
  });

  describe('of answers with much prose on the chosen side', () => {
    const prose = 'This is how I would write it, and why. '.repeat(30);
    /** A code of which the chosen side is longer for one number of three, and shorter for the others. */
    const codeOf = (number: number, isChosen: boolean) => `x = ${(isChosen === (number % 3 === 0) ? 22 : 1) * 10 ** (number % 2)}`;
    const wordy = [
      (response, request, body) => {
        const told = JSON.stringify(body['messages']);
        const isChosen = body['temperature'] === 0.1;
        const [, number] = /about (\d+)/.exec(told) ?? [];
        const code = `\`\`\`python\n${codeOf(Number(number), isChosen)}\n\`\`\``;
        const text = number === undefined ? `It is about ${/name = (\d+)/.exec(told)?.[1]}.` : isChosen ? prose + code : code;
        answer(text, {}, { prompt_tokens: 7, completion_tokens: text.length })(response, request, body);
      },
    ] satisfies Parameters<typeof openWorkbench>[0]['acts'];
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, number) => [`${number}.py`, `name = ${number}\n`]));

    it('measures the codes and counts their tokens, not the prose', async () => {
      const bench = await openWorkbench({ files: many, acts: wordy });
      const { pairs } = await bench.run(pairing());
      for (const { chosen, rejected, chosen_tokens, rejected_tokens } of await bench.rows(pairs))
        expect([chosen_tokens, rejected_tokens]).toEqual([String(chosen).length, String(rejected).length]);
      const { total } = (await bench.manifest(pairs)).meta['statistics'] as unknown as DataStatistics;
      expect(total.bias.chosen_longer).toMatchObject({ n: 12, value: 4 / 12 });
    });

    it('has as many longer as shorter chosen codes after a symmetric draw, by its own statistics', async () => {
      const bench = await openWorkbench({ files: many, acts: wordy });
      const { pairs } = await bench.run(pairing(', symmetric: true'));
      const { total } = (await bench.manifest(pairs)).meta['statistics'] as unknown as DataStatistics;
      expect(total.bias.chosen_longer).toMatchObject({ n: 8, value: 0.5, ties: 0 });
    });
  });

  it('fails where a symmetric draw keeps no pair', async () => {
    const bench = await openWorkbench({ files, acts });
    await expect(bench.run(pairing(', symmetric: true'))).rejects.toMatchObject({
      class: 'quality',
      message: 'pairs: none of its 2 items can be used: 2 resampled. See what they look like: codepmp show pairs',
    });
  });

  it('fails where a side keeps too few of its answers, with the reasons', async () => {
    const bench = await openWorkbench({ files, acts });
    await expect(bench.run(pairing(', min_keep_rate: 0.9'))).rejects.toMatchObject({
      class: 'quality',
      node: 'pairs',
      message:
        'pairs: only 75.0 % of the rejected answers are usable, expected at least 90 %: 1 no-code. See what they look like: codepmp show rejected',
    });
  });

  it('holds the answers of one side to the keep rate where the other side is the source code, and tells of these answers alone', async () => {
    const bench = await openWorkbench({ files, acts });
    for (const [side, sides] of [['rejected', 'chosen: code, rejected: rejected'], ['chosen', 'chosen: rejected, rejected: code']] as const) {
      const one = (rate: number) => pairing(`, min_keep_rate: ${rate}`).replace('chosen: chosen, rejected: rejected', sides);
      const { pairs } = await bench.run(one(0.7));
      const { keep } = (await bench.manifest(pairs)).meta['statistics'] as unknown as DataStatistics;
      expect(keep).toEqual({ [side]: expect.objectContaining({ n: 4, value: 0.75 }) });
      await expect(bench.run(one(0.9))).rejects.toMatchObject({ message: expect.stringContaining(`only 75.0 % of the ${side} answers are usable`) });
    }
  });

  it('fails where it makes no pair at all', async () => {
    const bench = await openWorkbench({ files: { 'equal.py': files['equal.py'] ?? '' }, acts });
    await expect(bench.run(pairing())).rejects.toMatchObject({
      class: 'quality',
      message: 'pairs: none of its 1 items can be used: 1 equal. See what they look like: codepmp show pairs',
    });
  });
});
