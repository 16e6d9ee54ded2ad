import { rewardbenchSections } from '../../plan/benchmarks.ts';
import { isText, type DataRow } from './fields.ts';
import { stemOf } from './parts.ts';
import { readPreference } from './preference.ts';
import { programmingLanguage } from './programming.ts';
import type { PairTexts } from './rows.ts';

/** Preference sets of before RewardBench that its tables show beside its sections. */
export const priorSets = Object.keys(rewardbenchSections['prior-sets']);

/** `filtered` for the benchmark, which is also the only table of a folder that names none; the name of a prior set; empty for the rest. */
export function rewardbenchPart(path: string): string {
  const name = (stemOf(path).split('/').at(-1) ?? '').toLowerCase();
  return priorSets.find((set) => name === set) ?? (/raw|anthropic|mtbench|pku/.test(name) ? '' : 'filtered');
}

/** A pair with its subset: the column of that name, or the name of the prior set that it is from. */
export function readRewardbench(row: DataRow, part: string): PairTexts | string {
  const subset = part === 'filtered' ? row['subset'] : part;
  if (!isText(subset)) return 'no-subset';
  const pair = readPreference(row, { prompt: 'prompt', chosen: 'chosen', rejected: 'rejected' });
  if (typeof pair === 'string') return pair;
  const [, language] = /^hep-(\w+)$/.exec(subset) ?? [];
  return { ...pair, kind: subset, language: programmingLanguage(language) };
}
