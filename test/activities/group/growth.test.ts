import { describe, expect, it } from 'vitest';
import { byOrigin, type OriginRow } from '../../../activities/group/slices.ts';
import type { UnitSummary } from '../../../plan/index.ts';
import type { ArtifactShard } from '../../../ports/artifacts.ts';
import type { Act } from '../../adapters/endpoints/scripted-endpoint.ts';
import { answerBy, openWorkbench } from '../rig.ts';

/** Files of a folder, no two of them alike. */
function filesIn(folder: string, count: number): { [path: string]: string } {
  const word = (index: number, line: number): string => `${folder}_${((index + 1) * 7919 * (line + 1)) % 99_991}`;
  const textOf = (index: number): string => Array.from({ length: 12 }, (_, line) => `${word(index, line)} = "${folder}/${index}"\n`).join('');
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}/${index}.py`, textOf(index)]));
}

const files = { ...filesIn('old', 40), ...filesIn('new', 4), ...filesIn('newer', 4) };

/** Describes a file by its name, and answers with code that has it and differs from model to model. */
const acts = [
  (response, request, body) => {
    const model = body['temperature'] === 1 ? 'weak' : 'strong';
    answerBy((told) => {
      const [name] = /\b\w+\/\d+\b/.exec(told) ?? [];
      return told.includes(`"${name}"`) ? `It sets twelve names to ${name}.` : `\`\`\`python\n${model}_answer = "${name}"\n\`\`\``;
    })(response, request, body);
  },
] satisfies Act[];

/** The steps of the first corpus, and of each growth. */
const corpora = {
  old: "code: {uses: source/files, with: {source: python-stdlib, include: ['old/*'], take: null}}\n  old: {uses: clean, with: {corpus: code, profile: none}}",
  new: "more: {uses: source/files, with: {source: python-stdlib, include: ['new/*'], take: null}}\n  new: {uses: clean, with: {corpus: more, grow: old, profile: none}}",
  newer: "most: {uses: source/files, with: {source: python-stdlib, include: ['newer/*'], take: null}}\n  newer: {uses: clean, with: {corpus: most, grow: new, profile: none}}",
  again: 'again: {uses: clean, with: {corpus: newer, profile: none}}',
  together: 'every: {uses: source/files, with: {source: python-stdlib, take: null}}\n  together: {uses: clean, with: {corpus: every, profile: none}}',
};

/** Makes pairs of the last of these corpora. */
const pipeline = (...names: (keyof typeof corpora)[]) => `
codepmp: 1
name: s
models:
  strong: {endpoint: remote, temperature: 0.3, max_tokens: 256}
  weak: {endpoint: remote, temperature: 1, max_tokens: 256}
steps:
  ${names.map((name) => corpora[name]).join('\n  ')}
  prompts: {uses: summarize, with: {corpus: ${names.at(-1)}, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
`;

describe('a corpus that grows by a tenth', () => {
  it('keeps the files of all results, adds about a tenth to them, and asks nothing that was answered in any corpus', async () => {
    const bench = await openWorkbench({ files, acts });
    const calls: number[] = [];
    const runs: UnitSummary[] = [];
    for (const names of [['old'], ['old', 'new'], ['together'], ['old', 'new', 'again', 'newer']] as const) {
      runs.push(await bench.run(pipeline(...names)));
      calls.push(bench.asked.length);
    }
    expect(calls).toEqual([3 * 40, 3 * 44, 3 * 48, 3 * 48]);
    const [first = {}, second = {}, together = {}, third = {}] = runs;
    for (const step of ['prompts', 'chosen', 'rejected', 'pairs']) {
      const [old, more, most] = await Promise.all([first, second, third].map(async (made) => (await bench.manifest(made[step])).shards));
      expect(more?.slice(0, old?.length)).toEqual(old);
      expect(most?.slice(0, more?.length)).toEqual(more);
      expect([old, more, most].map((shards) => sumOf(shards, 'rows'))).toEqual([40, 44, 48]);
      // The bytes of a small parquet file hardly depend on its rows.
      if (step !== 'pairs') expect(sumOf(more, 'bytes') / sumOf(old, 'bytes')).toBeLessThan(1.2);
    }
    const pairs = (await bench.rows(third['pairs'])) as OriginRow[];
    expect(pairs.toSorted(byOrigin)).toEqual(await bench.rows(together['pairs']));
    expect((await bench.manifest(third['newer'])).meta).toMatchObject({ growths: [0, 1, 2] });
    expect((await bench.manifest(third['again'])).shards).toEqual((await bench.manifest(together['together'])).shards);
  });
});

function sumOf(shards: ArtifactShard[] = [], what: 'rows' | 'bytes'): number {
  return shards.reduce((sum, shard) => sum + shard[what], 0);
}
