import type { Command } from 'commander';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { collectUnused } from '../gc/collect.ts';
import { isOpen, listRuns } from '../runs/runs.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { withNotes } from '../terminal/help.ts';
import { bytes, count } from '../terminal/text.ts';

interface GcOptions extends CommonOptions {
  delete?: boolean;
  keep: number;
}

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .option('--delete', 'delete; without it, only what would be deleted is shown')
    .option('--keep <hours>', 'keep what was written or used in the last so many hours', hoursOf, 24)
    .action(collect);
}

async function collect({ delete: remove = false, keep, ...options }: GcOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  const [oldest] = (await listRuns(store)).filter(isOpen).toReversed();
  const skew = store.bucket === null ? 0 : clockSkew;
  const before = Math.min(Date.now() - keep * 3_600_000, oldest?.started ?? Infinity) - skew;
  const sorts = await collectUnused({ store, before, remove });
  const files = sorts.reduce((sum, each) => sum + each.files, 0);
  const size = sorts.reduce((sum, each) => sum + each.bytes, 0);
  if (output.json) return output.emit({ deleted: remove, before, files, bytes: size, sorts, open: oldest?.run ?? null });
  for (const each of sorts) output.data(`${each.sort}: ${count(each.files, 'file')}, ${bytes(each.bytes)}`);
  output.talk(`${count(files, 'file')} with ${bytes(size)} ${remove ? 'deleted from' : 'can be deleted from'} ${store.bucket ?? store.root}`);
  if (oldest) output.talk(`What is newer than the start of ${oldest.run} stays, because that run has not ended`);
  if (files > 0 && !remove) output.next([[`codepmp gc --delete${keep === 24 ? '' : ` --keep ${keep}`}`, 'deletes it']]);
}

/** Milliseconds by which the clocks of the machines and of the server of a bucket may differ. */
const clockSkew = 5 * 60_000;

function hoursOf(text: string): number {
  const hours = Number(text);
  if (text.trim() !== '' && Number.isFinite(hours) && hours >= 0) return hours;
  throw new CommandFailure(`--keep ${text}: expected a number of hours, for example 24`, exit.usage);
}

const help =
  'Deletes results that no run has made or used any longer, with their files and those of their processes, and what cleaning and ' +
  'reading GitHub keep while they work. To free the space of a run, delete its record first (codepmp rm). What other runs, exports or ' +
  'refreshed sources need stays, and so do all paid answers. Runs may be in progress, and gc may be stopped at any time.';
