import { labelOf, titleOf, type InputRef, type JsonObject, type NodeResult, type PlanCell, type PlanNode } from '../../plan/index.ts';
import { compareJson, type ValueChange } from '../compare/compare.ts';
import { listedNodes } from '../compare/nodes.ts';
import type { NodePair, PlanDifference } from '../compare/plans.ts';
import { allChangeWords, changeText, showValue, type SpecPlaces } from '../compare/change-words.ts';
import { measuredLines, type MeasuredPair } from './results.ts';
import type { Titles } from '../runs/runs.ts';
import { count, textColumns } from '../terminal/text.ts';
import { fit } from '../../text/index.ts';

/** All differences between two sides. */
export interface Differences {
  before: string;
  after: string;
  plan: PlanDifference;
  /** Digests of inputs, outputs and source files that differ between two runs. */
  contents: { pair: NodePair; changes: ValueChange[] }[];
  measured: MeasuredPair[];
  /** Claims of both sides whose outcome differs. */
  outcomes: { id: string; before: string; after: string }[];
  places: SpecPlaces;
}

/** How many lines of a section are shown; --json has all. */
const shown = 20;

/** The differences as text: a section for each sort of difference that occurs. */
export function diffLines(found: Differences): string[] {
  const { plan } = found;
  return [
    ...section(
      'params',
      plan.params.map((change) => `  ${change.path.join('.')} ${showValue(change.before)} → ${showValue(change.after)}`),
    ),
    ...section('settings', settingLines(found)),
    ...section('steps', stepChangeLines(plan)),
    ...section('cells', cellLines(plan)),
    ...section('claims', claimChangeLines(found)),
    ...section(
      'budget',
      plan.budget.map(({ path, before, after }) => `  ${path.join('.')} ${showValue(before)} → ${showValue(after)}`),
    ),
    ...section('different inputs', contentLines(found)),
    ...section('results', resultLines(found), shown * 3),
  ];
}

/** Nodes that differ only because their inputs do. */
export function belowOf({ pairs }: PlanDifference): NodePair[] {
  return pairs.filter(({ isSame, changes, wiring }) => !isSame && changes.length + wiring.length === 0);
}

/** Nodes' own changes in words; nodes with the same change are named together. */
export function ownChanges({ plan, places }: Pick<Differences, 'plan' | 'places'>): Map<string, PlanNode[]> {
  const titles = titlesIn(plan);
  const texts = plan.pairs.flatMap(({ before, after, changes, wiring }) => [
    ...allChangeWords({ before, after, changes, places }).map((words) => ({ text: changeText(words), node: after })),
    ...wiring.map((each) => ({ text: wiringText(each, titles), node: after })),
  ]);
  return new Map([...Map.groupBy(texts, ({ text }) => text)].map(([text, each]) => [text, each.map(({ node }) => node)]));
}

function settingLines(found: Differences): string[] {
  const byNodes = Map.groupBy(ownChanges(found), ([, nodes]) => nodes.map(({ id }) => id).join());
  const lines = [...byNodes.values()].flatMap((changes) => [
    `  ${listedNodes(changes[0]?.[1] ?? [])}`,
    ...changes.map(([text]) => `    ${text}`),
  ]);
  const below = belowOf(found.plan);
  return below.length === 0
    ? lines
    : [...lines.slice(0, 2 * shown), `  and through their inputs: ${listedNodes(below.map(({ after }) => after))}`];
}

/** Titles of the nodes of both sides, by id. */
function titlesIn({ pairs, added, removed }: PlanDifference): { before: Titles; after: Titles } {
  const titlesOf = (nodes: PlanNode[]): Titles => new Map(nodes.map((node) => [node.id, titleOf(node)]));
  return {
    before: titlesOf([...pairs.map(({ before }) => before), ...removed]),
    after: titlesOf([...pairs.map(({ after }) => after), ...added]),
  };
}

function wiringText({ input, before, after }: NodePair['wiring'][number], titles: ReturnType<typeof titlesIn>): string {
  const nameOf = ({ node, output }: InputRef, side: Titles): string => `${side.get(node) ?? node}${output === 'out' ? '' : `.${output}`}`;
  if (before && after) return `${input} ${nameOf(before, titles.before)} → ${nameOf(after, titles.after)}`;
  return after
    ? `${input} also reads ${nameOf(after, titles.after)}`
    : `${input} no longer reads ${before ? nameOf(before, titles.before) : ''}`;
}

function stepChangeLines({ added, removed }: PlanDifference): string[] {
  const linesOfSteps = (mark: string, nodes: PlanNode[]): string[] =>
    [...Map.groupBy(nodes, ({ step }) => step).values()].map((members) => `  ${mark} ${listedNodes(members)} (${members[0]?.kind})`);
  return [...linesOfSteps('+', added), ...linesOfSteps('-', removed)];
}

function cellLines({ params, cells: { added, removed, same } }: PlanDifference): string[] {
  const cells = [...added, ...removed];
  if (cells.length === 0 || (added.length === 1 && removed.length === 1 && same === 0)) return [];
  const varies = (name: string): boolean =>
    params.some(({ path }) => path[0] === name) || cells.some(({ values }) => values[name] !== cells[0]?.values[name]);
  const lineOf = (mark: string, { values }: PlanCell): string => {
    const telling = Object.entries(values).filter(([name]) => varies(name));
    return fit(`  ${mark} ${labelOf(Object.fromEntries(telling)) || labelOf(values)}`, textColumns);
  };
  const lines = [...added.map((cell) => lineOf('+', cell)), ...removed.map((cell) => lineOf('-', cell))];
  return [`  ${count(same, 'cell')} in both, ${added.length} added, ${removed.length} removed`, ...lines];
}

function claimChangeLines({ plan: { claims: { added, removed, changed } }, outcomes }: Differences): string[] {
  const changes = changed.flatMap(({ id, changes: each }) =>
    each.map(({ path, before, after }) => `  ~ ${id}: ${path.join('.')} ${showValue(before)} → ${showValue(after)}`),
  );
  const turned = outcomes.map(({ id, before, after }) => `  ~ ${id}: ${before} → ${after}`);
  return [...turned, ...changes, ...added.map(({ id }) => `  + ${id}`), ...removed.map(({ id }) => `  - ${id}`)];
}

/** Steps with equal settings but different content: where the difference begins and what follows from it. */
function contentLines({ contents: all, places }: Differences): string[] {
  const contents = all.filter(({ pair }) => pair.isSame);
  const { begin = [], follow = [] } = Object.groupBy(contents, ({ changes }) =>
    changes.some(({ path }) => path[0] === 'inputs') ? 'follow' : 'begin',
  );
  const lines = begin.map(({ pair: { before, after }, changes }) => {
    const [content] = allChangeWords({ before, after, changes: changes.filter(({ path }) => path[0] === 'content'), places });
    return `  ${titleOf(after)}: ${content ? changeText(content) : 'the same inputs, another output'}`;
  });
  return follow.length === 0 ? lines : [...lines, `  and the steps that use it: ${listedNodes(follow.map(({ pair }) => pair.after))}`];
}

/** Lists all differing items; lists equal items only if there are few. */
function resultLines({ measured }: Differences): string[] {
  const same = measured.filter(({ isSame }) => isSame);
  const listed = same.length <= shownSame ? measured : measured.filter(({ isSame }) => !isSame);
  const lines = listed.flatMap((each) => measuredLines(each, titleOf(each.node)));
  return same.length <= shownSame ? lines : [...lines, `  the same on both sides: ${listedNodes(same.map(({ node }) => node))}`];
}

const shownSame = 4;

function section(heading: string, lines: string[], most = shown * 2): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length > most ? [`  and ${lines.length - most} more lines; --json has all`] : [];
  return ['', heading, ...lines.slice(0, most), ...rest];
}

/** Compares the inputs and outputs of two results by digest; settings are compared from the plans. */
export function contentChanges(before: NodeResult, after: NodeResult): ValueChange[] {
  const digestsOf = ({ parts: { inputs = {}, content = null }, outputs }: NodeResult): JsonObject => ({ inputs, content, outputs });
  return compareJson(digestsOf(before), digestsOf(after));
}
