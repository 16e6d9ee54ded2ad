import type { Command } from 'commander';
import { Option } from 'commander';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { createArtifacts } from '../../adapters/index.ts';
import type { ParamValues } from '../../plan/index.ts';
import type { Store } from '../../ports/store.ts';
import { noteExport } from '../../records/exports.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { partsOf, writeDataSet } from '../export/data-set.ts';
import { eventFile } from '../export/event-file.ts';
import { copyShard, newFolder } from '../export/folder.ts';
import { exportFormats, isParquet, type ExportedPart, type ExportFormat } from '../export/parts.ts';
import { collectCell } from '../runs/cells.ts';
import { readCurve } from '../runs/curve.ts';
import { pickRun, planOfRun } from '../runs/runs.ts';
import { findStep, isFolder, type StepOfRun } from '../runs/step-output.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { withNotes } from '../terminal/help.ts';
import { count } from '../terminal/text.ts';

interface ExportOptions extends CommonOptions {
  run?: string;
  cell?: ParamValues;
  format: ExportFormat | 'tensorboard';
}

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .argument('<step>', 'the step, or STEP.OUTPUT for one of several outputs')
    .argument('<folder>', 'the new folder')
    .option('--run <run>', 'the run (default: the newest)')
    .option('--cell <name=value>', 'if the step has several nodes: the values of its cell; repeatable', collectCell)
    .addOption(new Option('--format <format>', 'of the rows; tensorboard: the curves of a training').choices([...exportFormats, 'tensorboard']).default('huggingface'))
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
  const folder = resolve(context.folder, given);
  if (format === 'tensorboard') return exportCurve(context, { store, step, address, run: record.run, folder });
  const parts = await partsOf(createArtifacts(store), { step, asked, run: record.run });
  const [first] = parts;
  const isCheckpoint = first !== undefined && isFolder(first.manifest);
  if (first && !isCheckpoint && format === 'huggingface' && !isParquet(first.manifest))
    throw new CommandFailure(`the rows of ${address} (${first.manifest.type}) are not in parquet. Use --format jsonl`);
  const copy = randomBytes(8).toString('hex');
  await newFolder(folder, async (made) => {
    if (isCheckpoint) for (const shard of first.manifest.shards) await copyShard(store, shard, join(made, shard.name ?? shard.digest));
    else await writeDataSet(store, made, { run: record.run, plan, node: step.node, format, parts, copy });
  });
  const [artifacts, splits] = [parts.map(({ artifact }) => artifact), parts.map(({ split }) => split)];
  const made = { run: record.run, step: address, node: step.node.id, format, artifacts, splits };
  await noteExport(store, { folder, machine: hostname(), copy, ...made });
  const rows = parts.reduce((sum, { manifest }) => sum + manifest.rows, 0);
  if (output.json) return output.emit({ run: record.run, step: address, folder, parts: parts.map(summaryOfPart) });
  output.data(folder);
  output.talk(isCheckpoint ? `${count(first.manifest.shards.length, 'file')} of ${address}` : `${count(rows, 'row')} of ${address}`);
}

/** Writes what a training has measured, as far as it is, into a folder for TensorBoard. */
async function exportCurve(
  { output }: Context,
  { store, step, address, run, folder }: { store: Store; step: StepOfRun; address: string; run: string; folder: string },
): Promise<void> {
  const { node, unit, result } = step;
  const [trained] = Object.keys(node.outputs).filter((name) => node.outputs[name] === 'checkpoint');
  if (trained === undefined) throw new CommandFailure(`${node.id} (${node.kind}) is no training and has no curves`);
  const artifact = result?.outputs[trained];
  const manifest = artifact === undefined ? null : await createArtifacts(store).readManifest(artifact);
  const curve = await readCurve(store, { manifest, key: unit.key ?? '' });
  if (curve.length === 0) throw new CommandFailure(`${node.id} has made no step yet. See codepmp status ${run}`);
  await newFolder(folder, (made) => writeFile(join(made, 'events.out.tfevents.0.codepmp'), eventFile(curve)));
  if (output.json) return output.emit({ run, step: address, folder, steps: curve.length });
  output.data(folder);
  output.talk(`${count(curve.length, 'training step')} of ${address}`);
}

function summaryOfPart({ split, artifact, manifest }: ExportedPart): object {
  return { split, artifact, rows: manifest.rows };
}

const help =
  'Writes the rows of a step, for example its pairs, into a new folder that datasets.load_dataset of Hugging Face reads: parquet or JSON ' +
  'Lines, and a data card with the steps, models, licences and repositories they come from. Each row keeps its origin. A step with ' +
  'several outputs of pairs becomes a data set with several splits. A checkpoint is exported as the folder that from_pretrained reads. ' +
  'With --format tensorboard, what a training has measured so far becomes a folder that tensorboard --logdir shows; folders of several ' +
  'trainings beside each other are compared.';
