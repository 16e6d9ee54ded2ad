import { rmBenchDomains } from '../../plan/benchmarks.ts';
import { isText, listOfTexts, type DataRow } from './fields.ts';
import { promptFormats } from './formats.ts';
import { stemOf } from './parts.ts';
import { programmingLanguage } from './programming.ts';
import { pairRow, type DataPair } from './rows.ts';

/** What rows of RM-Bench say of their domain; the domain of safety has two. */
export const rmBenchKinds = Object.values(rmBenchDomains).flat();

/** `total` for the file that holds every domain, else the domain that a file's name holds; empty for the rest. */
export function rmBenchPart(path: string): string {
  const name = stemOf(path).split('/').at(-1) ?? '';
  return name.startsWith('total') ? 'total' : (rmBenchKinds.find((domain) => name.includes(domain)) ?? '');
}

/**
 * Nine pairs of a prompt: each of its right answers against each wrong one, both in three styles from concise to detailed
 * Markdown. A comparison is easy where the right answer has the fuller style, hard where the wrong one has it.
 */
export function readRmBench(row: DataRow, part: string): DataPair[] | string {
  const kind = part === 'total' ? row['domain'] : part;
  if (!rmBenchKinds.some((domain) => domain === kind)) return 'no-domain';
  const [chosen, rejected] = [listOfTexts(row['chosen'], 3), listOfTexts(row['rejected'], 3)];
  if (!isText(row['prompt'])) return 'no-prompt';
  if (!chosen || !rejected) return 'no-three-styles';
  const prompt = promptFormats['instruction-response'](row['prompt']);
  const language = programmingLanguage(row['language']);
  return chosen.flatMap((right, i) =>
    rejected.map((wrong, j) => {
      const level = i > j ? 'easy' : i < j ? 'hard' : 'normal';
      return pairRow({ prompt, chosen: right, rejected: wrong, language, kind: String(kind), level });
    }),
  );
}
