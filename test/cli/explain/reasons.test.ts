import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { fileView, readHistory } from '../../../cli/compare/history.ts';
import { allIn, rootsOf, whyNew } from '../../../cli/explain/reasons.ts';
import type { JsonObject } from '../../../plan/index.ts';
import { pipeline } from '../../compile/generated.ts';
import { planOf } from '../../compile/rig.ts';
import { recordedFolder } from '../recorded-runs.ts';

vi.setConfig({ testTimeout: 120_000 });

const write = (spec: JsonObject): string => stringify(spec, { aliasDuplicateObjects: false });

/** Settings of a pipeline that are whole numbers, by step; how many samples there are is bound to what is measured. */
function numbersOf(spec: JsonObject): { step: string; name: string; value: number }[] {
  const steps = spec['steps'] as { [id: string]: { with?: JsonObject } };
  return Object.entries(steps).flatMap(([step, { with: settings = {} }]) =>
    Object.entries(settings).flatMap(([name, value]) =>
      step !== 'samples' && typeof value === 'number' && Number.isInteger(value) ? [{ step, name, value }] : [],
    ),
  );
}

test('one changed setting is the one cause of everything that runs again', async () => {
  await fc.assert(
    fc.asyncProperty(pipeline, fc.nat(), async (spec, nth) => {
      const numbers = numbersOf(spec);
      const chosen = numbers[nth % Math.max(1, numbers.length)];
      fc.pre(chosen !== undefined);
      const changed = structuredClone(spec);
      const steps = changed['steps'] as { [id: string]: { with: JsonObject } };
      Object.assign(steps[chosen.step]?.with ?? {}, { [chosen.name]: chosen.value < 2 ? chosen.value + 1 : chosen.value - 1 });
      const plan = planOf(write(changed));
      const before = new Set(planOf(write(spec)).nodes.map(({ key }) => key));
      fc.pre(plan.nodes.length === before.size); // steps that were one node and no longer are make the report read one more
      await using user = await recordedFolder();
      await user.record('first', write(spec));
      const view = fileView(user.store, plan);
      const history = await readHistory(user.store);
      for (const node of plan.nodes) {
        const result = await view.resultOf(node.id);
        expect(result !== null).toBe(before.has(node.key));
        if (result) continue;
        const difference = await whyNew(node, { view, history, by: Infinity });
        if (!difference) throw new Error(`${node.id} is taken for new`);
        expect(new Set(rootsOf(difference).flatMap(({ changes }) => changes.map(({ path }) => path.join('.'))))).toEqual(
          new Set([`settings.${chosen.name}`]),
        );
        expect(allIn(difference).every(({ gap }) => gap === null)).toBe(true);
      }
    }),
    { numRuns: 15 },
  );
});
