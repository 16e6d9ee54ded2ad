import {
  heldOut,
  readMathShepherd,
  solutionPairRow,
  solutionPairs,
  type DataPair,
  type JudgedSolution,
  type SolutionPair,
} from '../../../items/index.ts';
import type { Digest, JsonObject } from '../../../plan/index.ts';
import { promptFormatOf } from '../../../schemas/index.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { NodeOf, StepKind } from '../kind.ts';
import { alone } from './alone.ts';
import { openDataset } from './open.ts';
import { drawSolutionPairs } from './solutions.ts';
import { writePairs } from './write.ts';

/** Share of the questions, or of the rows, that is held out for the test. */
const testShare = 0.1;

/** Reads Math-Shepherd and pairs right with wrong solutions of a question. */
export const datasetMathShepherd: StepKind<'dataset/math-shepherd'> = {
  shape: 'step',
  work: (dependencies, { node }) => alone(() => readSolutions(dependencies, node)),
};

async function readSolutions(
  dependencies: Dependencies,
  node: NodeOf<'dataset/math-shepherd'>,
): Promise<{ train: Digest; test: Digest }> {
  const { pairs, split_by, test_pairs, take, seed } = node.settings;
  const dataset = await openDataset(dependencies, node, { layout: { parts: [''], partOf: () => '' }, needs: [''] });
  const solutions = (await dataset.read('', readMathShepherd)).map(({ item, row }) => ({ ...item, row }));
  const groupOf = ({ prompt, text }: JudgedSolution) => (split_by === 'question' ? prompt : `${prompt}\n${text}`);
  const { train, test } = heldOut(solutions, { share: testShare, groupOf });
  await dataset.compare({ train: promptsOf(train), test: [...promptsOf(test)] });
  const drawn = await drawSolutionPairs(train, { pairs, seed, take });
  const meta = { prompt_format: promptFormatOf(node.kind), checks: dataset.checks } as unknown as JsonObject;
  return {
    train: await writePairs(dependencies, rowsOf(drawn, dataset.name), meta),
    test: await writePairs(dependencies, rowsOf(solutionPairs(test, { pairs: test_pairs, seed: 'test' }), dataset.name), meta),
  };
}

function promptsOf(solutions: JudgedSolution[]): Set<string> {
  return new Set(solutions.map(({ prompt }) => prompt));
}

/** Rows one by one: all pairs of a question together are many times its solutions. */
function* rowsOf(pairs: Iterable<SolutionPair>, repository: string): Generator<DataPair> {
  for (const pair of pairs) yield { ...solutionPairRow(pair), repository };
}
