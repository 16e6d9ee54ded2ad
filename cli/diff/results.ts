import type { Artifacts } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { parseJson, type Metrics, type PlanNode } from '../../plan/index.ts';
import type { BonCurve, BonMetrics, Estimate } from '../../plan/metrics.ts';
import { comparePaired, measuredValues, type PairedDifference } from '../../stats/index.ts';
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
    const [old, now] = [await readNodeMetrics(before, sides.before, sides), await readNodeMetrics(after, sides.after, sides)];
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
  return [head, values, `    difference ${signed(paired.difference)} [${signed(low)}, ${signed(high)}], p ${pText(paired.p)}`];
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

async function readNodeMetrics(
  node: PlanNode | undefined,
  view: View,
  { artifacts, store }: ResultSides,
): Promise<{ artifact: string; metrics: Metrics } | null> {
  const artifact = node ? (await view.resultOf(node.id))?.outputs['out'] : undefined;
  if (artifact === undefined || !(await store.has(artifact))) return null;
  const [shard] = (await artifacts.readManifest(artifact)).shards;
  if (!shard) return null;
  return { artifact, metrics: parseJson<Metrics>(await store.getBytes(shard.digest)) };
}

type ComparedMetrics = Omit<MeasuredPair, 'isSame'>;

/** Null where the sides are of two kinds. */
function comparedMetrics(node: PlanNode, before: Metrics | null, after: Metrics | null): ComparedMetrics | null {
  if (before && after && before.kind !== after.kind) return null;
  const { name, at } = mainFigure(before, after);
  const [old, now] = [before, after].map((metrics) => metrics && measuredValues(metrics, { name, n: at }));
  const isPaired = old?.kind === 'values' && now?.kind === 'values' && old.items === now.items && old.values.length === now.values.length;
  return {
    node,
    measure: at === null ? name : `Best-of-${at}`,
    before: before && estimateOf(before, at),
    after: after && estimateOf(after, at),
    paired: isPaired ? comparePaired({ ...now, first: now.values, second: old.values }) : null,
  };
}

/** The value that stands for a result: of Best-of-N that at the largest N both sides have, or the last side where they share none. */
function mainFigure(...sides: (Metrics | null)[]): { name: 'accuracy' | 'overall'; at: number | null } {
  const sizes = sides.flatMap((metrics) => (metrics?.kind === 'eval/bon' ? [modelPoints(metrics).map(({ at }) => at)] : []));
  const last = sizes.at(-1) ?? [];
  const shared = last.filter((at) => sizes.every((own) => own.includes(at)));
  const isBenchmark = sides.some((metrics) => metrics?.kind === 'eval/rewardbench' || metrics?.kind === 'eval/rm-bench');
  return { name: isBenchmark ? 'overall' : 'accuracy', at: sizes.length === 0 ? null : Math.max(...(shared.length > 0 ? shared : last)) };
}

function estimateOf(metrics: Metrics, at: number | null): Estimate | null {
  if (metrics.kind !== 'eval/bon') return 'overall' in metrics ? metrics.overall : metrics.accuracy;
  return modelPoints(metrics).find((point) => point.at === at) ?? null;
}

function modelPoints({ curves }: BonMetrics): BonCurve['points'] {
  return curves.find(({ name }) => name === 'model')?.points ?? [];
}
