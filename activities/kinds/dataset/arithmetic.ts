import { generateArithmetic } from '../../../items/index.ts';
import { pairColumns } from '../../../plan/columns.ts';
import { onlyNode } from '../../../plan/index.ts';
import type { JobInput, NodeSummary } from '../../../plan/index.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { Columns } from '../../../ports/artifacts.ts';
import { publishResult } from '../../../records/results.ts';
import type { Opened } from '../../run/unit-work.ts';

const choiceColumns: Columns = { question: 'int', prompt: 'string', options: 'list<string>', label: 'int' };

const questionColumns: Columns = { question: 'int', prompt: 'string', text: 'string', gold: 'string', rm_prompt: 'string' };

/** Generates word problems with right and plausibly wrong solutions: pairs to train and test on, choices, questions. */
export function datasetArithmetic({ artifacts, store }: Dependencies) {
  return async (input: Opened<JobInput>): Promise<NodeSummary> => {
    const node = onlyNode(input.unit);
    const { train, test, choices, questions } = generateArithmetic(node.settings as unknown as Parameters<typeof generateArithmetic>[0]);
    const artifact = async (type: string, columns: Columns, rows: object[]) => {
      const shards = await artifacts.writeParquet({ columns, rows });
      return artifacts.writeManifest({ type, rows: rows.length, shards, meta: { prompt_format: 'question-answer' } });
    };
    const outputs = {
      train: await artifact('pairs', pairColumns, train),
      test: await artifact('pairs', pairColumns, test),
      choices: await artifact('choices', choiceColumns, choices),
      questions: await artifact('questions', questionColumns, questions),
    };
    const parts = input.parts[node.id] ?? {};
    return publishResult(store, { node, parts, inputs: {}, outputs, started: input.started });
  };
}
