import { mkdir, mkdtemp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openFileStore } from '../../adapters/store/file.ts';
import { openBucketStore } from '../../adapters/store/bucket/store.ts';
import { startMoto, type Moto } from './moto.ts';
import { describeStore } from './store-contract.ts';

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto[Symbol.asyncDispose]());

describeStore('a store in a folder', (root) => openFileStore({ root }));

/** Opened anew each time in an empty folder, as by another machine. */
describeStore('a store in a bucket', async (place) => {
  await mkdir(dirname(place), { recursive: true });
  const root = await mkdtemp(join(dirname(place), 'copies-'));
  return openBucketStore({ root, bucket: moto.place(basename(dirname(place)), basename(place)) });
});
