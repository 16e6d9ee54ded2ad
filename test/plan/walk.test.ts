import { expect, test } from 'vitest';
import { unitsOf } from '../../plan/index.ts';
import type { PlanNode } from '../../plan/index.ts';

function node(id: string, reads: string[] = []): PlanNode {
  const inputs = reads.length > 0 ? { in: reads.map((each) => ({ node: each, output: 'out' })) } : {};
  return { id, inputs } as unknown as PlanNode;
}

test('a plan may have two hundred thousand units that are ready together', () => {
  const count = 200_000;
  const nodes = [node('code'), ...Array.from({ length: count }, (_, index) => node(`step-${index}`, ['code']))];
  const units = unitsOf({ nodes, groups: [] });
  expect(units.length).toBe(count + 1);
  expect(units.at(-1)?.id).toBe(`step-${count - 1}`);
});
