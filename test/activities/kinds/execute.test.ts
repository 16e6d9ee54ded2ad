import { describe, expect, it } from 'vitest';
import { createSandbox } from '../../../adapters/index.ts';
import type { Act } from '../../adapters/endpoints/scripted-endpoint.ts';
import { answerBy, openWorkbench } from '../rig.ts';

const obstacle = await createSandbox({ bubblewrap: 'bwrap', python: 'python3' }).obstacle();

const tested = `
codepmp: 1
name: s
models:
  strong: {endpoint: remote, temperature: 0.1, top_p: 0.95, max_tokens: 256}
  weak: {endpoint: remote, temperature: 0.9, top_p: 0.95, max_tokens: 256}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  tests: {uses: write-tests, with: {prompts: prompts, model: strong}}
  good: {uses: respond, with: {prompts: prompts, model: strong}}
  bad: {uses: respond, with: {prompts: prompts, model: weak}}
  chosen: {uses: execute, with: {prompts: prompts, answers: good, tests: tests, seconds: 1}}
  rejected: {uses: execute, with: {prompts: prompts, answers: bad, tests: tests, keep: failed, seconds: 1}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
`;

const files = {
  ...Object.fromEntries(['add', 'both', 'neither', 'untested'].map((name) => [`${name}.py`, `name = '${name}'\n`])),
  'script.js': "name = 'script'\n",
};

const fenced = (code: string): string => `\`\`\`python\n${code}\n\`\`\``;

/** One model's answers are right. Of `both` both answers are, of `neither` none ends, and the tests of `untested` are no code. */
const actOf = (right: { temperature: number }): Act => (response, request, body) => {
  const isRight = body['temperature'] === right.temperature;
  answerBy((told) => {
    const [, file] = /name = '(\w+)'/.exec(told) ?? [];
    if (file !== undefined) return `It is about ${file}.`;
    const [, about] = /about (\w+)/.exec(told) ?? [];
    if (told.includes('Write tests')) return about === 'untested' ? 'None.' : fenced('assert f(1) == 2\nassert f(2) == 3');
    if (about === 'neither') return fenced(`def f(x):\n    while x: ${isRight ? 'pass' : 'x = 1'}`);
    return fenced(`def f(x):\n    return ${isRight || about === 'both' ? 'x + 1' : '2'}`);
  })(response, request, body);
};

const act = actOf({ temperature: 0.1 });

describe.skipIf(obstacle !== null)('execute', () => {
  it('lets pair take a chosen answer that passes all tests and a rejected one that does not', async () => {
    const bench = await openWorkbench({ files, acts: [act] });
    const { chosen, rejected, pairs } = await bench.run(tested);
    expect((await bench.manifest(chosen)).meta['statuses']).toEqual({ 'ok': 2, 'not-python': 1, 'no-tests': 1, 'tests-timed-out': 1 });
    expect((await bench.manifest(rejected)).meta['statuses']).toEqual({ 'ok': 2, 'not-python': 1, 'no-tests': 1, 'tests-passed': 1 });
    const rows = await bench.rows(pairs);
    expect(rows.map(({ path, chosen: better, rejected: worse }) => [path, better, worse])).toEqual([
      ['add.py', 'def f(x):\n    return x + 1', 'def f(x):\n    return 2'],
    ]);
  });

  it('lets pair prefer the answer that passes more tests, whichever model wrote it', async () => {
    const bench = await openWorkbench({ files, acts: [actOf({ temperature: 0.9 })] });
    const byTests = tested.replace('keep: failed', 'keep: all').replace('tests: tests, seconds', 'tests: tests, keep: all, seconds');
    const { chosen, pairs } = await bench.run(byTests.replace('rejected: rejected}', 'rejected: rejected, by_tests: true}'));
    expect((await bench.manifest(chosen)).meta['statuses']).toEqual({ 'ok': 3, 'not-python': 1, 'no-tests': 1 });
    const rows = await bench.rows(pairs);
    expect(rows.map(({ path, chosen: better, rejected: worse }) => [path, better, worse])).toEqual([
      ['add.py', 'def f(x):\n    return x + 1', 'def f(x):\n    return 2'],
    ]);
    const others = await bench.artifacts.readJsonl<{ path: string; status: string }>(String((await bench.manifest(pairs)).meta['rejected']));
    expect(others.map(({ path, status }) => [path, status])).toContainEqual(['neither.py', 'equal-tests']);
  });
});

describe('execute without bubblewrap', () => {
  it('refuses, and runs nothing', async () => {
    const bench = await openWorkbench({ files, acts: [act], bubblewrap: 'no-such-bwrap' });
    await expect(bench.run(tested)).rejects.toThrow(
      'chosen: no-such-bwrap was not found: code of models runs in a sandbox of bubblewrap only. Install the package bubblewrap on every machine with a worker',
    );
  });
});
