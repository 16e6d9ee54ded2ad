import { titleOf } from '../../plan/index.ts';
import type {
  ClaimNodes,
  ClaimResult,
  ClaimSide,
  Digest,
  Metrics,
  Plan,
  PlanClaim,
  PlanComparison,
  RunProgress,
} from '../../plan/index.ts';
import { decideClaim, measuredValues } from '../../stats/index.ts';
import type { MeasuredValues, MeasuredSide } from '../../stats/index.ts';
import { comparisonResult } from './claim-words.ts';
import type { Dependencies } from '../dependencies.ts';
import { readResult } from '../../records/results.ts';

interface ClaimsInput {
  claims: PlanClaim[];
  /** Result key of a node; null where it has made nothing. */
  keyOf: (node: string) => Digest | null;
  /** What people call a node, and why it would have made no metrics. */
  about: (node: string) => { title: string; missing: string };
}

/** Checks claims against the metrics that a run has made, in their order. What is missing makes a claim undecided. */
export async function evaluateClaims(
  dependencies: Pick<Dependencies, 'artifacts' | 'store'>,
  { claims, keyOf, about }: ClaimsInput,
): Promise<ClaimResult[]> {
  const known = new Map<string, Promise<MeasuredValues>>();
  const measure: Measure = (node, { metric, n }) => {
    const name = `${node} ${metric} ${n}`;
    const measured = known.get(name) ?? measuredIn(dependencies, { ...about(node), key: keyOf(node), metric, n });
    known.set(name, measured);
    return measured;
  };
  const results: ClaimResult[] = [];
  for (const claim of claims) results.push(await evaluate({ ...claim, comparisons: withoutRepeats(claim.comparisons, keyOf) }, measure));
  return results;
}

/** Checks the claims of a run that has succeeded. */
export async function checkClaims(
  dependencies: Pick<Dependencies, 'artifacts' | 'store'>,
  { record, plan }: { record: RunProgress; plan: Plan },
): Promise<ClaimResult[]> {
  const { claims } = plan;
  if (claims.length === 0) return [];
  const keys = new Map(record.units.flatMap(({ nodes }) => nodes).map(({ id, key }) => [id, key]));
  const titles = new Map(plan.nodes.map((node) => [node.id, titleOf(node)]));
  const skipped = new Set(record.units.flatMap(({ state, nodes }) => (state === 'skipped' ? nodes.map(({ id }) => id) : [])));
  const about = (node: string) => ({
    title: titles.get(node) ?? node,
    missing: skipped.has(node) ? 'it was skipped' : 'it has made no metrics',
  });
  return evaluateClaims(dependencies, { claims, keyOf: (node) => keys.get(node) ?? null, about });
}

/** The values that a node has measured for a claim; read once, however many claims are about them. */
type Measure = (node: string, of: { metric: string; n: number | null }) => Promise<MeasuredValues>;

/** Comparisons of the very same results are one: all sizes above that of a data set train on all of it, and say nothing more. */
function withoutRepeats(comparisons: PlanComparison[], keyOf: ClaimsInput['keyOf']): PlanComparison[] {
  const told = ({ nodes, n }: ClaimNodes): unknown[] => [nodes.map((node) => keyOf(node) ?? node), n];
  const side = (each: ClaimSide | number): unknown => (typeof each === 'number' ? each : [told(each), each.minus && told(each.minus)]);
  const first = new Map<string, PlanComparison>();
  for (const each of comparisons) {
    const name = JSON.stringify([side(each.of), side(each.to)]);
    if (!first.has(name)) first.set(name, each);
  }
  return [...first.values()];
}

async function evaluate(claim: PlanClaim, measure: Measure): Promise<ClaimResult> {
  const { id, metric, text, comparisons, relation, margin, confidence } = claim;
  const measureAll = ({ nodes, n }: ClaimNodes): Promise<MeasuredValues[][]> =>
    Promise.all(nodes.map(async (node) => [await measure(node, { metric, n })]));
  const measureSide = async (side: ClaimSide): Promise<MeasuredSide> => ({
    of: await measureAll(side),
    ...(side.minus && { minus: await measureAll(side.minus) }),
  });
  const measured = await Promise.all(
    comparisons.map(async ({ of, to }) => ({ of: await measureSide(of), to: typeof to === 'number' ? to : await measureSide(to) })),
  );
  const { outcome, comparisons: decided } = decideClaim({ relation, margin, confidence, target: 'models', comparisons: measured });
  const results = comparisons.flatMap((each, index) => (decided[index] ? [comparisonResult(each, decided[index], claim)] : []));
  return { id, outcome, text, confidence, relation, margin, comparisons: results };
}

async function measuredIn(
  dependencies: Pick<Dependencies, 'artifacts' | 'store'>,
  { title, missing, key, metric, n }: ReturnType<ClaimsInput['about']> & { key: Digest | null; metric: string; n: number | null },
): Promise<MeasuredValues> {
  const digest = key === null ? undefined : (await readResult(dependencies.store, key))?.outputs['out'];
  const metrics = digest === undefined ? missing : await readMetrics(dependencies, digest).catch(damageOf);
  const found: MeasuredValues =
    typeof metrics === 'string' ? { kind: 'missing', reason: metrics } : measuredValues(metrics, { name: metric, n });
  return found.kind === 'missing' ? { kind: 'missing', reason: `${title}: ${found.reason}` } : found;
}

/** Bytes that are lost or damaged leave a claim undecided; what may pass is thrown, so that it is tried again. */
function damageOf(error: unknown): string {
  if (error instanceof Error && 'class' in error && error.class === 'invalid') return error.message;
  throw error;
}

/** The metrics, or why there are none. */
async function readMetrics({ artifacts, store }: Pick<Dependencies, 'artifacts' | 'store'>, digest: Digest): Promise<Metrics | string> {
  const { shards } = await artifacts.readManifest(digest);
  const shard = shards.find(({ name }) => name === 'metrics.json');
  return shard ? (JSON.parse(new TextDecoder().decode(await store.getBytes(shard.digest))) as Metrics) : 'its artifact has no metrics.json';
}
