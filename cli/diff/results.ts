import type { Artifacts } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import type { Metrics, PlanNode } from '../../plan/index.ts';
import type { Estimate } from '../../plan/metrics.ts';
import { pairedMeans, pairedShares } from '../../stats/index.ts';
import type { PairedDifference } from '../../stats/index.ts';
import type { View } from '../compare/history.ts';
import { fixed, signed } from '../../text/index.ts';

/** A measurement on both sides; a side is null if it has no result. */
export interface MeasuredPair {
  node: PlanNode;
  /** `accuracy`, `Best-of-8`. */
  measure: string;
  before: Estimate | null;
  after: Estimate | null;
  /** After minus before on the same items; null if the items differ or a side is missing. */
  paired: PairedDifference | null;
  /** Both sides have the same result. */
  isSame: boolean;
}

interface ResultSides {
  store: Store;
  artifacts: Artifacts;
  before: View;
  after: View;
}

/** Measurements of both sides, paired by node. */
export async function measuredPairs(nodes: { before?: PlanNode; after?: PlanNode }[], sides: ResultSides): Promise<MeasuredPair[]> {
  const found: MeasuredPair[] = [];
  for (const { before, after } of nodes) {
    const node = after ?? before;
    if (!node || node.outputs['out'] !== 'metrics') continue;
    const [old, now] = [await readMetrics(before, sides.before, sides), await readMetrics(after, sides.after, sides)];
    const pair = old || now ? comparedMetrics(node, old?.metrics ?? null, now?.metrics ?? null) : null;
    if (pair) found.push({ ...pair, isSame: old !== null && old.artifact === now?.artifact });
  }
  return found;
}

/** A measurement, in two lines of at most 80 columns. */
export function measuredLines({ measure, before, after, paired, isSame }: MeasuredPair, title: string): string[] {
  const n = before && after && before.n !== after.n ? `n ${before.n} → ${after.n}` : `n ${(after ?? before)?.n ?? 0}`;
  const head = `  ${title}   ${measure}, ${n}`;
  if (isSame) return [`${head}: the same, ${estimateText(after)}`];
  const values = `    ${estimateText(before)} → ${estimateText(after)}`;
  if (!before || !after) return [head, values];
  if (!paired) return [head, values, '    not the same items: no paired comparison'];
  const [low, high] = paired.interval;
  const test = paired.test === 'mcnemar' ? 'McNemar' : 'sign flip';
  return [head, values, `    difference ${signed(paired.difference)} [${signed(low)}, ${signed(high)}], p ${pText(paired.p)} (${test})`];
}

/** `0.512 [0.463, 0.561]`. */
function estimateText(estimate: Estimate | null): string {
  if (!estimate || estimate.value === null) return 'none';
  const { value, interval, method } = estimate;
  return interval === null || method === 'exact' ? fixed(value) : `${fixed(value)} [${fixed(interval[0])}, ${fixed(interval[1])}]`;
}

function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : fixed(p);
}

async function readMetrics(
  node: PlanNode | undefined,
  view: View,
  { artifacts, store }: ResultSides,
): Promise<{ artifact: string; metrics: Metrics } | null> {
  const artifact = node ? (await view.resultOf(node.id))?.outputs['out'] : undefined;
  if (artifact === undefined || !(await store.has(artifact))) return null;
  const [shard] = (await artifacts.readManifest(artifact)).shards;
  if (!shard) return null;
  return { artifact, metrics: JSON.parse(new TextDecoder().decode(await store.getBytes(shard.digest))) as Metrics };
}

type ComparedMetrics = Omit<MeasuredPair, 'isSame'>;

/** Null for a kind whose metrics have no single main figure. */
function comparedMetrics(node: PlanNode, before: Metrics | null, after: Metrics | null): ComparedMetrics | null {
  const kind = (after ?? before)?.kind;
  if (before && after && before.kind !== after.kind) return null;
  if (kind === 'eval/bon') return comparedBestOfN(node, before?.kind === kind ? before : null, after?.kind === kind ? after : null);
  const [old, now] = [shareMeasured(before), shareMeasured(after)];
  if (!old && !now) return null;
  const isPaired = old && now && old.items === now.items && old.outcomes.length === now.outcomes.length;
  const paired = isPaired ? pairedShares(now.outcomes, old.outcomes) : null;
  return { node, measure: 'accuracy', before: old?.accuracy ?? null, after: now?.accuracy ?? null, paired };
}

function shareMeasured(metrics: Metrics | null): { accuracy: Estimate; items: string; outcomes: string } | null {
  return metrics && metrics.kind !== 'eval/bon' && typeof metrics.outcomes === 'string' ? metrics : null;
}

type Bon = Extract<Metrics, { kind: 'eval/bon' }>;

function comparedBestOfN(node: PlanNode, before: Bon | null, after: Bon | null): ComparedMetrics {
  const at = Math.min(before?.best.at ?? Infinity, after?.best.at ?? Infinity);
  const [old, now] = [before, after].map(
    (metrics) => metrics?.curves.find(({ name }) => name === 'model')?.points.find((point) => point.at === at) ?? null,
  );
  const isPaired = before && after && before.items === after.items;
  return {
    node,
    measure: `Best-of-${at}`,
    before: old ?? null,
    after: now ?? null,
    paired: isPaired ? pairedBon(before, after, at) : null,
  };
}

function pairedBon(before: Bon, after: Bon, at: number): PairedDifference | null {
  const [old, now] = [before, after].map(({ outcomes }) => outcomes.find((each) => each.at === at)?.values ?? []);
  if (!old || !now || old.length !== now.length) return null;
  const both = now.flatMap((value, index) => {
    const other = old[index] ?? null;
    return value === null || other === null ? [] : [[value, other] as const];
  });
  return pairedMeans(both.map(([value]) => value), both.map(([, value]) => value));
}
