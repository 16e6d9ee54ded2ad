import { titleOf } from '../../plan/index.ts';
import type { ClaimResult, Digest, Metrics, Plan, PlanClaim, RunProgress } from '../../plan/index.ts';
import { decideClaim, measuredValues } from '../../stats/index.ts';
import type { ClaimDecision, Measured } from '../../stats/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { readResult } from '../../records/results.ts';

export interface ClaimsInput {
  claims: PlanClaim[];
  /** The metrics that a node made; null where it made none. */
  artifactOf: (node: string) => Promise<Digest | null>;
  /** What people call a node, and why it would have made no metrics. */
  about: (node: string) => { title: string; missing: string };
}

/** Checks claims against the metrics that a run has made, in their order. What is missing makes a claim undecided. */
export async function evaluateClaims(dependencies: Pick<Dependencies, 'artifacts' | 'store'>, { claims, artifactOf, about }: ClaimsInput): Promise<ClaimResult[]> {
  const known = new Map<string, Promise<Measured>>();
  const measure: Measure = (node, claim) => {
    const name = `${node} ${claim.metric} ${claim.n}`;
    const measured = known.get(name) ?? artifactOf(node).then((digest) => measuredIn(dependencies, { ...about(node), digest, claim }));
    known.set(name, measured);
    return measured;
  };
  const results: ClaimResult[] = [];
  for (const claim of claims) results.push(await evaluate(claim, measure));
  return results;
}

/** Checks the claims of a run that has succeeded. */
export async function checkClaims(dependencies: Pick<Dependencies, 'artifacts' | 'store'>, { record, plan }: { record: RunProgress; plan: Plan }): Promise<ClaimResult[]> {
  const { claims } = plan;
  if (claims.length === 0) return [];
  const { store } = dependencies;
  const keys = new Map(record.units.flatMap(({ nodes }) => nodes).map(({ id, key }) => [id, key]));
  const artifactOf = async (node: string): Promise<Digest | null> => {
    const key = keys.get(node);
    return key === undefined ? null : ((await readResult(store, key))?.outputs['out'] ?? null);
  };
  const titles = new Map(plan.nodes.map((node) => [node.id, titleOf(node)]));
  const skipped = new Set(record.units.flatMap(({ state, nodes }) => (state === 'skipped' ? nodes.map(({ id }) => id) : [])));
  const about = (node: string) => ({ title: titles.get(node) ?? node, missing: skipped.has(node) ? 'it was skipped' : 'it has made no metrics' });
  return evaluateClaims(dependencies, { claims, artifactOf, about });
}

/** The values that a node has measured for a claim; read once, however many claims are about them. */
type Measure = (node: string, claim: PlanClaim) => Promise<Measured>;

async function evaluate(claim: PlanClaim, measureOne: Measure): Promise<ClaimResult> {
  const { id, of, to, relation, margin, confidence } = claim;
  const measure = (nodes: string[]): Promise<Measured[]> => Promise.all(nodes.map((node) => measureOne(node, claim)));
  const other = typeof to === 'number' ? to : await measure(to.nodes);
  const decision = decideClaim({ of: await measure(of.nodes), to: other, relation, margin, confidence });
  const { outcome, method: how, difference, interval, n, reason } = decision;
  const shared = { id, outcome, text: textOf(claim, decision), difference, interval, n: how === 'unpaired' ? Math.min(...n) : n[0], confidence, margin, method: how };
  return reason === undefined ? shared : { ...shared, reason };
}

async function measuredIn(
  dependencies: Pick<Dependencies, 'artifacts' | 'store'>,
  { title, missing, digest, claim: { metric, n } }: ReturnType<ClaimsInput['about']> & { digest: Digest | null; claim: PlanClaim },
): Promise<Measured> {
  const metrics = digest === null ? missing : await readMetrics(dependencies, digest).catch(damageOf);
  const found: Measured = typeof metrics === 'string' ? { kind: 'missing', reason: metrics } : measuredValues(metrics, { name: metric, n });
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

function textOf({ metric, n, of, relation, to, margin, confidence }: PlanClaim, decision: ClaimDecision): string {
  const other = typeof to === 'number' ? String(to) : to.text;
  const claimed = `${metric}${n === null ? '' : ` at N=${n}`} of ${of.text} ${relation} ${other}${margin === 0 ? '' : ` by more than ${margin}`}`;
  const { difference, interval } = decision;
  if (difference === null || interval === null) return claimed;
  const values = [decision.of, typeof to === 'number' ? null : decision.to].filter((value) => value !== null).map((value) => value.toFixed(3));
  const [low, high] = interval;
  const percent = Number((confidence * 100).toFixed(2));
  return `${claimed}: ${values.join(' against ')}, difference ${signed(difference)} [${signed(low)}, ${signed(high)}] at ${percent} %, ${itemsIn(decision)}${measurementsIn(of.nodes.length, typeof to === 'number' ? null : to.nodes.length)}`;
}

function itemsIn({ method: how, n: [of, to] }: ClaimDecision): string {
  const amount = (number: number): string => `${number.toLocaleString('en')} ${number === 1 ? 'item' : 'items'}`;
  if (how === 'paired') return `${amount(of)} shared by both sides`;
  return how === 'unpaired' ? `not paired: ${amount(of)} and ${amount(to)}` : amount(of);
}

/** Says how many measurements each item is the mean of, where that is more than one. */
function measurementsIn(of: number, to: number | null): string {
  if (of === 1 && (to === null || to === 1)) return '';
  return `, mean of ${of}${to === null || to === of ? '' : ` and ${to}`} measurements${to === of ? ' a side' : ''}`;
}

function signed(value: number): string {
  const text = value.toFixed(3);
  if (Number(text) === 0) return '0.000';
  return value > 0 ? `+${text}` : text.replace('-', '−');
}
