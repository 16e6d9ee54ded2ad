import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { openStore } from '../../adapters/index.ts';
import type { BucketPlace } from '../../ports/configuration.ts';
import type { Store } from '../../ports/store.ts';
import { startMoto, type BucketServer } from './bucket-servers.ts';

/** A server of S3 for a file of tests, and for each test a store in a bucket and a folder for its machines. */
export interface BucketRig {
  server: BucketServer;
  place: BucketPlace;
  folder: string;
  /** The store as the machine with this folder sees it. */
  openAt(machine: string): Promise<Store>;
}

/** Makes the rig, whose parts are there when a test begins. */
export function bucketRig(start = startMoto): BucketRig {
  let made = 0;
  const rig = { openAt: (machine) => openStore({ store: join(rig.folder, machine), bucket: rig.place }) } as BucketRig;
  beforeAll(async () => {
    rig.server = await start();
  });
  afterAll(() => rig.server[Symbol.asyncDispose]());
  beforeEach(async () => {
    rig.folder = await mkdtemp(join(tmpdir(), 'codepmp-bucket-'));
    rig.place = rig.server.place(`case-${(made += 1)}`);
  });
  afterEach(() => rm(rig.folder, { recursive: true, force: true }));
  return rig;
}
