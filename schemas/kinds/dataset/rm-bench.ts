import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { dataFiles, publishedFolder } from '../drawn.ts';
import { defineKind } from '../kind.ts';

/** The pairs of RM-Bench by domain and level. */
export const datasetRmBench = defineKind({
  kind: 'dataset/rm-bench',
  version: 2,
  shape: 'step',
  description: 'Reads the prompts of RM-Bench: nine pairs each, of three styles of the right and of the wrong answer.',
  inputs: {},
  outputs: { test: 'pairs' },
  promptFormat: 'instruction-response',
  models: {},
  sources: publishedFolder('rm-bench'),
  settings: Type.Object({}, closed),
  files: () => dataFiles(),
  items: () => ({ test: 9 * 1_327 }),
});
