import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { diffLines } from '../../../cli/diff/lines.ts';
import type { Json, JsonObject, Plan } from '../../../plan/index.ts';
import { compareJson } from '../../../cli/compare/compare.ts';
import type { ValueChange } from '../../../cli/compare/compare.ts';
import { compareParts, pairNodes } from '../../../cli/compare/nodes.ts';
import { comparePlans, isEqualPlan } from '../../../cli/compare/plans.ts';
import { nodeParts } from '../../../plan/keys.ts';
import { pipeline } from '../../compile/generated.ts';
import { planOf } from '../../compile/rig.ts';

/** JSON as plans have it, with few keys, so that two values often share some. */
const json = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, 0, 1, 'a', ''),
    fc.array(tie('value'), { maxLength: 2 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', ''), tie('value'), { maxKeys: 4 }),
}));

const write = (spec: JsonObject): Plan => planOf(stringify(spec, { aliasDuplicateObjects: false }));

describe('two JSON values', () => {
  it('that are one have no changes', () => {
    fc.assert(
      fc.property(json.value, (value) => {
        expect(compareJson(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  it('become each other by their changes', () => {
    fc.assert(
      fc.property(json.value, json.value, (before, after) => {
        expect(applyChanges(before, compareJson(before, after))).toEqual(after);
      }),
    );
  });

  it('have the same changes backwards, with the sides swapped', () => {
    const swapped = ({ path, before, after }: ReturnType<typeof compareJson>[number]) => ({
      path,
      ...(after !== undefined && { before: after }),
      ...(before !== undefined && { after: before }),
    });
    fc.assert(
      fc.property(json.value, json.value, (before, after) => {
        expect(compareJson(after, before)).toEqual(compareJson(before, after).map(swapped));
      }),
    );
  });

  it('have their lists compared as a whole', () => {
    expect(compareJson({ n: [1, 2] }, { n: [1, 2, 4] })).toEqual([{ path: ['n'], before: [1, 2], after: [1, 2, 4] }]);
  });
});

describe('two plans', () => {
  const some = { numRuns: 40 };

  it('of one file do not differ', () => {
    fc.assert(
      fc.property(pipeline, (spec) => {
        expect(isEqualPlan(comparePlans(write(spec), write(spec)))).toBe(true);
      }),
      some,
    );
  });

  it('have each of their nodes in one place: paired, added or removed', () => {
    fc.assert(
      fc.property(pipeline, pipeline, (one, other) => {
        const [before, after] = [write(one), write(other)];
        const { pairs, added, removed } = pairNodes(before, after);
        expect([...pairs.map(([old]) => old), ...removed].map(({ id }) => id).sort()).toEqual(before.nodes.map(({ id }) => id).sort());
        expect([...pairs.map(([, now]) => now), ...added].map(({ id }) => id).sort()).toEqual(after.nodes.map(({ id }) => id).sort());
      }),
      some,
    );
  });

  it('differ in a node exactly where its key differs: in itself, or in what it reads', () => {
    fc.assert(
      fc.property(pipeline, pipeline, (one, other) => {
        const [before, after] = [write(one), write(other)];
        const differing = new Set(comparePlans(before, after).pairs.filter(({ isSame }) => !isSame).map((pair) => pair.after.id));
        for (const pair of comparePlans(before, after).pairs) {
          expect(pair.isSame).toBe(pair.before.key === pair.after.key);
          expect(applyChanges(nodeParts(pair.before), compareParts(pair.before, pair.after))).toEqual(nodeParts(pair.after));
          const reads = Object.values(pair.after.inputs).flat().some((ref) => differing.has(ref.node));
          if (!pair.isSame && !reads) expect(pair.changes.length + pair.wiring.length).toBeGreaterThan(0);
        }
      }),
      some,
    );
  });
});

describe('a difference that many nodes share', () => {
  const [node] = planOf('codepmp: 1\nname: sums\nsteps:\n  sums: {uses: dataset/arithmetic}\n').nodes;
  if (!node) throw new Error('a plan without nodes');
  const pairs = Array.from({ length: 40_000 }, (_, index) => ({
    before: node,
    after: { ...node, id: `sums@${index}` },
    changes: [{ path: ['settings', 'seed'], before: 1, after: 2 }],
    wiring: [],
    isSame: false,
  }));
  const plan = {
    pairs,
    added: [],
    removed: [],
    params: [],
    cells: { added: [], removed: [], same: 1 },
    claims: { added: [], removed: [], changed: [] },
    budget: [],
  };
  const found = {
    before: 'one',
    after: 'other',
    plan,
    contents: [],
    measured: [],
    outcomes: [],
    places: { of: () => 'study.yaml:4', has: () => true, ofInput: () => null },
  };

  it('is said once, in time that grows with their number', { timeout: 10_000 }, () => {
    expect(diffLines(found)).toEqual(['', 'settings', '  sums (40,000 nodes)', '    seed 1 → 2 (study.yaml:4)']);
  });
});

/** Applies changes to a value; the changes of `compareJson(a, b)` turn `a` into `b`. */
function applyChanges(value: Json, changes: ValueChange[]): Json {
  const [first] = changes;
  if (first?.path.length === 0) return first.after ?? null;
  const copy = structuredClone(value) as JsonObject;
  for (const change of changes) applyTo(copy, change);
  return copy;
}

function applyTo(root: JsonObject, { path, after }: ValueChange): void {
  const last = path.at(-1) ?? '';
  const holder = path.slice(0, -1).reduce<JsonObject>((at, key) => at[key] as JsonObject, root);
  if (after === undefined) delete holder[last];
  else Object.defineProperty(holder, last, { value: after, enumerable: true, writable: true, configurable: true });
}
