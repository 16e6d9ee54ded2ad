import type { Command } from 'commander';
import { createArtifacts } from '../../adapters/index.ts';
import { titleOf, type Plan } from '../../plan/index.ts';
import { comparePlans, isEqualPlan, type PlanDifference } from '../compare/plans.ts';
import type { SpecPlaces } from '../compare/change-words.ts';
import { existingStore, openContext, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { contentChanges, diffLines, ownChanges, type Differences } from '../diff/lines.ts';
import { diffJson } from '../diff/json.ts';
import { measuredPairs, type MeasuredPair } from '../diff/results.ts';
import { withPipelineOptions, type PipelineOptions } from '../pipeline/options.ts';
import { openSide, type Side } from '../compare/side.ts';
import { isFile } from '../pipeline/run-or-file.ts';
import { count, textColumns } from '../terminal/text.ts';
import { plainLine, signed, wrap } from '../../text/index.ts';
import { withNotes } from '../terminal/help.ts';

export function define(command: Command): void {
  withNotes(withPipelineOptions(withCommonOptions(command)), help)
    .argument('<before>', 'a run, or a pipeline file')
    .argument('<after>', 'the run or file to compare it with')
    .action(diff);
}

async function diff(before: string, after: string, options: CommonOptions & PipelineOptions): Promise<void> {
  const context = openContext(options, [after, before].find(isFile));
  const sides = { before: await openSide(context, before, options), after: await openSide(context, after, options) };
  const found = await differencesOf(context, sides);
  if (context.output.json) return context.output.emit(diffJson(found, sides));
  context.output.data(plainLine(sentenceOfDifferences(found)));
  for (const line of diffLines(found).flatMap((each) => wrap(plainLine(each), textColumns, { hang: 2 }))) context.output.data(line);
}

async function differencesOf(context: Context, { before, after }: { before: Side; after: Side }): Promise<Differences> {
  const plan = comparePlans(before.view.plan, after.view.plan);
  const names =
    before.name === after.name ? { before: `${before.name} (before)`, after: after.name } : { before: before.name, after: after.name };
  const sides = { before, after };
  const places = before.kind === 'file' && after.kind === 'run' ? placesBefore(before.places) : after.places;
  return {
    ...names,
    plan,
    contents: await contentsOf(plan, sides),
    measured: await measuredPairsIn(context, plan, sides),
    outcomes: outcomesOf(before, after),
    places,
  };
}

/** Claims with a different outcome in the two runs. */
function outcomesOf(before: Side, after: Side): Differences['outcomes'] {
  if (before.kind === 'file' || after.kind === 'file') return [];
  const old = new Map((before.progress.claims ?? []).map(({ id, outcome }) => [id, outcome]));
  const both = (after.progress.claims ?? []).flatMap(({ id, outcome }) =>
    old.has(id) ? [{ id, before: old.get(id) ?? '', after: outcome }] : [],
  );
  return both.filter((each) => each.before !== each.after);
}

/** Between a file and a run, line numbers are those of the file: it is what the user has open. */
function placesBefore(places: SpecPlaces): SpecPlaces {
  return { ...places, of: (node, { path, before }) => places.of(node, { path, ...(before !== undefined && { after: before }) }) };
}

/** Nodes whose inputs or outputs differ. A file has not been run, so the content of its sources is unknown. */
async function contentsOf({ pairs }: PlanDifference, { before, after }: { before: Side; after: Side }): Promise<Differences['contents']> {
  const contents: Differences['contents'] = [];
  if (before.kind === 'file' || after.kind === 'file') return contents;
  for (const pair of pairs) {
    const [old, now] = [await before.view.resultOf(pair.before.id), await after.view.resultOf(pair.after.id)];
    const changes = old && now && old.key !== now.key ? contentChanges(old, now) : [];
    if (changes.length > 0) contents.push({ pair, changes });
  }
  return contents;
}

async function measuredPairsIn(
  context: Context,
  { pairs, added, removed }: PlanDifference,
  { before, after }: { before: Side; after: Side },
): Promise<MeasuredPair[]> {
  const store = await existingStore(context);
  if (!store) return [];
  const nodes = [
    ...pairs.map((pair) => ({ before: pair.before, after: pair.after })),
    ...added.map((node) => ({ after: node })),
    ...removed.map((node) => ({ before: node })),
  ];
  return measuredPairs(nodes, { store, artifacts: createArtifacts(store), before: before.view, after: after.view });
}

/** One sentence that can be read alone. */
function sentenceOfDifferences(found: Differences): string {
  const { before, after, plan, measured, outcomes } = found;
  const contents = found.contents.filter(({ pair }) => pair.isSame);
  const differing = measured.filter(({ isSame }) => !isSame);
  const results = measured.length === 0 ? 'no results to compare' : 'equal results';
  if (isEqualPlan(plan) && contents.length + outcomes.length === 0 && differing.length === 0)
    return `${before} and ${after} are the same: ${nodeCount(plan.pairs.map((pair) => pair.after))}, ${results}`;
  const changes = [...ownChanges(found)].map(
    ([text, nodes]) => `${[...new Set(nodes.map(({ step }) => step))].slice(0, 3).join(', ')}: ${text}`,
  );
  const parts = [
    changes.length === 1 ? changes[0] : changes.length > 0 && `${changes.length} changed settings`,
    plan.added.length > 0 && `${count(plan.added.length, 'node')} added`,
    plan.removed.length > 0 && `${count(plan.removed.length, 'node')} removed`,
    contents.length > 0 && changes.length === 0 && 'the same settings, with different inputs',
    ...outcomes.slice(0, 1).map((each) => `${each.id} ${each.before} → ${each.after}`),
    ...differing.slice(0, 1).map((each) => (each.paired ? `${titleOf(each.node)} ${signed(each.paired.difference)}` : null)),
  ].filter((part) => typeof part === 'string');
  return `${before} → ${after}: ${parts.join('; ') || 'different params, but the same work'}`;
}

function nodeCount(nodes: Plan['nodes']): string {
  return count(nodes.length, 'node');
}

const help =
  'Compares settings, models, inputs, cells, claims and results. Options for params and cells apply to files. The exit code is 0 ' +
  'even if the two differ.';
