import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import type { Store } from '../../../ports/store.ts';
import { corpusOf, filesWithCopies, noRules, openStore, randomOf } from './rig.ts';

const files = filesWithCopies(300, randomOf(11));
const program = join(import.meta.dirname, 'fixtures', 'clean-once.ts');

interface Printed {
  made: object;
  ranks: number;
}

/** A store with a corpus to clean. */
async function prepared(): Promise<Store> {
  const store = await openStore();
  await writeFile(manifestOf(store), JSON.stringify({ manifest: await corpusOf(store, files, 24), rules: noRules }));
  return store;
}

const manifestOf = (store: Store): string => join(store.root, 'manifest.json');

const start = (store: Store) => execa(process.execPath, [program, store.root, manifestOf(store)], { reject: false });

async function finished(store: Store): Promise<Printed> {
  const { stdout, stderr } = await start(store);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Printed;
}

/** Waits for the first rank of a stage, and kills the process. */
async function killedIn(store: Store, stage: string): Promise<void> {
  const child = start(store);
  const ended = child.then(() => true);
  while ((await store.list(`cleaning/${stage}/`)).length === 0) if (await Promise.race([ended, sleep(5, false)])) break;
  child.kill('SIGKILL');
  await child;
}

it('cleaning that was killed in every stage does only the ranks that were not done, and makes the same bytes', async () => {
  const whole = await finished(await prepared());
  const store = await prepared();
  for (const stage of ['sign', 'band', 'keep']) await killedIn(store, stage);
  const before = (await store.list('cleaning/')).length;
  const { made, ranks } = await finished(store);
  expect(made).toEqual(whole.made);
  expect([ranks, before]).toEqual([whole.ranks - before, expect.any(Number)]);
  expect(before).toBeGreaterThan(whole.ranks / 2);
  expect(before).toBeLessThan(whole.ranks);
});
