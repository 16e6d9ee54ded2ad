import { describe, expect, it } from 'vitest';
import { cleaned, corpusOf, filesWithCopies, jaccard, openStore, randomOf } from './rig.ts';
import type { File } from './rig.ts';
import type { Manifest } from '../../../ports/artifacts.ts';

const files = filesWithCopies(300, randomOf(7));
const textOf = new Map(files.map(([path, text]) => [path, text]));

describe('cleaning', () => {
  it('makes the same bytes of the same files, however they are divided and ordered', async () => {
    const results = [];
    for (const [rowsOfShard, entriesOfRank] of [[1000, 100_000], [134, 1000], [24, 300]] as const) {
      const store = await openStore();
      const manifest = await corpusOf(store, files.toSorted(() => (rowsOfShard % 3) - 1), rowsOfShard);
      const { shards, starts, dropped, reasons } = await cleaned(store, manifest, { sizes: { shardRows: 50, entriesOfRank } });
      results.push({ shards, starts, dropped, reasons });
    }
    expect(results[0]?.shards.length).toBeGreaterThan(3);
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it('counts equal texts once, also where they are in several shards', async () => {
    const same = Array.from({ length: 9 }, (_, at): File => [`a/${at}.py`, at < 5 ? 'one two three four five six seven' : 'too few words']);
    const results = [];
    for (const rowsOfShard of [100, 2, 1]) {
      const store = await openStore();
      const first = await cleaned(store, await corpusOf(store, same.slice(3, 6), rowsOfShard));
      const alone = await corpusOf(store, same, rowsOfShard);
      const grown = await corpusOf(store, [...same, ['a/9.py', 'new']], rowsOfShard);
      const both = [await cleaned(store, alone), await cleaned(store, grown, { earlier: first.manifest })];
      results.push(both.map(({ rows, gone }) => ({ rows, gone })));
    }
    expect(results[0]?.[0]?.rows.map(({ path }) => path).toSorted()).toEqual(['a/0.py', 'a/5.py']);
    expect(results[0]?.[1]?.rows.map(({ path }) => path).toSorted()).toEqual(['a/3.py', 'a/5.py', 'a/9.py']);
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it('loses a text only to one that stays and is as similar', async () => {
    const store = await openStore();
    const { rows, gone } = await cleaned(store, await corpusOf(store, files, 100));
    const byOrigin = new Map(rows.map((row) => [row.origin, String(row['text'])]));
    expect(rows.length + gone.length).toBe(files.length);
    expect(byOrigin.size).toBe(rows.length);
    for (const { path, witness, reason, similarity } of gone) {
      const exact = jaccard(textOf.get(path) ?? '', byOrigin.get(witness) ?? '');
      expect([reason, exact === 1]).toEqual([reason, reason === 'duplicate' || exact === 1]);
      expect(exact).toBeGreaterThan(0.6);
      expect(Math.abs((similarity ?? 0) - exact)).toBeLessThan(0.1);
    }
    expect(gone.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['duplicate', 'near-duplicate']));
  });

  it('leaves no two texts that are much alike', async () => {
    const store = await openStore();
    const { rows } = await cleaned(store, await corpusOf(store, files, 100));
    const texts = rows.map((row) => String(row['text']));
    const alike = texts.flatMap((text, at) => texts.slice(0, at).filter((other) => jaccard(text, other) >= 0.85));
    expect(alike).toEqual([]);
  });

  it('is done by two workers together with hardly more work than by one, and makes the same bytes', async () => {
    const alone = await openStore();
    const result = await cleaned(alone, await corpusOf(alone, files, 10));
    const store = await openStore();
    const manifest = await corpusOf(store, files, 10);
    const done = [0, 0];
    const both = await Promise.all(done.map((_, worker) => cleaned(store, manifest, {}, () => (done[worker] = (done[worker] ?? 0) + 1))));
    const ranks = (await alone.list('cleaning/')).length;
    for (const { shards, dropped } of both) expect({ shards, dropped }).toEqual({ shards: result.shards, dropped: result.dropped });
    expect(Math.min(...done)).toBeGreaterThan(ranks / 5);
    expect(done.reduce((sum, each) => sum + each)).toBeLessThan(1.5 * ranks);
  });

  it('keeps similar texts where none are looked for, and texts too short for a comparison', async () => {
    const store = await openStore();
    const short: File[] = [['a/1.py', 'one two three four'], ['a/2.py', 'one two three four '], ['a/3.py', 'one two three four']];
    const { gone } = await cleaned(store, await corpusOf(store, short, 2));
    expect(gone).toEqual([expect.objectContaining({ path: 'a/3.py', reason: 'duplicate', similarity: 1 })]);
    const all = await cleaned(store, await corpusOf(store, files, 100), { near: null });
    expect(Object.keys(all.reasons)).toEqual(['duplicate']);
    expect(all.rows).toHaveLength(new Set(files.map(([, text]) => text)).size);
  });
});

describe('a corpus that has grown', () => {
  it('keeps every text that stayed before, and loses new ones to them', async () => {
    const store = await openStore();
    const first = await cleaned(store, await corpusOf(store, files.slice(0, 200), 40));
    const grown = await corpusOf(store, files, 70);
    const [alone, second] = [await cleaned(store, grown), await cleaned(store, grown, { earlier: first.manifest })];
    const pathsOf = ({ rows }: { rows: { [column: string]: unknown }[] }): unknown[] => rows.map(({ path }) => path);
    expect(pathsOf(second)).toEqual(expect.arrayContaining(pathsOf(first)));
    expect(pathsOf(first).filter((path) => !pathsOf(alone).includes(path))).not.toEqual([]);
    expect(second.rows.length + second.gone.length).toBe(files.length);
  });

  it('adds the same however its parts are divided', async () => {
    const results = [];
    for (const [before, after] of [[500, 500], [37, 61]] as const) {
      const store = await openStore();
      const sizes = { shardRows: before, entriesOfRank: 100_000 };
      const first = await cleaned(store, await corpusOf(store, files.slice(0, 200), before), { sizes });
      const { shards, dropped, rows } = await cleaned(store, await corpusOf(store, files, after), { earlier: first.manifest });
      results.push({ shards: shards.slice(first.shards.length), dropped, rows });
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it('keeps the shards of the earlier corpus, which are signed once, and has its new texts behind them', async () => {
    const store = await openStore();
    const parts = await Promise.all([[0, 200], [200, 230], [230, 300]].map(([from, to]) => corpusOf(store, files.slice(from, to), 500)));
    const [old, more, most] = parts as [Manifest, Manifest, Manifest];
    const signed = async () => (await store.list('cleaning/sign/')).length;
    const first = await cleaned(store, old);
    const [second, of] = [await cleaned(store, more, { earlier: first.manifest }), await signed()];
    const third = await cleaned(store, most, { earlier: second.manifest });
    expect(third.shards.slice(0, second.shards.length)).toEqual(second.shards);
    expect(second.shards.slice(0, first.shards.length)).toEqual(first.shards);
    const growthOf = (shard: number): number => (shard < first.shards.length ? 0 : shard < second.shards.length ? 1 : 2);
    expect(third.growths).toEqual(third.shards.map((_, shard) => growthOf(shard)));
    expect((await signed()) - of).toBe(1 + second.shards.length - first.shards.length);
    expect(third.rows.length + first.gone.length + second.gone.length + third.gone.length).toBe(files.length);
    expect(new Set(third.rows.map(({ origin }) => origin)).size).toBe(third.rows.length);
  });

  it('keeps also what it no longer has itself', async () => {
    const store = await openStore();
    const first = await cleaned(store, await corpusOf(store, [['a/1.py', 'one two three four five six']], 10));
    const other = await corpusOf(store, [['a/2.py', 'six five four three two one']], 10);
    const { rows } = await cleaned(store, other, { earlier: first.manifest });
    expect(rows.map(({ path }) => path).toSorted()).toEqual(['a/1.py', 'a/2.py']);
  });
});
