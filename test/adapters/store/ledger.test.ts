import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerRecord } from '../../../ports/ledger.ts';
import type { Store } from '../../../ports/store.ts';
import { answerDigest, decodeSegment, encodeFrame, segmentHeader } from '../../../adapters/store/ledger-frames.ts';
import { openFileStore } from '../../../adapters/store/file.ts';
import { hashOf } from '../../../plan/keys.ts';
import { record, sha256 } from '../../contracts/store-contract.ts';

const all = { generationKey: 'aa', lo: '', hi: null } as const;
const anyRecord = fc.record(
  {
    request: fc.string().map(sha256),
    origin: fc.string().map(sha256),
    text: fc.string({ unit: 'binary', maxLength: 60 }),
    finish_reason: fc.constantFrom('stop', 'length'),
    usage: fc.option(
      fc.record(
        { prompt_tokens: fc.nat(), completion_tokens: fc.nat(), reasoning_tokens: fc.nat() },
        { requiredKeys: ['prompt_tokens', 'completion_tokens'], noNullPrototype: true },
      ),
    ),
    model: fc.string(),
    answer_digest: fc.string().map(sha256),
    by: fc.string(),
  },
  { noNullPrototype: true },
) satisfies fc.Arbitrary<LedgerRecord>;
const anyGroups = fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 5 }), { maxLength: 5 });

describe('a segment', () => {
  it('reads back what was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyGroups, async (groups) => {
        expect([...decodeSegment(await encode(groups))]).toEqual(groups.flat());
      }),
      { numRuns: 100 },
    );
  });

  it('cut off anywhere reads as the groups before the cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyGroups, fc.double({ min: 0, max: 1, noNaN: true }), async (groups, where) => {
        const bytes = await encode(groups);
        const read = [...decodeSegment(bytes.subarray(0, Math.floor(where * bytes.length)))];
        expect(read).toEqual(groupsUpTo(groups, read.length));
      }),
      { numRuns: 200 },
    );
  });

  it('with any bit flipped loses the group that is damaged, and says so where others follow', async () => {
    await fc.assert(
      fc.asyncProperty(anyGroups, fc.nat(), fc.nat(7), async (groups, at, bit) => {
        const bytes = await encode(groups);
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        const damage: number[] = [];
        const read = [...decodeSegment(bytes, (lost) => damage.push(lost))];
        const ends = groups.map((_, index) => encode(groups.slice(0, index + 1)));
        const hit = (await Promise.all(ends)).findIndex(({ length }) => place < length);
        const left = place < segmentHeader.length ? [] : groups.filter((_, index) => index !== hit);
        expect(read).toEqual(left.flat());
        const isLast = hit === groups.length - 1 && place >= segmentHeader.length;
        expect(damage.length > 0).toBe(groups.length > 0 && !isLast);
      }),
      { numRuns: 300 },
    );
  });

  it('followed by other bytes reads as itself', async () => {
    await fc.assert(
      fc.asyncProperty(anyGroups, fc.uint8Array({ maxLength: 100 }), async (groups, garbage) => {
        expect([...decodeSegment(Buffer.concat([await encode(groups), garbage]))]).toEqual(groups.flat());
      }),
      { numRuns: 100 },
    );
  });
});

it('the digest of an answer is that of its canonical JSON', () => {
  fc.assert(
    fc.property(anyRecord, (each) => {
      const { finish_reason, model, text, usage } = each;
      expect(answerDigest(each)).toBe(hashOf({ text, finish_reason, usage: usage && { ...usage }, model }));
    }),
  );
});

describe('a ledger', () => {
  let root: string;
  let store: Store;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'codepmp-ledger-'));
    store = await openFileStore({ root });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('has every record it acknowledged, in groups of at most 64', async () => {
    const segment = store.ledger.open({ ...all, step: 'respond', attempt: '1' });
    const written = await Promise.all(Array.from({ length: 5_000 }, (_, at) => segment.append(record(`source ${at}`))));
    const found = await store.ledger.read(all);
    await segment.close();
    expect([...found.keys()]).toEqual(written.map(({ request }) => request));
    expect([...found.values()]).toEqual(written);
  });

  it('acknowledges a lonely record without waiting for others', async () => {
    const segment = store.ledger.open({ ...all, step: 'respond', attempt: '1' });
    for (let at = 0; at < 3; at += 1) {
      await segment.append(record(`source ${at}`));
      expect((await store.ledger.read(all)).size).toBe(at + 1);
    }
    await segment.close();
  });

  it('makes no file for a segment that nothing was appended to, and one for each writer', async () => {
    const empty = store.ledger.open({ ...all, step: 'respond', attempt: '1' });
    await empty.close();
    await expect(empty.append(record('late'))).rejects.toThrow('is closed');
    expect((await store.ledger.read(all)).size).toBe(0);
    const twins = [1, 2].map(() => store.ledger.open({ ...all, step: 'respond', attempt: '1' }));
    await Promise.all(twins.map((each, at) => each.append(record(`source ${at}`))));
    await Promise.all(twins.map((each) => each.close()));
    expect(await readdir(join(root, 'ledger', 'aa'))).toHaveLength(2);
    expect((await store.ledger.read(all)).size).toBe(2);
  });

  it('finds the records of any range, however the segments were divided', async () => {
    const hex = fc.constantFrom('', '0', '3', '7f', '80', 'a', 'ffff');
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(500), { maxLength: 30 }), hex, hex, hex, async (sources, cut, from, to) => {
        const generationKey = sha256(JSON.stringify([sources, cut, from, to]));
        const written = sources.map((each) => record(`${each}`));
        for (const [lo, hi] of [['', cut || null], [cut, null]] as const) {
          const segment = store.ledger.open({ generationKey, lo, hi, step: 's', attempt: '1' });
          const mine = written.filter(({ origin }) => origin >= lo && (hi === null ? cut !== '' : origin < hi));
          await Promise.all(mine.map((each) => segment.append(each)));
          await segment.close();
        }
        const expected = written.filter(({ origin }) => cut !== '' && origin >= from && (to === '' || origin < to));
        const read = await store.ledger.read({ generationKey, lo: from, hi: to || null });
        expect([...read.keys()].toSorted()).toEqual(expected.map(({ request }) => request).toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it('reads for a range only the folders of its first digits', async () => {
    const write = async (lo: string, hi: string | null, source: string) => {
      const segment = store.ledger.open({ generationKey: 'aa', lo, hi, step: 's', attempt: '1' });
      await segment.append({ ...record(source), origin: lo.padEnd(64, '0') });
      await segment.close();
    };
    await write('7f8', '80', 'near the border');
    await write('80', '804', 'at the border');
    await write('7f', '81', 'over both');
    expect((await readdir(join(root, 'ledger', 'aa'))).filter((name) => !name.endsWith('.seg'))).toEqual(['7f', '80']);
    const range = { generationKey: 'aa', lo: '7f', hi: '80' };
    const texts = async () => [...(await store.ledger.read(range)).values()].map(({ text }) => text).toSorted();
    expect(await texts()).toEqual(['about near the border', 'about over both']);
    const [name = ''] = await readdir(join(root, 'ledger', 'aa', '7f'));
    await rename(join(root, 'ledger', 'aa', '7f', name), join(root, 'ledger', 'aa', '80', name));
    expect(await texts()).toEqual(['about over both']);
  });

  it('of a killed writer keeps everything that was acknowledged', async () => {
    const writer = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/append-records.ts'), root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: number[] = [];
    createInterface({ input: writer.stdout }).on('line', (line) => acknowledged.push(Number(line)));
    await expect.poll(() => acknowledged.length).toBeGreaterThan(1_000);
    writer.kill('SIGKILL');
    await once(writer, 'close');
    const found = await store.ledger.read(all);
    expect(acknowledged.filter((at) => !found.has(record(`source ${at}`).request))).toEqual([]);
    for (const each of found.values()) expect(each.text).toMatch(/^about source \d+$/);
  });

  it('reads past a flipped byte, and warns which segment has lost how much', async () => {
    const warnings: string[] = [];
    const hear = ({ message }: Error) => warnings.push(message);
    process.on('warning', hear);
    const segment = store.ledger.open({ ...all, step: 'respond', attempt: '1' });
    for (const source of ['one', 'two', 'three']) await segment.append(record(source));
    await segment.close();
    const [name = ''] = await readdir(join(root, 'ledger', 'aa'));
    const path = join(root, 'ledger', 'aa', name);
    const bytes = await readFile(path);
    bytes[segmentHeader.length + 20] = (bytes[segmentHeader.length + 20] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect([...(await store.ledger.read(all)).values()].map(({ text }) => text)).toEqual(['about two', 'about three']);
    await expect.poll(() => warnings).toHaveLength(1);
    process.off('warning', hear);
    expect(warnings[0]).toMatch(
      /^damage in ledger\/aa\/\S+\.seg of the store \S+: \d+ bytes of paid answers cannot be read, and those are asked for again$/,
    );
  });

  it('goes on past a torn segment with the others', async () => {
    const first = store.ledger.open({ ...all, step: 'respond', attempt: '1' });
    await first.append(record('kept'));
    await first.append(record('torn'));
    await first.close();
    const [name] = await readdir(join(root, 'ledger', 'aa'));
    const path = join(root, 'ledger', 'aa', name ?? '');
    await truncate(path, (await readFile(path)).length - 3);
    const second = store.ledger.open({ ...all, step: 'respond', attempt: '2' });
    await second.append(record('other'));
    await second.close();
    expect([...(await store.ledger.read(all)).values()].map(({ text }) => text).toSorted()).toEqual(['about kept', 'about other']);
  });
});

async function encode(groups: LedgerRecord[][]): Promise<Uint8Array> {
  return Buffer.concat([segmentHeader, ...groups.map(encodeFrame)]);
}

/** The first whole groups that make so many records; null where no number of whole groups does. */
function groupsUpTo(groups: LedgerRecord[][], records: number): LedgerRecord[] | null {
  const starts = Array.from({ length: groups.length + 1 }, (_, count) => groups.slice(0, count).flat());
  return starts.find(({ length }) => length === records) ?? null;
}
