import { Type } from '@sinclair/typebox';
import { measuredNames } from '../../../plan/benchmarks.ts';
import { closed } from '../../fields.ts';
import { defineKind } from '../kind.ts';

/** Multiple choice by the highest score. */
export const evalChoice = defineKind({
  kind: 'eval/choice',
  version: 7,
  shape: 'process',
  description: 'Share of multiple-choice questions whose right option a reward model scores highest.',
  inputs: {
    model: { description: 'Reward model.', types: ['checkpoint'] },
    choices: { description: 'Questions with options.', types: ['choices'] },
  },
  outputs: { out: 'metrics' },
  models: {},
  sources: {},
  typicalSeconds: 8,
  measures: measuredNames['eval/choice'],
  scores: { input: 'choices', texts: 4 },
  settings: Type.Object({}, closed),
});
