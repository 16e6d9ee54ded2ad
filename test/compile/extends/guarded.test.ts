import { afterAll, describe, expect, test } from 'vitest';
import { createGuardedCompile } from '../../../compile/index.ts';
import { base, over } from './rig.ts';
import { config } from '../rig.ts';

const guarded = createGuardedCompile();
afterAll(() => guarded.close());

const answerTo = (source: string, files?: { [file: string]: string }) =>
  guarded.compile({ source: new TextEncoder().encode(source), file: 'pipeline.yaml', files, config });

describe('a submission that extends', () => {
  test('a shipped pipeline needs no other file', async () => {
    const { plan, files } = await answerTo(over('name: mine\n', 'quickstart'));
    expect(plan?.name).toBe('mine');
    expect(Object.keys(files ?? {})).toEqual(['codepmp/pipelines/quickstart.yaml']);
  });

  test('files that came along finds them', async () => {
    const { plan } = await answerTo(over('', './studies/a.yaml'), { 'studies/a.yaml': over('', '../base.yaml'), 'base.yaml': base });
    expect(plan?.name).toBe('base');
  });

  test('a shipped pipeline that came along is compiled as it came', async () => {
    const { plan } = await answerTo(over('', 'quickstart'), { 'codepmp/pipelines/quickstart.yaml': base });
    expect(plan?.name).toBe('base');
  });

  test('a file of the machine it is compiled on is answered as if there were none', async () => {
    for (const path of ['./package.json.yaml', './pipelines/quickstart.yaml', '../../../../etc/hosts.yaml']) {
      const { plan, diagnostics } = await answerTo(over('', path));
      expect(plan).toBeUndefined();
      expect(diagnostics.map(({ code }) => code)).toEqual(['E0200']);
    }
  });
});
