import {
  choiceRow,
  firstByRank,
  letterQuestions,
  optionPairs,
  promptOfChoice,
  rankOf,
  splitOf,
  type PassageQuestion,
  type DataRow,
  type DataPair,
} from '../../../items/index.ts';
import type { Digest, JsonObject, PlanNode } from '../../../plan/index.ts';
import { promptFormatOf } from '../../../schemas/index.ts';
import type { Dependencies } from '../../dependencies.ts';
import { openDataset, type Dataset } from './open.ts';
import { writeChoices, writePairs, writeQuestions } from './write.ts';

interface ChoiceSet {
  /** The part that is measured on. */
  test: string;
  reader: (row: DataRow) => PassageQuestion | string;
  licence: string;
}

type ChoiceSettings = { take: number | null; seed: number; test_pairs: 'one' | 'all' };

/** Reads questions with options: pairs to train on and to test, the test questions with all options, and all questions for a solver. */
export async function readChoices(
  dependencies: Dependencies,
  node: PlanNode & { settings: ChoiceSettings },
  { test: testPart, reader, licence }: ChoiceSet,
): Promise<{ [output in 'train' | 'test' | 'choices' | 'train_questions' | 'test_questions']: Digest }> {
  const needs = ['train', testPart];
  const dataset = await openDataset(dependencies, node, { layout: { parts: needs, partOf: splitOf }, needs });
  const train = await dataset.read('train', reader);
  const test = await dataset.read(testPart, reader);
  const questions = test.map(({ item }) => item);
  await dataset.compare({ train: train.map(({ item }) => promptOfChoice(item)), test: questions.map(promptOfChoice) });
  const { take, seed, test_pairs } = node.settings;
  const pairs = pairsOf(train, { dataset, licence });
  const tested = pairsOf(test, { dataset, licence });
  const kept = test_pairs === 'all' ? tested : tested.map((each) => firstByRank(each, 1, ({ rejected, path }) => rankOf(path, rejected)));
  const meta = { prompt_format: promptFormatOf(node.kind), checks: dataset.checks } as unknown as JsonObject;
  const solved = { ...meta, answers: 'mathematics' };
  return {
    train: await writePairs(dependencies, firstByRank(pairs.flat(), take, ({ path, rejected }) => rankOf(seed, path, rejected)), meta),
    test: await writePairs(dependencies, kept.flat(), meta),
    choices: await writeChoices(dependencies, questions.map(choiceRow), meta),
    train_questions: await writeQuestions(dependencies, letterQuestions(train.map(({ item }) => item)), solved),
    test_questions: await writeQuestions(dependencies, letterQuestions(questions), solved),
  };
}

/** Pairs of each question. A question whose wrong options all repeat the right one has none. */
function pairsOf(
  questions: { item: PassageQuestion; path: string }[],
  { dataset: { name }, licence }: { dataset: Dataset; licence: string },
): DataPair[][] {
  return questions.map(({ item, path }) => optionPairs(item).map((pair) => ({ ...pair, repository: name, path, licence })));
}
