import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../ports/configuration.ts';
import type { Store } from '../../ports/store.ts';
import { hasBucketStore, openBucketStore } from './bucket/store.ts';
import { openFileStore } from './file.ts';

/** Opens the store of a configuration, which is made if there is none. */
export function openStore({ store: root, bucket }: Pick<Config, 'store' | 'bucket'>): Promise<Store> {
  return bucket ? openBucketStore({ root, bucket }) : openFileStore({ root });
}

/** Whether the store of a configuration exists; nothing is made. */
export async function hasStore({ store: root, bucket }: Pick<Config, 'store' | 'bucket'>): Promise<boolean> {
  return bucket ? hasBucketStore(bucket) : existsSync(join(root, 'FORMAT'));
}
