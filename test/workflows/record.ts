import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { ApplicationFailure } from '@temporalio/activity';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { queues } from '../../plan/index.ts';
import type { Plan } from '../../plan/index.ts';
import { engine, plan } from './rig.ts';

/** Records histories of today's workflows into `test/histories/`, for replay against those of tomorrow. */
const folder = join(import.meta.dirname, '..', 'histories');
await mkdir(folder, { recursive: true });
const rig = await engine();

const whole = plan(
  {
    code: ['source/files'],
    sum: ['summarize', 'code'],
    half: ['clip', 'sum'],
    strong: ['respond', 'sum'],
    weak: ['respond', 'half'],
    pairs: ['pair', 'sum', 'strong', 'weak'],
    train: ['train/pmp', 'pairs'],
    eval: ['eval/accuracy', 'train'],
    report: ['report', 'eval'],
  },
  [['sum', 'half', 'strong', 'weak', 'pairs']],
);

async function record(name: string, input: Plan): Promise<void> {
  const handle = await rig.client.workflow.start('pipeline', { taskQueue: queues.main, workflowId: name, args: [{ plan: input }] });
  await handle.result().catch(() => {});
  await save(name, name);
}

async function save(name: string, workflowId: string): Promise<void> {
  const history = await rig.client.workflow.getHandle(workflowId).fetchHistory();
  await writeFile(join(folder, `${name}.json`), `${withoutPlace(historyToJSON(history))}\n`);
}

/** A history without the names and paths of the machine it was recorded on. */
function withoutPlace(text: string): string {
  return text
    .replaceAll(/"identity": *"[^"]*"/g, '"identity": "recorded"')
    .replaceAll(/"stackTrace": *"(?:[^"\\]|\\.)*"/g, '"stackTrace": ""')
    .replaceAll(/\d+@[\w.-]+/g, 'recorded');
}

await record('pipeline', whole);
const group = 'store/key-of-sum+half+strong+weak+pairs';
await save('group', group);
await save('shard', `${group}/0`);
await save('job', 'store/key-of-train');

rig.on.runProcess = async () => {
  throw ApplicationFailure.nonRetryable('killed', 'job-failed');
};
await record('pipeline-failed', plan({ tuned: ['train/rm'] }));
await save('job-failed', 'store/key-of-tuned');
await rig[Symbol.asyncDispose]();
