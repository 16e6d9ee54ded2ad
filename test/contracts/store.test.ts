import { mkdir, mkdtemp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe } from 'vitest';
import { openFileStore } from '../../adapters/store/file.ts';
import { openBucketStore } from '../../adapters/store/bucket/store.ts';
import { bucketRig } from './bucket-rig.ts';
import { bucketServers } from './bucket-servers.ts';
import { describeStore } from './store-contract.ts';

describeStore('a store in a folder', (root) => openFileStore({ root }));

for (const { name, isThere, start } of bucketServers)
  describe.skipIf(!isThere)(name, () => {
    const rig = bucketRig(start);

    /** Opened anew each time in an empty folder, as by another machine. */
    describeStore('a store in a bucket', async (place) => {
      await mkdir(dirname(place), { recursive: true });
      const root = await mkdtemp(join(dirname(place), 'copies-'));
      return openBucketStore({ root, bucket: rig.server.place(basename(dirname(place)), basename(place)) });
    });
  });
