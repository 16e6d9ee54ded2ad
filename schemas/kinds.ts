import type { Static } from '@sinclair/typebox';
import type { Kind } from '../plan/index.ts';
import { candidates } from './candidates.ts';
import { clip } from './clip.ts';
import { datasetArithmetic } from './dataset-arithmetic.ts';
import { evalAccuracy } from './eval-accuracy.ts';
import { evalBon } from './eval-bon.ts';
import { evalChoice } from './eval-choice.ts';
import { grade } from './grade.ts';
import type { KindDefinition } from './kind.ts';
import { pair } from './pair.ts';
import { report } from './report.ts';
import { respond } from './respond.ts';
import { sourceFiles } from './source-files.ts';
import { summarize } from './summarize.ts';
import { trainPmp } from './train-pmp.ts';
import { trainRm } from './train-rm.ts';

/** Every kind of step by its name; a kind of the plan that is missing here does not type-check. */
export const kinds = {
  'source/files': sourceFiles,
  summarize,
  clip,
  respond,
  pair,
  'dataset/arithmetic': datasetArithmetic,
  'train/pmp': trainPmp,
  'train/rm': trainRm,
  candidates,
  grade,
  'eval/accuracy': evalAccuracy,
  'eval/choice': evalChoice,
  'eval/bon': evalBon,
  report,
} satisfies { [K in Kind]: KindDefinition<K> };

/** Settings of a node of this kind as its activity finds them, every default filled in. */
export type SettingsOf<K extends Kind> = Static<(typeof kinds)[K]['settings']>;

/** Names of all kinds in the order of the work. */
export const kindNames = Object.keys(kinds) as Kind[];

/** The definition of a kind, as wide as its type. */
export function kindOf(kind: Kind): KindDefinition {
  return kinds[kind];
}

export function isKind(name: unknown): name is Kind {
  return typeof name === 'string' && Object.hasOwn(kinds, name);
}
