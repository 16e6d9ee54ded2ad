import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Store } from '../../ports/store.ts';
import { compile, compileGuarded, readBounded } from '../../compile/index.ts';
import { isMade, skippedIn, standingOf, titleOf } from '../../plan/index.ts';
import type { ParamValues, PipelineInput, PipelineSettings, Plan, RunProgress, UnitProgress } from '../../plan/index.ts';
import { comparePlans, isEqualPlan } from '../compare/plans.ts';
import { cellText } from '../runs/cells.ts';
import { specPlaces } from '../compare/change-words.ts';
import type { Context } from '../context.ts';
import { diffLines } from './lines.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { nodesOfStep, pickNode } from '../runs/pick-node.ts';
import { basesOnDisk, readPipeline, requirePlan } from '../pipeline/file.ts';
import { readSubmission, type Submission } from '../../records/submission.ts';
import { planOfRun } from '../runs/runs.ts';
import { count, shellWord } from '../terminal/text.ts';

export interface ResumptionOptions {
  /** A file to run instead of the one the run was started from. */
  file?: string | undefined;
  /** Only steps that failed or did not finish. */
  failed?: boolean;
  /** Steps, or ids of nodes, to rerun. */
  from?: string[];
  /** Only cells with these values. */
  cell?: ParamValues;
}

/** A run to be started after an earlier one. */
interface Resumption {
  plan: Plan;
  input: Omit<PipelineInput, 'plan'>;
  settings: PipelineSettings;
  /** Messages printed before it starts. */
  lines: string[];
  /** Ids of the earlier run's unfinished nodes. */
  left: string[];
}

/**
 * Prepares a resumption of an earlier run, with the file it was started from or another one. Differences between the
 * two, or between the run and its file as it is now, are printed first. Ends the command if the run cannot be resumed.
 */
export async function prepareResumption(
  context: Context,
  { store, record }: { store: Store; record: RunProgress },
  options: ResumptionOptions,
): Promise<Resumption> {
  const submission = await readSubmission(store, record);
  const before = submission && (await planOfRun(store, record));
  if (!submission || !before)
    throw new CommandFailure(
      `${record.run} ended before its file was compiled, so there is nothing to resume. Run the file: codepmp run FILE`,
    );
  if (options.failed && options.from)
    throw new CommandFailure('--failed keeps finished steps and --from reruns them: use one of the two', exit.usage);
  const { cell, file } = options;
  const work =
    file === undefined ? await asItWas(context, submission, { before, cell }) : edited(context, submission, { path: file, cell });
  const whole = cell && file !== undefined ? edited(context, submission, { path: file }).plan : work.plan;
  const difference =
    file === undefined
      ? sinceThen(context, submission, { run: record.run, before })
      : planDifference(context, { run: record.run, before, after: whole, path: work.input.file ?? file, text: String(work.input.spec) });
  const again = (options.from ?? []).flatMap((step) => nodesCalled(work.plan, step));
  const left = leftIn(record);
  return {
    ...work,
    settings: { ...work.settings, ...(again.length > 0 && { again: again.map(({ id }) => id) }) },
    lines: [...difference, ...(options.failed ? leftLines(record, before, left) : []), ...againLines(again.map(titleOf))],
    left: left.flatMap((unit) => unit.nodes.map(({ id }) => id).filter((id) => !isMade(standingOf(unit, id).state))),
  };
}

type ResumedWork = Pick<Resumption, 'plan' | 'input' | 'settings'>;

/** The file as submitted, with the values and the cells chosen then. */
async function asItWas(
  context: Context,
  { run, spec, file, files, set, sweeps, cell: earlier, sample }: Submission,
  { before, cell }: { before: Plan; cell: ParamValues | undefined },
): Promise<ResumedWork> {
  if (spec === null) {
    if (cell)
      throw new CommandFailure(
        `${run} was started from a saved plan, whose cells are fixed; --cell cannot change them. Make another plan: codepmp plan FILE --cell ${cellText(cell)} --out FILE.json`,
        exit.usage,
      );
    return { plan: before, input: { file }, settings: {} };
  }
  const cells = earlier || cell ? { cell: { ...earlier, ...cell } } : {};
  const settings = { sweeps, ...cells, sample };
  const compiled = await compileGuarded({ source: spec, file, files, set, ...settings, config: context.config });
  return { plan: requirePlan(context, { file, compiled }), input: { spec, set, file, files }, settings };
}

/** Another file with the same values and choices. */
function edited(
  context: Context,
  { set, sweeps, cell: earlier, sample }: Submission,
  { path, cell }: { path: string; cell?: ParamValues | undefined },
): ResumedWork {
  const cells = earlier || cell ? { cell: { ...earlier, ...cell } } : {};
  const chosen = sweeps?.length === 0 ? { sweeps: false } : { sweep: sweeps };
  const pipeline = readPipeline(context, path, { set, ...chosen, ...cells, sample });
  return { plan: requirePlan(context, pipeline), input: pipeline.input, settings: pipeline.settings };
}

function planDifference(
  context: Context,
  { run, before, after, path, text }: { run: string; before: Plan; after: Plan; path: string; text: string },
): string[] {
  const plan = comparePlans(before, after);
  if (isEqualPlan(plan)) return [`${path} gives the same plan as in ${run}`];
  const places = specPlaces({ file: path, text, bases: basesOnDisk(context), set: {} });
  return [`${run} → ${path}`, ...diffLines({ before: run, after: path, plan, contents: [], measured: [], outcomes: [], places }), ''];
}

/** What has changed in the file since the run was started; empty if nothing has, or the file no longer exists. */
function sinceThen(context: Context, submission: Submission, { run, before }: { run: string; before: Plan }): string[] {
  const { file, spec } = submission;
  const asWas = `${file} as it was in ${run}`;
  const path = resolve(context.folder, file);
  if (spec === null || !statSync(path, { throwIfNoEntry: false })?.isFile()) return [asWas];
  const { set, sweeps, cell, sample } = submission;
  const source = readBounded(path);
  const now = compile({ source, file, set, sweeps, cell, sample, bases: basesOnDisk(context), config: context.config });
  const instead = `To run it as it is now: codepmp resume ${run} ${shellWord(file)}`;
  if (!now.plan) return [asWas, `${file} has changed since and is no longer valid. ${instead}`];
  if (isEqualPlan(comparePlans(before, now.plan))) return [asWas];
  return [
    `${asWas}; it has changed since:`,
    ...planDifference(context, { run, before, after: now.plan, path: file, text: new TextDecoder().decode(source) }),
    instead,
  ];
}

/** The nodes of a step, or the one node of an address. Throws where there is none. */
export function nodesCalled(plan: Plan, name: string): Plan['nodes'] {
  const nodes = nodesOfStep(plan, name);
  return nodes.length > 0 ? nodes : [pickNode(plan, { address: name })];
}

function leftIn({ units }: RunProgress): UnitProgress[] {
  return units.filter((unit) => !isMade(unit.state) || skippedIn(unit).length > 0);
}

/** Unfinished steps with their states; several nodes of a step are counted. */
function leftLines({ run }: RunProgress, plan: Plan, left: UnitProgress[]): string[] {
  const byId = new Map(plan.nodes.map((node) => [node.id, node]));
  const groups = new Map<string, { title: string; state: string; nodes: number }>();
  for (const unit of left)
    for (const { id } of unit.nodes) {
      const node = byId.get(id);
      const { state } = standingOf(unit, id);
      if (isMade(state)) continue;
      const { failure } = unit;
      const shown = state === 'failed' && failure ? `failed (${failure.class})` : state;
      const key = `${node?.step ?? id} ${shown}`;
      const group = groups.get(key) ?? { title: node ? titleOf(node) : id, state: shown, nodes: 0 };
      groups.set(key, { ...group, title: group.nodes === 0 ? group.title : (node?.step ?? id), nodes: group.nodes + 1 });
    }
  const rows = [...groups.values()];
  const number = rows.reduce((sum, { nodes }) => sum + nodes, 0);
  if (number === 0) return [`${run} finished every step`];
  const lines = rows
    .slice(0, shownSteps)
    .map(({ title, state, nodes }) => `  ${title}: ${nodes === 1 ? state : `${nodes} nodes ${state}`}`);
  return [
    `${count(number, 'node')} of ${plan.nodes.length} left to run:`,
    ...lines,
    ...(rows.length > shownSteps ? [`  and ${rows.length - shownSteps} more`] : []),
  ];
}

const shownSteps = 12;

function againLines(titles: string[]): string[] {
  if (titles.length === 0) return [];
  const names = titles.length <= 4 ? titles.join(', ') : `${titles.slice(0, 4).join(', ')} and ${titles.length - 4} more`;
  return [`rerunning ${names}; later steps run if their inputs change`];
}
