import { firstByRank, questionRows, rankOf, type DataLayout, type DataRow, type AnsweredProblem } from '../../../items/index.ts';
import type { Digest, JsonObject, PlanNode } from '../../../plan/index.ts';
import { promptFormatOf } from '../../../schemas/index.ts';
import type { Dependencies } from '../../dependencies.ts';
import { openDataset } from './open.ts';
import { writeQuestions } from './write.ts';

interface ProblemSet {
  layout: DataLayout;
  needs: readonly string[];
  reader: (row: DataRow) => AnsweredProblem | string;
  /** How answers are graded. */
  answers: 'numbers' | 'mathematics';
}

/** Reads problems with their answers: those to train on drawn by the seed, those of the test part in their order. */
export async function readProblems(
  dependencies: Dependencies,
  node: PlanNode & { settings: { take: number | null; seed: number } },
  { layout, needs, reader, answers }: ProblemSet,
): Promise<{ train: Digest; test: Digest }> {
  const dataset = await openDataset(dependencies, node, { layout, needs });
  const read = async (part: string) => (dataset.parts.includes(part) ? (await dataset.read(part, reader)).map(({ item }) => item) : []);
  const [train, test] = [await read('train'), await read('test')];
  if (train.length > 0) await dataset.compare({ train: train.map(({ text }) => text), test: test.map(({ text }) => text) });
  const { take, seed } = node.settings;
  const drawn = firstByRank(train, take, ({ text }) => rankOf(seed, text));
  const meta = { prompt_format: promptFormatOf(node.kind), answers, checks: dataset.checks } as unknown as JsonObject;
  return {
    train: await writeQuestions(dependencies, questionRows(drawn), meta),
    test: await writeQuestions(dependencies, questionRows(test), meta),
  };
}
