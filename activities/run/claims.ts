import { dataLost, titleOf } from '../../plan/index.ts';
import type { ClaimNodes, ClaimResult, ClaimSide, Digest, Metrics, Plan, PlanClaim, PlanComparison, RunProgress } from '../../plan/index.ts';
import { decideFamily, measuredValues } from '../../stats/index.ts';
import type { ClaimQuestion, FamilyDecision, MeasuredCells, MeasuredSide, MeasuredValues } from '../../stats/index.ts';
import { comparisonResult } from './claim-words.ts';
import type { Dependencies } from '../dependencies.ts';
import { readResult } from '../../records/results.ts';
import { createTrainings, trainedOnce } from './trainings.ts';
import type { TrainingNode } from './trainings.ts';

type Stored = Pick<Dependencies, 'artifacts' | 'store'>;

interface ClaimsInput {
  claims: PlanClaim[];
  /** Result key of a node; null where it has made nothing. */
  keyOf: (node: string) => Digest | null;
  /** What people call a node, and why it would have made no metrics. */
  about: (node: string) => { title: string; missing: string };
  /** The trainings that a node rests on, from the first on. */
  trainingsOf: (node: string) => TrainingNode[];
}

/** Checks claims, as one family, against the metrics that a run has made, in their order. What is missing makes a claim undecided. */
export async function evaluateClaims(dependencies: Stored, { claims, keyOf, about, trainingsOf }: ClaimsInput): Promise<ClaimResult[]> {
  const known = new Map<string, Promise<MeasuredValues>>();
  const measure: Measure = (node, { metric, n }) => {
    const name = `${node} ${metric} ${n}`;
    const trainings = trainingsOf(node).map(({ id }) => keyOf(id) ?? id);
    const measured = known.get(name) ?? measuredIn(dependencies, { ...about(node), key: keyOf(node), trainings, metric, n });
    known.set(name, measured);
    return measured;
  };
  const distinct = claims.map((claim) => ({ ...claim, comparisons: withoutRepeats(claim.comparisons, keyOf) }));
  const questions: ClaimQuestion[] = [];
  for (const claim of distinct) questions.push(await questionOf(claim, measure));
  const decided = decideFamily(questions);
  return distinct.flatMap((claim, index) => {
    const trained_once = claim.over === 'training' ? trainedOnceIn(claim, trainingsOf) : [];
    return decided[index] ? [{ ...resultOf(claim, decided[index]), trained_once }] : [];
  });
}

function resultOf(claim: PlanClaim, { comparisons, ...decision }: FamilyDecision): Omit<ClaimResult, 'trained_once'> {
  const { id, text, confidence, relation, margin, over } = claim;
  const results = claim.comparisons.flatMap((each, index) => {
    const decided = comparisons[index];
    return decided ? [comparisonResult(each, decided, claim)] : [];
  });
  return { id, text, confidence, relation, margin, over, ...decision, comparisons: results };
}

/** Checks the claims of a run that has succeeded. */
export async function checkClaims(dependencies: Stored, { record, plan }: { record: RunProgress; plan: Plan }): Promise<ClaimResult[]> {
  const { claims } = plan;
  if (claims.length === 0) return [];
  const keys = new Map(record.units.flatMap(({ nodes }) => nodes).map(({ id, key }) => [id, key]));
  const titles = new Map(plan.nodes.map((node) => [node.id, titleOf(node)]));
  const skipped = new Set(record.units.flatMap(({ state, nodes }) => (state === 'skipped' ? nodes.map(({ id }) => id) : [])));
  const about = (node: string) => ({
    title: titles.get(node) ?? node,
    missing: skipped.has(node) ? 'it was skipped' : 'it has made no metrics',
  });
  const trainingsOf = createTrainings(plan.nodes);
  return evaluateClaims(dependencies, { claims, keyOf: (node) => keys.get(node) ?? null, about, trainingsOf });
}

/** The values that a node has measured for a claim; read once, however many claims are about them. */
type Measure = (node: string, of: { metric: string; n: number | null }) => Promise<MeasuredValues>;

/**
 * Equal results are one: a training on all of a data set is the same for all sizes above it, and says nothing more. So cells of
 * equal results count once in a side, and comparisons of equal sides are made once.
 */
function withoutRepeats(comparisons: PlanComparison[], keyOf: ClaimsInput['keyOf']): PlanComparison[] {
  const resultOf = (node: string): string => keyOf(node) ?? node;
  const resultsOf = (nodes: readonly string[]): string => nodes.map(resultOf).sort().join(' ');
  const distinct = ({ cells, n }: ClaimNodes): ClaimNodes => ({
    cells: firstOfEach(cells.map((nodes) => firstOfEach(nodes, resultOf)), resultsOf),
    n,
  });
  const distinctSide = (side: ClaimSide): ClaimSide => ({
    text: side.text,
    ...distinct(side),
    ...(side.minus && { minus: distinct(side.minus) }),
  });
  const partText = (part: ClaimNodes | undefined): unknown => part && [part.cells.map(resultsOf), part.n];
  const sideText = (side: ClaimSide | number): unknown => (typeof side === 'number' ? side : [partText(side), partText(side.minus)]);
  const found = comparisons.map(({ where, of, to }) => ({ where, of: distinctSide(of), to: typeof to === 'number' ? to : distinctSide(to) }));
  return firstOfEach(found, ({ of, to }) => JSON.stringify([sideText(of), sideText(to)]));
}

/** The first of those with one name. */
function firstOfEach<T>(list: readonly T[], nameOf: (each: T) => string): T[] {
  const named = new Map<string, T>();
  for (const each of list) if (!named.has(nameOf(each))) named.set(nameOf(each), each);
  return [...named.values()];
}

async function questionOf(claim: PlanClaim, measure: Measure): Promise<ClaimQuestion> {
  const { metric, comparisons, relation, margin, confidence, over } = claim;
  const measureCells = ({ cells, n }: ClaimNodes): Promise<MeasuredCells> =>
    Promise.all(cells.map((nodes) => Promise.all(nodes.map((node) => measure(node, { metric, n })))));
  const measureSide = async (side: ClaimSide): Promise<MeasuredSide> => ({
    of: await measureCells(side),
    ...(side.minus && { minus: await measureCells(side.minus) }),
  });
  const measured = await Promise.all(
    comparisons.map(async ({ of, to }) => ({ of: await measureSide(of), to: typeof to === 'number' ? to : await measureSide(to) })),
  );
  return { relation, margin, confidence, target: over === 'training' ? 'method' : 'models', comparisons: measured };
}

function trainedOnceIn({ comparisons }: PlanClaim, trainingsOf: ClaimsInput['trainingsOf']): string[] {
  const sides = comparisons.flatMap(({ of, to }) => [of, ...(typeof to === 'number' ? [] : [to])]);
  const cells = sides.flatMap(({ cells: own, minus }) => [...own, ...(minus?.cells ?? [])]);
  return [...new Set(cells.flatMap((nodes) => trainedOnce(nodes.map(trainingsOf))))].sort();
}

interface MeasuredNode extends ReturnType<ClaimsInput['about']> {
  key: Digest | null;
  trainings: string[];
  metric: string;
  n: number | null;
}

async function measuredIn(dependencies: Stored, { title, missing, key, trainings, metric, n }: MeasuredNode): Promise<MeasuredValues> {
  const digest = key === null ? undefined : (await readResult(dependencies.store, key))?.outputs['out'];
  const metrics = digest === undefined ? missing : await readMetrics(dependencies, digest).catch(damageOf);
  const found: MeasuredValues =
    typeof metrics === 'string' ? { kind: 'missing', reason: metrics } : measuredValues(metrics, { name: metric, n });
  return found.kind === 'missing' ? { kind: 'missing', reason: `${title}: ${found.reason}` } : { ...found, trainings };
}

/** Bytes that are lost or damaged leave a claim undecided; what may pass is thrown, so that it is tried again. */
function damageOf(error: unknown): string {
  if (error instanceof Error && 'class' in error && (error.class === 'invalid' || error.class === dataLost)) return error.message;
  throw error;
}

/** The metrics, or why there are none. */
async function readMetrics({ artifacts, store }: Stored, digest: Digest): Promise<Metrics | string> {
  const { shards } = await artifacts.readManifest(digest);
  const shard = shards.find(({ name }) => name === 'metrics.json');
  return shard ? (JSON.parse(new TextDecoder().decode(await store.getBytes(shard.digest))) as Metrics) : 'its artifact has no metrics.json';
}
