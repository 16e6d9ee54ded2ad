import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawRows } from '../../activities/draw.ts';
import { inParts } from '../../activities/spill.ts';
import { rankOf } from '../../items/index.ts';
import { openWorkbench } from './rig.ts';

interface Row {
  name: number;
  text: string;
}

/** Rows of some 2,000 bytes each, with every character that may end a line. */
const rows = Array.from({ length: 400 }, (_, name): Row => ({ name, text: `é\n\r\u2028${'x'.repeat(1990)}` }));

const placeOf = ({ name }: Row): number => rankOf('place', name);

async function partsOf(options: { parts: number; most?: number; placeOf?: (row: Row) => number }): Promise<Row[][]> {
  const { store } = await openWorkbench({});
  const parts: Row[][] = [];
  for await (const part of inParts(rows, { store, placeOf, ...options })) parts.push(part);
  expect(readdirSync(await store.scratch('spill'))).toEqual([]);
  return parts;
}

const sizeOf = (part: Row[]): number => part.reduce((sum, row) => sum + Buffer.byteLength(JSON.stringify(row)) + 1, 0);

describe('rows in parts', () => {
  it('are divided again where a part has more bytes than it may', async () => {
    const [whole, divided] = [await partsOf({ parts: 2 }), await partsOf({ parts: 2, most: 50_000 })];
    expect(whole.map(sizeOf).every((size) => size > 300_000)).toBe(true);
    expect(divided.map(sizeOf).every((size) => size <= 50_000)).toBe(true);
    expect(divided.flat().toSorted((a, b) => a.name - b.name)).toEqual(rows);
  });

  it('come in the order of their places, those of one part in the order given', async () => {
    const parts = (await partsOf({ parts: 3, most: 50_000 })).filter((part) => part.length > 0);
    const ends = parts.map((part) => part.map(placeOf).toSorted((a, b) => a - b));
    for (const [index, { 0: first = 0 }] of ends.entries()) expect(first).toBeGreaterThan(ends[index - 1]?.at(-1) ?? -1);
    for (const part of parts) expect(part).toEqual(part.toSorted((a, b) => a.name - b.name));
  });

  it('stay together where they have the same place, however large', async () => {
    const parts = await partsOf({ parts: 2, most: 50_000, placeOf: ({ name }) => (name % 2) / 2 });
    expect(parts.map((part) => part.length).filter((length) => length > 0)).toEqual([200, 200]);
  });

  it('are drawn alike whatever the number of parts', async () => {
    const { store } = await openWorkbench({});
    async function* given(): AsyncGenerator<Row> {
      yield* rows;
    }
    const drawn = async (parts: number): Promise<number[]> => {
      const names: number[] = [];
      const places = { take: 300, placeOf: ({ name }: Row) => rankOf('place', name % 50) };
      for await (const { name } of drawRows(given(), { store, parts, ...places })) names.push(name);
      return names;
    };
    const one = await drawn(1);
    expect(one.length).toBe(300);
    expect(await drawn(7)).toEqual(one);
  });
});
