import type { Artifacts, Row } from '../../ports/artifacts.ts';
import type { LedgerRecord } from '../../ports/ledger.ts';
import type { Store } from '../../ports/store.ts';
import type { NodeResult, Plan, PlanNode, UnitProgress } from '../../plan/index.ts';
import { kindOf, type ShownItem } from '../../schemas/index.ts';
import { answerOfRow } from '../runs/paid-answer.ts';
import { rowsSoFar } from '../runs/step-output.ts';

/** One item of a step: its input, its output, and the answer that the output was made from. */
export interface TriedItem {
  /** Where it comes from, as far as known. */
  name: string;
  status: string;
  /** Texts by what they are called, in order. */
  texts: { [what: string]: string };
  tokens: { prompt: number; completion: number } | null;
}

export interface TriedStep {
  items: TriedItem[];
  /** Tokens of all answers used by these items; null if some answer has no count. */
  tokens: { prompt: number; completion: number } | null;
  answers: number;
}

interface TrialSources {
  store: Store;
  artifacts: Artifacts;
  plan: Plan;
  results: Map<string, NodeResult>;
  /** The units of the run; even in a failed run a step may have some items. */
  units: UnitProgress[];
}

/** The first items of a step with their inputs. */
export async function readTried(node: PlanNode, most: number, sources: TrialSources): Promise<TriedStep> {
  const rows = [...(await rowsOfInput(sources, { node: node.id, output: 'out' })), ...(await droppedBy(sources, node))];
  const { shows = { made: {} } } = kindOf(node.kind);
  const items = shows.samplesOf
    ? sampledItems(rows, { ...shows, samplesOf: shows.samplesOf }).slice(0, most)
    : await madeItems(node, rows.slice(0, most), { ...sources, shows });
  return { items, ...(await spentOnTrial(sources)) };
}

/** Items by their rows, each with its input. */
async function madeItems(node: PlanNode, rows: Row[], { shows, ...sources }: TrialSources & { shows: ShownItem }): Promise<TriedItem[]> {
  const { from, made } = shows;
  const [ref] = from ? (node.inputs[from.input] ?? []) : [];
  const before = new Map(ref ? (await rowsOfInput(sources, ref)).map((row) => [placeOfRow(row), row]) : []);
  const items: TriedItem[] = [];
  for (const row of rows) {
    const answer = await answerOfRow(sources.store, row);
    const source = before.get(placeOfRow(row));
    const given = from && source ? { [from.as]: String(source[from.column] ?? '') } : {};
    const isAsked = Object.keys(node.models).length > 0;
    const texts = { ...given, ...textsOfRow(row, made, isAsked ? (answer?.text ?? textIn(row, 'text')) : '') };
    items.push({ name: nameOfRow(row, source), status: String(row['status'] ?? 'ok'), texts, tokens: tokensOfAnswer(answer) });
  }
  return items;
}

/** How many samples of an item are shown. */
const mostSamples = 4;

/** Items with their first samples, in order. */
function sampledItems(
  rows: Row[],
  { made, samplesOf: { column, text } }: ShownItem & { samplesOf: NonNullable<ShownItem['samplesOf']> },
): TriedItem[] {
  return [...Map.groupBy(rows, (row) => row[column])].map(([number, samples]) => {
    const shown = samples.slice(0, mostSamples).flatMap((row, index) => {
      const ending = row['status'] === 'ok' ? '' : ` (${String(row['status'])})`;
      return Object.entries(made).map(([what, each]) => [`${what} ${index + 1} of ${samples.length}${ending}`, textIn(row, each)]);
    });
    const texts = Object.fromEntries([[column, textIn(samples[0] ?? {}, text)], ...shown]) as TriedItem['texts'];
    return { name: `${column} ${String(number)}`, status: `${samples.length} answers`, texts, tokens: null };
  });
}

/** The step that was tried or, if it made nothing, the last step before it that did. */
export async function lastMade(node: PlanNode, sources: TrialSources): Promise<PlanNode> {
  const steps = sources.plan.nodes.filter(({ id, shape }) => shape === 'map' && id !== node.id);
  for (const each of [node, ...steps.toReversed()])
    if ((await rowsOfInput(sources, { node: each.id, output: 'out' })).length > 0) return each;
  return node;
}

async function rowsOfInput(
  { store, artifacts, plan, results, units }: TrialSources,
  { node: id, output }: { node: string; output: string },
): Promise<Row[]> {
  const artifact = results.get(id)?.outputs[output];
  const rows: Row[] = [];
  const node = plan.nodes.find((each) => each.id === id);
  const unit = units.find(({ nodes }) => nodes.some((each) => each.id === id));
  if (artifact === undefined) return node && unit ? (await rowsSoFar({ store, artifacts, node, unit, most: Infinity })).items : rows;
  for await (const row of artifacts.rows(artifact)) rows.push(row);
  return rows;
}

/** Items without a pair, with the reason as their status. */
async function droppedBy({ artifacts, results }: TrialSources, { id }: PlanNode): Promise<Row[]> {
  const artifact = results.get(id)?.outputs['out'];
  const { meta } = artifact === undefined ? { meta: {} as Row } : await artifacts.readManifest(artifact);
  return typeof meta['rejected'] === 'string' ? artifacts.readJsonl(meta['rejected']) : [];
}

/** Origin and ordinal identify an item in every step. */
function placeOfRow(row: Row): string {
  return `${String(row['origin'])} ${String(row['ordinal'] ?? 0)}`;
}

function nameOfRow(row: Row, source: Row | undefined): string {
  const { path } = { ...source, ...row };
  return typeof path === 'string' ? path : '';
}

/** The output of the item, or the whole answer if it could not be used. */
function textsOfRow(row: Row, made: ShownItem['made'], whole: string): TriedItem['texts'] {
  const texts = Object.entries(made).map(([what, column]) => [what, textIn(row, column)]).filter(([, text]) => text !== '');
  return Object.fromEntries(texts.length === 0 && whole !== '' ? [['raw answer', whole]] : texts) as TriedItem['texts'];
}

function textIn(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

function tokensOfAnswer(answer: LedgerRecord | null): TriedItem['tokens'] {
  return answer?.usage ? { prompt: answer.usage.prompt_tokens, completion: answer.usage.completion_tokens } : null;
}

/** The answers of all steps of the plan whose rows refer to answers. */
async function spentOnTrial(sources: TrialSources): Promise<Pick<TriedStep, 'tokens' | 'answers'>> {
  const sum = { prompt: 0, completion: 0 };
  let answers = 0;
  let isWhole = true;
  for (const { id, shape, models } of sources.plan.nodes) {
    if (shape !== 'map' || Object.keys(models).length === 0) continue;
    for (const row of await rowsOfInput(sources, { node: id, output: 'out' })) {
      const answer = await answerOfRow(sources.store, row);
      if (!answer) continue;
      const tokens = tokensOfAnswer(answer);
      answers += 1;
      isWhole &&= tokens !== null;
      sum.prompt += tokens?.prompt ?? 0;
      sum.completion += tokens?.completion ?? 0;
    }
  }
  return { answers, tokens: isWhole && answers > 0 ? sum : null };
}
