import type { Command } from 'commander';
import { join } from 'node:path';
import { createArtifacts, forgetAnswers } from '../../adapters/index.ts';
import { resultKeyOf, type RunProgress } from '../../plan/index.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { noteForgotten, type Forgotten } from '../../records/forgotten.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { exportsWith, rewriteExport, type ForgottenExport } from '../forget/exports.ts';
import { findForgotten, type ForgottenFound } from '../forget/find.ts';
import { removeFound } from '../forget/remove.ts';
import { republishSources } from '../forget/without.ts';
import { isOpen, listRuns } from '../runs/runs.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { withNotes } from '../terminal/help.ts';
import { count } from '../terminal/text.ts';

interface ForgetOptions extends CommonOptions {
  repository?: string[];
  licence?: string[];
  delete?: boolean;
}

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .option('--repository <name...>', 'texts of this repository, as the corpus names it')
    .option('--licence <name...>', 'texts under this licence, also where it is one of a list or of an SPDX expression')
    .option('--delete', 'delete; without it, only what would be deleted is shown')
    .action(forget);
}

async function forget({ repository = [], licence = [], delete: remove = false, ...options }: ForgetOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const asked: Forgotten = { repository, licence };
  if (repository.length + licence.length === 0) throw new CommandFailure('expected --repository NAME or --licence NAME', exit.usage);
  const store = await requireStore(context);
  const runs = remove ? await endedRuns(store) : [];
  const artifacts = createArtifacts(store);
  const found = await findForgotten(store, artifacts, asked);
  const exported = await exportsWith(store, artifacts, found);
  if (remove) {
    await republishSources(store, artifacts, { found, asked });
    await noteForgotten(store, asked);
    await assertNoneSince(store, runs);
  }
  const { answers, damaged } = await forgetAnswers(store, { origins: found.origins, remove });
  const kept = remove ? await rewriteExports(store, { artifacts, exported, found }) : new Map<ForgottenExport, string>();
  if (remove) await removeFound(store, found);
  if (kept.size > 0) process.exitCode = exit.failed;
  const dependents = await stepsOfRuns(store, found);
  const unread = await unreadFiles(store, [...found.damaged, ...damaged]);
  const { origins, rows, results, files } = found;
  const exports = exported.map((each) => {
    const { exported: { folder, machine = null }, rows: own, place, input } = each;
    return { folder, machine, rows: own, rewritten: place === 'here' && input !== null && !kept.has(each) };
  });
  const counts = { texts: origins.size, rows, results: results.length, files: files.size, answers };
  const unreadable = unread.map(({ path }) => path);
  if (output.json) return output.emit({ deleted: remove, ...asked, ...counts, exports, dependents, damaged: unreadable });
  output.data(`results: ${results.length}, with ${count(files.size, 'file')} of rows`);
  output.data(`paid answers: ${answers}`);
  for (const each of exported) output.data(exportLine(each, { asked, why: kept.get(each) }));
  for (const { run, steps } of dependents) output.data(`depends on it, and stays: ${steps.join(', ')} of ${run}`);
  for (const { path, next } of unread)
    output.data(`${path}: damaged, so it is not known what it holds, and it stays. ${next}`);
  const what = `${count(origins.size, 'text')} of ${[...repository, ...licence].join(', ')}`;
  const place = store.bucket ?? store.root;
  output.talk(remove ? `${what} deleted from ${place}; later runs leave them out` : `${what} can be deleted from ${place}`);
  if (!remove) output.next([[`codepmp forget ${argumentsOf(asked)} --delete`, 'deletes them, and leaves them out from now on']]);
}

/** The runs of a store as they have ended; one that has not ends the command. */
async function endedRuns(store: Store): Promise<RunProgress[]> {
  const runs = await listRuns(store);
  const open = runs.find(isOpen);
  if (open) throw new CommandFailure(`${open.run} has not ended; nothing was deleted. Stop it first: codepmp cancel ${open.run}`);
  return runs;
}

/** A run that has begun since, before it was noted what is forgotten, may have made something of it that was not found. */
async function assertNoneSince(store: Store, before: RunProgress[]): Promise<void> {
  const states = new Set(before.map(stateOf));
  const later = (await endedRuns(store)).find((run) => !states.has(stateOf(run)));
  if (later) throw new CommandFailure(`${later.run} has run meanwhile; nothing was deleted. Run the same command again`);
}

const stateOf = ({ run, started, noted }: RunProgress): string => `${run} ${started} ${noted}`;

/** Writes the exports again; returns those whose folder still has rows that have to go, each with the reason. */
async function rewriteExports(
  store: Store,
  { artifacts, exported, found }: { artifacts: Artifacts; exported: ForgottenExport[]; found: ForgottenFound },
): Promise<Map<ForgottenExport, string>> {
  const kept = new Map<ForgottenExport, string>();
  for (const each of exported) {
    const why = await rewriteExport(store, artifacts, { ...each, isGone: found.isGone });
    if (why !== null) kept.set(each, why);
  }
  return kept;
}

/** The files that cannot be read and may hold texts that have to go, and what to do with them. `damaged`: those among the others. */
async function unreadFiles(store: Store, damaged: string[]): Promise<{ path: string; next: string }[]> {
  const aside = (await store.damaged()).filter((file) => /^(blobs|ledger)\//.test(file));
  const there = damaged.filter((file) => !aside.includes(file));
  return [
    ...there.map((file) => ({ path: `${store.bucket ?? store.root}/${file}`, next: 'Run codepmp verify, then this command again' })),
    ...aside.map((file) => ({ path: join(store.root, 'damaged', file), next: 'Delete it yourself' })),
  ];
}

/** The steps that depend on what was found, by run. */
async function stepsOfRuns(store: Store, { dependents }: ForgottenFound): Promise<{ run: string; steps: string[] }[]> {
  const keys = new Set(dependents.map(({ key }) => key));
  const runs = (await listRuns(store)).map(({ run, units }) => {
    const steps = units.flatMap((unit) => unit.nodes.flatMap(({ id }) => (keys.has(resultKeyOf(unit, id) ?? '') ? [id] : [])));
    return { run, steps };
  });
  return runs.filter(({ steps }) => steps.length > 0);
}

/** What is said of an export; `why`: why its folder still has the rows. */
function exportLine(
  { exported: { folder, machine, copy }, rows, place, input }: ForgottenExport,
  { asked, why }: { asked: Forgotten; why: string | undefined },
): string {
  const said = count(rows, 'row');
  if (why !== undefined) return `${folder}: ${said}; ${why}`;
  if (place === 'here') return `${folder}: ${said}${input ? '' : '; the record of its run is gone, so delete this folder yourself'}`;
  if (place === 'deleted') return `${folder}: ${said}; it is no longer there. If you have moved it, delete it: after --delete it is not named again`;
  if (place === 'replaced')
    return `${folder}: ${said}; it stays, since its README.md does not say "This copy is \`${copy}\`". If it is the export, delete it yourself, or write that line again and run the same command`;
  const next = input
    ? `. Where it is, run: codepmp forget ${argumentsOf(asked)} --delete`
    : ', and the record of its run is gone: delete this folder yourself';
  return `${folder} on ${machine ?? 'another machine'}: ${said}; it is not found from here${next}`;
}

function argumentsOf({ repository, licence }: Forgotten): string {
  const quoted = (option: string, names: string[]): string[] => (names.length === 0 ? [] : [option, ...names.map((name) => `'${name}'`)]);
  return [...quoted('--repository', repository), ...quoted('--licence', licence)].join(' ');
}

const help =
  'Deletes everything that was made from the texts of a repository or under a licence: their rows in every step, the paid answers about ' +
  'them, and their rows in exported folders. Later runs leave them out, and make what is missing again from the answers of the others. ' +
  'A text that another repository has as well stays there. An exported folder that is not found on this machine is named until the same ' +
  'command has run where it is. Damaged files, which may hold such texts, are named and stay: run codepmp verify first, since a file of ' +
  'rows whose first bytes are damaged is not known as one here. Checkpoints, metrics and reports that depend on the texts are named and ' +
  'stay: delete them with codepmp rm and gc. No run may be in progress.';
