import { Type } from '@sinclair/typebox';
import { closed, choice } from '../../fields.ts';
import { drawSettings } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** Files of the dumps, as they are published or unpacked. */
const dumpFiles = {
  stackexchange: ['**/*Posts.xml', '**/*posts*.xml'],
  reddit: ['**/*.{json,jsonl,ndjson}', '**/*.{json,jsonl,ndjson}.{gz,zst}', '**/R[CS]_*'],
};

/** Questions with ranked answers from the web, the source the paper compares code with. */
export const sourceWeb = defineKind({
  kind: 'source/web',
  version: 3,
  shape: 'step',
  description: 'Reads questions and answers ranked by votes, as StackExchange dumps and Reddit-style threads have them.',
  inputs: {},
  outputs: { out: 'ranked' },
  models: {},
  sources: { source: { description: 'Name of a folder of dumps under `sources` of the configuration.' } },
  settings: Type.Object(
    {
      format: choice(['stackexchange', 'reddit'], { description: 'Format of the dumps.', default: 'stackexchange', examples: ['reddit'] }),
      ...drawSettings('Keeps so many questions, drawn by the seed; null: all.', 1_000_000),
    },
    closed,
  ),
  sampled: sampledAtMost('take'),
  files: ({ format }) => ({ include: dumpFiles[format], exclude: [] }),
  items: ({ take }) => ({ out: take }),
});
