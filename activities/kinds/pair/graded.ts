import { solutionPairRow, type DataPair, type JudgedSolution, type SolutionPair } from '../../../items/index.ts';
import type { Digest } from '../../../plan/index.ts';
import { classified } from '../../../ports/failure.ts';
import type { Dependencies } from '../../dependencies.ts';
import { countsText, type ItemCounts } from '../../keep.ts';
import { alone } from '../dataset/alone.ts';
import { drawSolutionPairs } from '../dataset/solutions.ts';
import { writePairs } from '../dataset/write.ts';
import type { NodeOf, StepKind } from '../kind.ts';

/** Pairs right with wrong answers to the same question. */
export const pairGraded: StepKind<'pair/graded'> = {
  shape: 'step',
  work: (dependencies, { node, inputs }) => alone(async () => ({ out: await pairAnswers(dependencies, node, inputs.graded) })),
};

async function pairAnswers(dependencies: Dependencies, node: NodeOf<'pair/graded'>, graded: Digest[]): Promise<Digest> {
  const prompt_format = await formatOf(dependencies, node, graded);
  const { answers, counts } = await readAnswers(dependencies, graded);
  const drawn = await drawSolutionPairs(answers, node.settings);
  if (drawn.length > 0) return writePairs(dependencies, rowsOf(drawn), { prompt_format, answers: counts });
  throw classified('quality', `${node.id}: no question has a right and a wrong answer; of all answers: ${countsText(counts)}`);
}

/** Rows one by one: together they are many times the answers. */
function* rowsOf(pairs: SolutionPair[]): Generator<DataPair> {
  for (const pair of pairs) yield solutionPairRow(pair);
}

async function formatOf({ artifacts }: Dependencies, { id }: NodeOf<'pair/graded'>, graded: Digest[]): Promise<string> {
  const manifests = await Promise.all(graded.map((digest) => artifacts.readManifest(digest)));
  const formats = [...new Set(manifests.map(({ meta }) => String(meta['prompt_format'])))];
  if (formats.length === 1) return formats[0] ?? '';
  throw classified('invalid', `${id}: its answers are to prompts of different formats: ${formats.join(', ')}. Pair those of one data set`);
}

interface GradedRow {
  rm_prompt: string;
  text: string;
  status: string;
  correct: boolean;
}

/** Whole answers, each text once a question, and how many answers there were of each sort. */
async function readAnswers({ artifacts }: Dependencies, graded: Digest[]): Promise<{ answers: JudgedSolution[]; counts: ItemCounts }> {
  const answers = new Map<string, JudgedSolution>();
  const counts: ItemCounts = {};
  for (const digest of graded)
    for await (const { rm_prompt: prompt, text, status, correct: right } of artifacts.rows<GradedRow>(digest)) {
      const key = JSON.stringify([prompt, text]);
      const sort = status !== 'ok' ? status : answers.has(key) ? 'repeated' : right ? 'right' : 'wrong';
      counts[sort] = (counts[sort] ?? 0) + 1;
      if (sort === 'right' || sort === 'wrong') answers.set(key, { prompt, text, right, kind: '' });
    }
  return { answers: [...answers.values()], counts };
}
