import { expect, it } from 'vitest';
import type { JsonObject } from '../../../plan/index.ts';
import { recordedFolder } from '../recorded-runs.ts';
import { inspecting } from './rig.ts';

const pipeline = `codepmp: 1
name: cleaned
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: 3}}
  clean: {uses: clean, with: {corpus: code}}
targets: [clean]
`;

const row = (path: string) => ({ origin: path, ordinal: 0, repository: 'r', path, commit: '', licence: 'MIT', language: 'Python' });

it('a clean corpus is shown with what remained after each stage, and what went with its reason and witness', async () => {
  await using folder = await recordedFolder();
  await folder.record('cleaned-1', pipeline, {
    artifact: async ({ node, artifacts }) => {
      if (node.step !== 'clean') return null;
      const kept = await artifacts.writeJsonl([{ ...row('kept.py'), text: 'kept = 1\n' }]);
      const gone = { ...row('gone.py'), reason: 'near-duplicate', detail: '', witness: 'kept.py', similarity: 0.83 };
      const dropped = await artifacts.writeJsonl([gone]);
      const [read, stayed] = [{ stage: 'code', count: 2, reason: '' }, { stage: 'clean', count: 1, reason: '' }];
      const waterfall = [read, stayed, { stage: 'clean', count: 1, reason: 'near-duplicate' }];
      const meta = { starts: ['kept.py'], dropped: [dropped], waterfall } as unknown as JsonObject;
      return artifacts.writeManifest({ type: 'corpus', rows: 1, shards: [kept], meta });
    },
  });
  const { stderr } = await folder.codepmp('show', 'clean');
  expect(stderr).toContain('code: 2 left\nclean: 1 left; dropped: 1 near-duplicate');
  await using server = await inspecting(folder);
  const page = async (query: string) => (await fetch(`${server.url}step?${query}`)).text();
  const [stays, went] = [await page('node=clean'), await page('node=clean&part=dropped')];
  for (const shown of [stays, went]) expect(shown).toContain('From the source to the clean corpus');
  expect([stays.includes('kept = 1'), stays.includes('gone.py')]).toEqual([true, false]);
  expect(['kept = 1', 'gone.py', '0.83', 'near-duplicate'].map((text) => went.includes(text))).toEqual([false, true, true, true]);
});
