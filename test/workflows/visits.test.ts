import fc from 'fast-check';
import { expect, it } from 'vitest';
import { visits } from '../../workflows/visits.ts';

it('visits everything once, whatever the number and the execution', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.uuid(), (count, execution) => {
      const order = Array.from({ length: count }, (_, visit) => visits(count, execution)(visit));
      expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, number) => number));
    }),
  );
});

it('two executions are seldom at the same place at the same time', () => {
  const at = (execution: string, visit: number) => visits(1000, execution)(visit);
  const [one, other] = ['0190d3a1-7c1e-7a32-9f00-5b1c2d3e4f50', '0190d3a1-7c1e-7a33-8a11-99aabbccddee'];
  const met = Array.from({ length: 1000 }, (_, visit) => at(one, visit) === at(other, visit)).filter(Boolean).length;
  expect(met).toBeLessThan(50);
});
