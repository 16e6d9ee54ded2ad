import type { Command } from 'commander';
import { Option } from 'commander';
import { join, resolve } from 'node:path';
import { createArtifacts } from '../../adapters/index.ts';
import type { ParamValues } from '../../plan/index.ts';
import { noteExport } from '../../records/exports.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { partsOf, writeDataSet } from '../export/data-set.ts';
import { copyShard, newFolder } from '../export/folder.ts';
import { exportFormats, isParquet, type ExportedPart, type ExportFormat } from '../export/parts.ts';
import { collectCell } from '../runs/cells.ts';
import { pickRun, planOfRun } from '../runs/runs.ts';
import { findStep, isFolder } from '../runs/step-output.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { withNotes } from '../terminal/help.ts';
import { count } from '../terminal/text.ts';

interface ExportOptions extends CommonOptions {
  run?: string;
  cell?: ParamValues;
  format: ExportFormat;
}

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .argument('<step>', 'the step, or STEP.OUTPUT for one of several outputs')
    .argument('<folder>', 'the new folder')
    .option('--run <run>', 'the run (default: the newest)')
    .option('--cell <name=value>', 'if the step has several nodes: the values of its cell; repeatable', collectCell)
    .addOption(new Option('--format <format>', 'of the rows').choices(exportFormats).default('huggingface'))
    .action(exportStep);
}

async function exportStep(address: string, given: string, options: ExportOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const { format } = options;
  const store = await requireStore(context);
  const record = await pickRun(store, options.run);
  const plan = await planOfRun(store, record);
  if (!plan) throw new CommandFailure(`${record.run} has no plan. See codepmp status ${record.run}`);
  const [name = '', asked] = address.split('.');
  const step = await findStep(store, { plan, progress: record, step: name, values: options.cell ?? {} });
  const parts = await partsOf(createArtifacts(store), { step, asked, run: record.run });
  const [first] = parts;
  const isCheckpoint = first !== undefined && isFolder(first.manifest);
  if (first && !isCheckpoint && format === 'huggingface' && !isParquet(first.manifest))
    throw new CommandFailure(`the rows of ${address} (${first.manifest.type}) are not in parquet. Use --format jsonl`);
  const folder = resolve(context.folder, given);
  await newFolder(folder, async (made) => {
    if (isCheckpoint) for (const shard of first.manifest.shards) await copyShard(store, shard, join(made, shard.name ?? shard.digest));
    else await writeDataSet(store, made, { run: record.run, plan, node: step.node, format, parts });
  });
  const [artifacts, splits] = [parts.map(({ artifact }) => artifact), parts.map(({ split }) => split)];
  await noteExport(store, { folder, run: record.run, step: address, node: step.node.id, format, artifacts, splits });
  const rows = parts.reduce((sum, { manifest }) => sum + manifest.rows, 0);
  if (output.json) return output.emit({ run: record.run, step: address, folder, parts: parts.map(summaryOfPart) });
  output.data(folder);
  output.talk(isCheckpoint ? `${count(first.manifest.shards.length, 'file')} of ${address}` : `${count(rows, 'row')} of ${address}`);
}

function summaryOfPart({ split, artifact, manifest }: ExportedPart): object {
  return { split, artifact, rows: manifest.rows };
}

const help =
  'Writes the rows of a step, for example its pairs, into a new folder that datasets.load_dataset of Hugging Face reads: parquet or JSON ' +
  'Lines, and a data card with the steps, models, licences and repositories they come from. Each row keeps its origin. A step with ' +
  'several outputs of pairs becomes a data set with several splits. A checkpoint is exported as the folder that from_pretrained reads.';
