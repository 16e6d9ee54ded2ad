import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { alone } from '../../../../activities/kinds/dataset/alone.ts';

it('work that takes much memory is done one after the other, also after one has failed', async () => {
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await setTimeout(5);
    events.push(`${name} ends`);
    if (name === 'a') throw new Error('broken');
    return name;
  };
  const [first, second] = [alone(work('a')), alone(work('b'))];
  await expect(first).rejects.toThrow('broken');
  expect(await second).toBe('b');
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});
