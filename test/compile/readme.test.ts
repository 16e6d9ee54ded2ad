import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { planOf, quickstart } from './rig.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const heart = /heart of `pipelines\/quickstart\.yaml`[^`]*```yaml\n([^`]*)```/.exec(readme)?.[1] ?? '';

test('the pipeline of the README stands in the quickstart, and by itself', () => {
  expect(parse(quickstart)).toMatchObject(parse(heart) as object);
  expect(planOf(heart).nodes.map(({ step }) => step)).toEqual(['code', 'prompts', 'half', 'chosen', 'rejected', 'pairs', 'pmp']);
});
