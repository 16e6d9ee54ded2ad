import { Type } from '@sinclair/typebox';
import { closed, textOrNull } from '../fields.ts';
import { defineKind } from './kind.ts';

/** Tables and figures of one file. */
export const report = defineKind({
  kind: 'report',
  version: 22,
  shape: 'step',
  gathers: true,
  description: 'Writes tables, figures and data statistics as one HTML file and as Markdown, LaTeX, CSV and JSON.',
  inputs: {
    metrics: { description: 'Measurements to show.', types: ['metrics'], many: true },
    training: {
      description: 'Checkpoints whose training curves to show.',
      types: ['checkpoint'],
      many: true,
      optional: true,
    },
    data: { description: 'Pairs whose statistics to show.', types: ['pairs'], many: true, optional: true },
  },
  outputs: { out: 'report' },
  models: {},
  sources: {},
  typicalSeconds: 4,
  settings: Type.Object(
    {
      title: textOrNull({
        description: "Title of the report; null: the pipeline's name.",
        minLength: 1,
        maxLength: 200,
        default: null,
        examples: ['Preference pretraining on the standard library'],
      }),
    },
    closed,
  ),
});
