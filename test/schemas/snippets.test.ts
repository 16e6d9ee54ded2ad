import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { kindNames, pipelineSchema } from '../../schemas/index.ts';
import { claimSnippets, modelSnippets, paramSnippets, stepSnippets, sweepSnippets } from '../../schemas/published/snippets.ts';

const accepts = new Ajv({ strict: false, allErrors: true }).compile(pipelineSchema());

/** What a snippet leaves in the file where nobody types over its places. */
function filled(body: unknown): unknown {
  return parse(stringify(body).replace(/["']?\$\{\d+:((?:\\.|[^}])*)\}["']?/g, (_, shown: string) => shown.replace(/\\(.)/g, '$1')));
}

function problemsIn(section: object): unknown[] {
  accepts({ codepmp: 1, name: 't', steps: { a: { uses: 'dataset/arithmetic' } }, ...section });
  return accepts.errors ?? [];
}

describe('a snippet that nobody types over is well formed', () => {
  test.each(stepSnippets().map(({ label, body }) => [label, body]))('step: %s', (_, body) => {
    expect(problemsIn({ steps: { a: filled(body) } })).toEqual([]);
  });

  test.each(paramSnippets.map(({ label, body }) => [label, body]))('param: %s', (_, body) => {
    expect(problemsIn({ params: { a: filled(body) } })).toEqual([]);
  });

  test.each(modelSnippets.map(({ label, body }) => [label, body]))('model: %s', (_, body) => {
    expect(problemsIn({ models: { a: filled(body) } })).toEqual([]);
  });

  test.each(sweepSnippets.map(({ label, body }) => [label, body]))('sweep: %s', (_, body) => {
    expect(problemsIn({ sweeps: { a: filled(body) } })).toEqual([]);
  });

  test.each(claimSnippets.map(({ label, body }) => [label, body]))('claim: %s', (_, body) => {
    expect(problemsIn({ claims: [{ ...(filled(body) as object), id: 'a' }] })).toEqual([]);
  });
});

test('there is one for each kind', () => {
  expect(stepSnippets().map(({ label }) => label)).toEqual(kindNames);
});
