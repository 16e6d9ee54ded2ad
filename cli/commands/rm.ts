import type { Command } from 'commander';
import { createInterface, type Interface } from 'node:readline/promises';
import type { Store } from '../../ports/store.ts';
import { createArtifacts, removeRun } from '../../adapters/index.ts';
import { resultKeyOf, type RunProgress } from '../../plan/index.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { inParts } from '../runs/in-parts.ts';
import { refreshed } from '../runs/refresh.ts';
import { isOpen, pickRun } from '../runs/runs.ts';
import { connectIfRunning, isServed } from '../runs/server.ts';
import { readResult } from '../../records/results.ts';
import { bytes, count } from '../terminal/text.ts';

interface RmOptions extends CommonOptions {
  yes?: boolean;
  force?: boolean;
}

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .argument('<run...>', 'the runs')
    .option('-y, --yes', 'do not ask')
    .option('--force', 'also delete unfinished runs whose server no longer exists')
    .action(remove);
}

async function remove(names: string[], options: RmOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  const runs = new Map<string, RunProgress>();
  for (const name of names) {
    const record = await pickRun(store, name);
    runs.set(record.run, record);
  }
  await assertOver(context, store, { records: [...runs.values()], force: options.force ?? false });
  const kept = await weighResults(store, [...runs.values()]);
  const stays = `The results of their steps stay in the store for other runs: ${count(kept.results, 'result')}, ${bytes(kept.bytes)}`;
  if (!options.yes) await askFirst(context, [...runs.keys()], stays);
  for (const run of runs.keys()) await removeRun(store, run);
  if (output.json) return output.emit({ removed: [...runs.keys()], kept });
  for (const run of runs.keys()) output.talk(`${run} is deleted`);
  output.talk(stays);
}

/** An unfinished run would write its record again. */
async function assertOver(context: Context, store: Store, { records, force }: { records: RunProgress[]; force: boolean }): Promise<void> {
  await using server = records.some(isOpen) ? await connectIfRunning(context) : null;
  for (const record of records) {
    const { run, status } = await refreshed(record, store, { server, isServed: isServed(context) });
    if ((!isOpen({ status }) && status !== 'interrupted') || (!server && force)) continue;
    if (server) throw new CommandFailure(`${run} is ${status}; nothing was deleted. Stop it first: codepmp cancel ${run}`);
    throw new CommandFailure(
      `${run} has not ended: no server is running it now, but it continues when one is started. Stop it: codepmp cancel ${run}; or if its server no longer exists: codepmp rm --force ${run}`,
    );
  }
}

async function askFirst({ output }: Context, runs: string[], stays: string): Promise<void> {
  const what = runs.length === 1 ? 'the record and the report of' : 'the records and the reports of';
  if (output.json || !process.stdin.isTTY)
    throw new CommandFailure(
      `rm asks before it deletes, and this is not a terminal. Use --yes to delete ${what} ${runs.join(', ')}`,
      exit.usage,
    );
  output.talk(`This deletes ${what}`);
  for (const run of runs) output.talk(`  ${run}`);
  output.talk(stays);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await askAtTerminal(prompt, 'Delete? [y/N] ');
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure('nothing was deleted', exit.done);
  } finally {
    prompt.close();
  }
}

/** The answer; Ctrl-C and the end of the input count as no answer. */
async function askAtTerminal(prompt: Interface, question: string): Promise<string> {
  const ended = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
  return Promise.race([prompt.question(question).catch(() => ''), ended]);
}

/** How many distinct results the runs refer to, and their size in bytes. */
async function weighResults(store: Store, records: RunProgress[]): Promise<{ results: number; bytes: number }> {
  const artifacts = createArtifacts(store);
  const units = records.flatMap((record) => record.units);
  const keys = new Set(units.flatMap((unit) => unit.nodes.flatMap(({ id }) => resultKeyOf(unit, id) ?? [])));
  const sizes = new Map<string, number>();
  let results = 0;
  const weigh = async (key: string): Promise<void> => {
    const result = await readResult(store, key);
    if (!result) return;
    results += 1;
    for (const digest of Object.values(result.outputs)) {
      const shards = await artifacts.readManifest(digest).then((manifest) => manifest.shards, () => []);
      for (const shard of shards) sizes.set(shard.digest, shard.bytes);
    }
  };
  await inParts([...keys], weigh);
  return { results, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
}

const help =
  'Deletes the pipeline a run was started from, its status and its report. The results of its steps stay in the store, where other ' +
  'runs reuse them.';
