import { Ajv } from 'ajv';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkSchema } from '../../../compile/check/schema.ts';
import { isError } from '../../../compile/index.ts';
import { parse } from '../../../compile/read/parse.ts';
import { toJson } from '../../../compile/read/tree.ts';
import type { JsonObject } from '../../../plan/index.ts';
import { pipelineSchema } from '../../../schemas/index.ts';
import { pipeline } from '../generated.ts';
import { readMistakes } from '../rig.ts';

const whole = new Ajv({ strict: false, allErrors: true }).compile(pipelineSchema());

/** Verdicts of the published schema and of its parts; null where parsing has found problems already. */
function verdicts(text: string): { published: boolean; parts: boolean } | null {
  const { tree, problems } = parse(text);
  return tree && problems.length === 0 ? { published: whole(toJson(tree)), parts: !checkSchema(tree).problems.some(isError) } : null;
}

describe('the published schema and its parts say the same', () => {
  test.each(readMistakes())('of $name', ({ source }) => {
    const found = verdicts(readFileSync(source, 'utf8'));
    expect(found?.parts).toBe(found?.published);
  });

  test('of pipelines with a key of a step taken away or misspelt', () => {
    fc.assert(
      fc.property(pipeline, fc.nat(), fc.boolean(), (spec, nth, isMisspelt) => {
        const steps = Object.values(structuredClone(spec)['steps'] as { [id: string]: JsonObject });
        const places = steps.flatMap((step) =>
          [step, (step['with'] ?? {}) as JsonObject].flatMap((at) => Object.keys(at).map((key) => ({ at, key }))),
        );
        const { at = {}, key = '' } = places[nth % places.length] ?? {};
        if (isMisspelt) at[`${key}x`] = at[key] ?? null;
        delete at[key];
        const found = verdicts(
          stringify(
            { ...spec, steps: Object.fromEntries(steps.map((step, index) => [`step-${index}`, step])) },
            { aliasDuplicateObjects: false },
          ),
        );
        expect(found?.parts).toBe(found?.published);
      }),
      { numRuns: 100 },
    );
  });
});
