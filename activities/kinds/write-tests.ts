import type { MapKind } from './kind.ts';
import { respondToChunk } from './respond.ts';

/** Has a model write tests for every prompt of a chunk, as it would write the code. */
export const writeTests: MapKind<'write-tests'> = {
  shape: 'map',
  work: respondToChunk,
};
