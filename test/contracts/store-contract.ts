import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerRecord } from '../../ports/ledger.ts';
import type { Store } from '../../ports/store.ts';
import { removeRun } from '../../adapters/index.ts';

/** What every implementation of `Store` must keep; `open` opens the same store again for the same place. */
export function describeStore(name: string, open: (place: string) => Promise<Store>): void {
  describe(`${name}`, () => {
    let place: string;
    let store: Store;
    beforeEach(async () => {
      place = await mkdtemp(join(tmpdir(), 'codepmp-store-'));
      store = await open(join(place, 'store'));
    });
    afterEach(() => rm(place, { recursive: true, force: true }));

    it('keeps its id when it is opened again, also by many at once', async () => {
      const again = await Promise.all(Array.from({ length: 8 }, () => open(join(place, 'store'))));
      expect(new Set([store, ...again].map(({ id }) => id)).size).toBe(1);
      const other = await open(join(place, 'other'));
      expect(other.id).not.toBe(store.id);
    });

    it('stores bytes under their SHA-256 and gives the same bytes back', async () => {
      const digest = await store.putBytes(bytes('some code'));
      expect(digest).toBe(sha256('some code'));
      expect(text(await store.getBytes(digest))).toBe('some code');
      expect(await store.putBytes(bytes('some code'))).toBe(digest);
      expect(await store.has(digest)).toBe(true);
      expect(await store.has(sha256('other'))).toBe(false);
    });

    it('stores an empty blob', async () => {
      expect(text(await store.getBytes(await store.putBytes(new Uint8Array())))).toBe('');
    });

    it('takes a file in and hands out a path with its bytes', async () => {
      await writeFile(join(place, 'weights'), 'tensor');
      expect(await store.putFile(join(place, 'weights'))).toEqual({ digest: sha256('tensor'), bytes: 6 });
      expect(await readFile(await store.pathOf(sha256('tensor')), 'utf8')).toBe('tensor');
      await rm(join(place, 'weights'));
      expect(text(await store.getBytes(sha256('tensor')))).toBe('tensor');
    });

    it('names a missing blob and the next action', async () => {
      const digest = sha256('absent');
      for (const ask of [store.getBytes, store.pathOf])
        await expect(ask(digest)).rejects.toMatchObject({
          class: 'data-lost',
          message: expect.stringMatching(new RegExp(`${digest} is missing in the store .*Run the pipeline again`)),
        });
    });

    it('publishes a name once and gives losers the bytes of the winner', async () => {
      const first = await store.publish('results/a', bytes('one'));
      const second = await store.publish('results/a', bytes('two'));
      expect([first.won, text(first.bytes), second.won, text(second.bytes)]).toEqual([true, 'one', false, 'one']);
      expect(text(await store.read('results/a'))).toBe('one');
      expect(await store.read('results/b')).toBeNull();
    });

    it('forgets a name that is set aside, and keeps what it held where it can be looked at', async () => {
      await store.publish('results/a', bytes('torn'));
      await store.setAside('results/a');
      expect(await store.read('results/a')).toBeNull();
      expect(await store.damaged()).toHaveLength(1);
      expect(await store.publish('results/a', bytes('whole'))).toMatchObject({ won: true });
      await store.setAside('results/never-there');
      expect(await store.damaged()).toHaveLength(1);
    });

    it('has one winner of many racing publishers', async () => {
      const results = await Promise.all(Array.from({ length: 50 }, (_, i) => store.publish('results/r', bytes(`value ${i}`))));
      expect(results.filter(({ won }) => won)).toHaveLength(1);
      expect(new Set(results.map((result) => text(result.bytes))).size).toBe(1);
    });

    it('lists names by prefix, sorted', async () => {
      for (const each of ['chunks/b', 'chunks/a', 'chunks/deep/c', 'chunk', 'results/a']) await store.publish(each, bytes(each));
      expect(await store.list('chunks/')).toEqual(['chunks/a', 'chunks/b', 'chunks/deep/c']);
      expect(await store.list('chunks/d')).toEqual(['chunks/deep/c']);
      expect(await store.list('')).toHaveLength(5);
      expect(await store.list('nothing/')).toEqual([]);
    });

    it('overwrites notes as a whole, and removes them', async () => {
      expect(await store.readNote('runs/r/progress.json')).toBeNull();
      await store.note('runs/r/progress.json', bytes('{"done":1,"more":"text"}'));
      await store.note('runs/r/progress.json', bytes('{"done":2}'));
      expect(text(await store.readNote('runs/r/progress.json'))).toBe('{"done":2}');
      expect(await store.listNotes('runs/')).toEqual(['runs/r/progress.json']);
      for (let times = 0; times < 2; times += 1) await store.removeNote('runs/r/progress.json');
      expect(await store.readNote('runs/r/progress.json')).toBeNull();
    });

    it('knows a note of which a bit is flipped, and takes one without a checksum as it is', async () => {
      const file = 'notes/runs/r/progress.json';
      await store.note('runs/r/progress.json', bytes('{"done":1}'));
      const sealed = (await store.files.read(file)) ?? new Uint8Array();
      await rewrite(file, sealed.with(4, (sealed[4] ?? 0) ^ 1));
      const message = expect.stringMatching('^notes/runs/r/progress.json of the store .* is damaged: its checksum is wrong');
      await expect(store.readNote('runs/r/progress.json')).rejects.toMatchObject({ class: 'data-lost', message });
      await rewrite(file, bytes('{"done":2}'));
      expect(text(await store.readNote('runs/r/progress.json'))).toBe('{"done":2}');
    });

    const rewrite = async (file: string, content: Uint8Array): Promise<void> => {
      await store.files.remove(file);
      await store.files.create(file, content);
    };

    it('removes a run without those whose ids begin with its id and a slash', async () => {
      for (const run of ['exp', 'exp/lr1', 'exp/report', 'exp-2']) {
        await store.note(`runs/${run}/progress.json`, bytes(run));
        await store.publish(`runs/${run}/submission-1`, bytes(run));
        const report = join(store.root, 'runs', run, 'report');
        await mkdir(report, { recursive: true });
        await writeFile(join(report, 'index.html'), run);
      }
      await store.files.create('notes/runs/exp/damaged.json', bytes('cut'));
      await removeRun(store, 'exp');
      const left = ['exp-2', 'exp/lr1', 'exp/report'];
      expect(await store.listNotes('runs/')).toEqual(left.map((run) => `runs/${run}/progress.json`));
      expect(await store.list('runs/')).toEqual(left.map((run) => `runs/${run}/submission-1`));
      const reports = await readdir(join(store.root, 'runs'), { recursive: true });
      expect(reports.filter((path) => path.endsWith('.html')).toSorted()).toEqual(left.map((run) => `${run}/report/index.html`));
      await removeRun(store, 'exp-2');
      expect(await readdir(join(store.root, 'runs'))).toEqual(['exp']);
    });

    it('refuses names that leave its folders', async () => {
      for (const bad of ['../x', 'a//b', '/etc/passwd', 'a/./b', '', `long/${'x'.repeat(201)}`])
        await expect(store.publish(bad, bytes('x'))).rejects.toMatchObject({ class: 'invalid' });
    });

    it('makes scratch folders', async () => {
      const folder = await store.scratch('job/attempt-1');
      await writeFile(join(folder, 'file'), 'x');
      expect(await store.scratch('job/attempt-1')).toBe(folder);
    });

    it('accepts work while there is enough space', async () => {
      await expect(store.assertSpace()).resolves.toBeUndefined();
    });

    it('finds paid answers again by generation key, origin range and request', async () => {
      const key = sha256('generation');
      const low = await putRecords(store, { generationKey: key, lo: '', hi: middle, texts: ['a', 'b', 'c', 'd', 'e', 'f'] });
      const high = await putRecords(store, { generationKey: key, lo: middle, hi: null, texts: ['a', 'b', 'c', 'd', 'e', 'f'] });
      const again = await open(join(place, 'store'));
      const all = await again.ledger.read({ generationKey: key, lo: '', hi: null });
      expect([...all.values()].map(({ origin }) => origin).toSorted()).toEqual([...low, ...high].map(({ origin }) => origin).toSorted());
      const part = await again.ledger.read({ generationKey: key, lo: middle, hi: null });
      expect(new Set(part.values())).toEqual(new Set(high));
      expect((await again.ledger.read({ generationKey: sha256('other'), lo: '', hi: null })).size).toBe(0);
    });

    it('picks the answer with the smallest digest where a request was paid for twice', async () => {
      const range = { generationKey: sha256('generation'), lo: '', hi: null } as const;
      const paid: LedgerRecord[] = [];
      for (const attempt of ['1', '2', '3']) {
        const segment = store.ledger.open({ ...range, step: 'respond', attempt });
        paid.push(await segment.append({ ...record('origin'), text: `answer ${attempt}` }));
        await segment.close();
      }
      const smallest = paid.toSorted((a, b) => (a.answer_digest < b.answer_digest ? -1 : 1))[0];
      expect([...(await store.ledger.read(range)).values()]).toEqual([smallest]);
    });
  });
}

const middle = `8${'0'.repeat(63)}`;

async function putRecords(
  store: Store,
  options: { generationKey: string; lo: string; hi: string | null; texts: string[] },
): Promise<LedgerRecord[]> {
  const { texts, ...range } = options;
  const segment = store.ledger.open({ ...range, step: 'respond', attempt: '1' });
  const mine = texts.map(record).filter(({ origin }) => origin >= range.lo && (range.hi === null || origin < range.hi));
  const written = await Promise.all(mine.map((each) => segment.append(each)));
  await segment.close();
  return written;
}

/** A record of the answer to a question about the given source text. */
export function record(source: string): Omit<LedgerRecord, 'answer_digest'> {
  return {
    request: sha256(`ask ${source}`),
    origin: sha256(source),
    text: `about ${source}`,
    finish_reason: 'stop',
    usage: { prompt_tokens: 3, completion_tokens: 5 },
    model: 'm',
    by: 'test',
  };
}

export function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array | null): string | null {
  return value && new TextDecoder().decode(value);
}
