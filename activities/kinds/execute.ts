import { Context } from '@temporalio/activity';
import type { Json } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import type { TestRun } from '../../ports/sandbox.ts';
import type { Dependencies } from '../dependencies.ts';
import type { OriginRow } from '../group/slices.ts';
import type { ChunkWork } from '../group/work.ts';
import type { ChunkOf, MapKind } from './kind.ts';

/** Runs the answers of a chunk with the tests of the same prompts. What was not to be kept leaves a row that says why. */
export const execute: MapKind<'execute'> = {
  shape: 'map',
  work: executeChunk,
};

async function executeChunk({ sandbox }: Dependencies, { node, rows, meter }: ChunkOf<'execute'>): Promise<ChunkWork> {
  const obstacle = await sandbox.obstacle();
  if (obstacle !== null) throw classified('invalid', `${node.id}: ${obstacle}`);
  const { keep, ...limits } = node.settings;
  const signal = Context.current().cancellationSignal;
  const [languages, tests] = [rows.prompts, rows.tests].map((each) => new Map(each.map((row) => [placeOfRow(row), row])));
  const judge = async (row: OriginRow): Promise<{ status: Json | undefined; tests_passed?: number }> => {
    const test = tests?.get(placeOfRow(row));
    if (row['status'] !== 'ok') return { status: row['status'] };
    if (languages?.get(placeOfRow(row))?.['language'] !== 'Python') return { status: 'not-python' };
    if (test?.['status'] !== 'ok') return { status: 'no-tests' };
    const outcome = await sandbox.run({ ...limits, code: String(row['code']), tests: String(test['code']) }, signal);
    return { status: statusOfRun(outcome, keep), ...(keep === 'all' && { tests_passed: sharePassed(outcome) }) };
  };
  const judged = rows.answers.map(async (row) => {
    const verdict = await judge(row);
    meter.add(node.id, 1);
    return { ...row, ...verdict } as OriginRow;
  });
  return { rows: await Promise.all(judged) };
}

function placeOfRow({ origin, ordinal }: OriginRow): string {
  return `${origin} ${ordinal}`;
}

/** What keeps the tests from being counted, whatever the answer is. */
const saysNothing = ['no-tests', 'broken-tests', 'no-verdict'];

function statusOfRun(outcome: TestRun, keep: 'passed' | 'failed' | 'all'): string {
  if ('failure' in outcome && saysNothing.includes(outcome.failure)) return outcome.failure;
  const result = 'failure' in outcome ? outcome.failure : outcome.passed === outcome.of ? 'passed' : 'failed';
  const isKept = keep === 'all' || (keep === 'passed') === (result === 'passed');
  return isKept ? 'ok' : `tests-${result}`;
}

/** The share of its tests that an answer passes; one that does not end or start passes none. */
function sharePassed(outcome: TestRun): number {
  return 'failure' in outcome ? 0 : outcome.passed / outcome.of;
}
