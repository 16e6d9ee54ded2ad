import { basename } from 'node:path';
import type { Command } from 'commander';
import { verifyFiles } from '../../adapters/index.ts';
import { completeHeld, mendHeld } from '../../records/held.ts';
import { mendRound } from '../../records/rounds.ts';
import { keepRecord } from '../../records/run.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { exit } from '../terminal/failure.ts';
import { withNotes } from '../terminal/help.ts';
import { bytes, count } from '../terminal/text.ts';
import { runsWith, setIncompleteAside, withChecked } from '../verify/incomplete.ts';

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help).action(verify);
}

async function verify(options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  process.removeAllListeners('warning'); // what is set aside is printed as data
  const damaged: { file: string; damage: string }[] = [];
  const checked = { files: 0, bytes: 0 };
  const sound = new Set<string>();
  const mend = async (file: string): Promise<string | null> =>
    (await mendRound(store, file)) ?? (await mendHeld(store, file)) ?? keepRecord(file);
  for await (const { file, bytes: size, damage } of verifyFiles(store, mend)) {
    checked.files += 1;
    checked.bytes += size;
    if (damage === null) {
      if (file.startsWith('blobs/')) sound.add(basename(file));
      continue;
    }
    damaged.push({ file, damage });
    if (!output.json) output.data(`${file}: ${damage}`);
  }
  const completed = await completeHeld(store);
  const incomplete = await setIncompleteAside(withChecked(store, sound));
  const runs = await runsWith(store, new Set(incomplete.map(({ key }) => key)));
  if (damaged.length + completed.length + incomplete.length > 0) process.exitCode = exit.failed;
  if (output.json) return output.emit({ checked, damaged: [...damaged, ...completed], incomplete, runs });
  for (const { file, damage } of completed) output.data(`${file}: ${damage}`);
  for (const { key, kind } of incomplete) output.data(`names/results/${key}: a file of this result of ${kind} is missing; it is made again`);
  const found = damaged.length === 0 ? 'none is damaged' : `${damaged.length} of them damaged`;
  output.talk(`${count(checked.files, 'file')} with ${bytes(checked.bytes)} checked in ${store.bucket ?? store.root}: ${found}`);
  const [newest] = runs;
  if (newest !== undefined) output.next([[`codepmp resume ${newest}`, 'makes what is missing again, from the paid answers where it can']]);
}

const help =
  'Reads every file of the store. A damaged file is named and moved to the folder damaged, so that the next run that needs it makes it ' +
  'again; of a damaged file of the ledger, the answers that can be read are kept in a new file. Notes of what is forgotten, exported or ' +
  'refreshed are written again from their copies. A damaged record of a run stays, and gc deletes nothing until it is restored or deleted. ' +
  'Checkpoints in jobs are not checked: a training checks its own. The exit code is 1 if something is damaged or missing.';
