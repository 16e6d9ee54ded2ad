import type { DataRow } from '../datasets/fields.ts';
import { postsXml } from './forum.ts';
import { gsm8kRows, mathRows, mathShepherdRows } from './mathematics.ts';
import { codeFeedbackRows, humanEvalRows, mbppRows, priorSetRows, rewardbenchRows } from './preferences.ts';
import { logiqa2Rows, reclorRows } from './syllogisms.ts';

/** How many rows the parts of each data set get. */
export interface ToySizes {
  /** To train on: problems, questions, pairs. */
  train: number;
  /** To test on. */
  test: number;
  /** For each subset of RewardBench and each prior set. */
  subset: number;
}

/**
 * Small stand-ins of the data sets of the paper as files, by their path under a folder for each data set. They are generated:
 * right and wrong are so by construction. Names, layout and columns are those of the published files, so that the same readers read both.
 */
export function toyFiles({ train, test, subset }: ToySizes, seed = 1): { [path: string]: string } {
  return {
    'gsm8k/train.jsonl': lines(gsm8kRows(seed, 'train', train)),
    'gsm8k/test.jsonl': lines(gsm8kRows(seed, 'test', test)),
    ...mathFiles(seed, 'train', train),
    ...mathFiles(seed, 'test', test),
    'math-shepherd/math-shepherd.jsonl': lines(mathShepherdRows(seed, train)),
    'reclor/train.json': JSON.stringify(reclorRows(seed, 'train', train)),
    'reclor/val.json': JSON.stringify(reclorRows(seed, 'val', test)),
    'reclor/test.json': JSON.stringify(reclorRows(seed, 'test', test)),
    'logiqa2/train.txt': lines(logiqa2Rows(seed, 'train', train)),
    'logiqa2/dev.txt': lines(logiqa2Rows(seed, 'dev', test)),
    'logiqa2/test.txt': lines(logiqa2Rows(seed, 'test', test)),
    'human-eval/HumanEval.jsonl': lines(humanEvalRows(seed, test)),
    'mbpp/mbpp.jsonl': lines(mbppRows(seed, test)),
    'code-ultrafeedback/train.jsonl': lines(codeFeedbackRows(seed, train)),
    'reward-bench/filtered.jsonl': lines(rewardbenchRows(seed, subset)),
    ...Object.fromEntries(Object.entries(priorSetRows(seed, subset)).map(([set, rows]) => [`reward-bench/${set}.jsonl`, lines(rows)])),
    'stackexchange/Posts.xml': postsXml(seed, train),
  };
}

/** A file for each problem, in a folder for each subject. */
function mathFiles(seed: number, part: string, count: number): { [path: string]: string } {
  const rows = mathRows(seed, part, count);
  const folderOf = (type: string) => type.toLowerCase().replaceAll(' ', '_');
  return Object.fromEntries(rows.map((row, index) => [`math/${part}/${folderOf(row.type)}/${index + 1}.json`, JSON.stringify(row)]));
}

function lines(rows: readonly DataRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
