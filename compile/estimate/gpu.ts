import { unknown } from '../../plan/estimate.ts';
import type { Amount } from '../../plan/estimate.ts';
import type { PlanNode } from '../../plan/index.ts';
import { kindOf, modelInputOf } from '../../schemas/index.ts';
import type { Config, Pool } from '../../ports/configuration.ts';
import { timesItems, scoredTokens, trainedTokens } from './lengths.ts';
import type { ItemsOf, LengthsOf } from './lengths.ts';

/** GPU-hours of one node. */
export interface GpuCost {
  pool: string;
  hours: Amount;
  basis: string;
  /** Pairs or texts that go through the model at most; null: not known. */
  items: number | null;
  /** What work it is: steps for which this is the same take about the same time for an item. */
  work: string;
}

/** Share of a GPU's peak that a training reaches, where the pool does not say. */
const utilisation = 0.4;

/** Tokens after which a row is cut, where no training of the file says. */
const usualLength = 1024;

/** Work on tokens: 6 floating-point operations for each parameter and token in a training, 2 where it only reads. */
const operations = { train: 6, score: 2 };

/** GPU-hours of so many tokens through a model, at this share of the peak. */
export function gpuHours(options: {
  operations: number;
  parameters: number;
  tokens: number;
  peak_tflops: number;
  utilisation: number;
}): number {
  return (options.operations * options.parameters * options.tokens) / (options.utilisation * options.peak_tflops * 1e12) / 3600;
}

/** GPU-hours of the nodes of a plan, one by one: operations × parameters × tokens ÷ (utilisation × peak). */
export function gpuCosts(
  nodes: PlanNode[],
  options: { items: ItemsOf; lengths: LengthsOf; config: Config },
): (node: PlanNode) => GpuCost | null {
  const weightsOf = baseWeights(nodes);
  const { pools, weights } = options.config;
  return (node) => {
    const pool = pools[node.run.pool];
    const base = weightsOf(node);
    const longest = base?.maxLength ?? usualLength;
    const work = pool?.gpus === undefined ? null : workOfNode(node, { ...options, longest });
    if (!work || !pool) return null;
    const parameters = base && weights[base.name]?.parameters;
    const like = [node.kind, base?.name ?? '', base?.layers ?? 'all', longest].join(' ');
    const cost = { pool: node.run.pool, items: work.items, work: like };
    const missing = missingFigures({ pool, base, parameters, work });
    if (missing !== null || !parameters || pool.peak_tflops === undefined)
      return { ...cost, hours: unknown, basis: `unknown until ${missing}` };
    const share = pool.utilisation ?? utilisation;
    const hoursOf = (tokens: number | null) =>
      tokens === null
        ? null
        : gpuHours({ operations: work.operations, parameters, tokens, peak_tflops: pool.peak_tflops ?? 1, utilisation: share });
    const hours = { low: base.layers !== null ? null : hoursOf(work.tokens.low), high: hoursOf(work.tokens.high) };
    return { ...cost, hours, basis: basisOfPeak(pool.peak_tflops, share) };
  };
}

function basisOfPeak(peak: number, share: number): string {
  return `6·N·tokens (2 to score) at ${Math.round(share * 100)} % of ${peak} TFLOPs`;
}

function missingFigures({
  pool,
  base,
  parameters,
  work,
}: {
  pool: Pool;
  base: ModelBase | null;
  parameters: number | null | undefined;
  work: GpuWork;
}): string | null {
  if (work.items === null) return 'a source is read';
  if (pool.peak_tflops === undefined) return 'its pool declares peak_tflops or a similar step has been measured';
  if (!parameters) return `the weights ${base?.name ?? ''} declare their parameters or a similar step has been measured`;
  return null;
}

interface GpuWork {
  operations: number;
  items: number | null;
  tokens: Amount;
}

/** What goes through a model in a node; null for a kind that uses no model on a pool. */
function workOfNode(node: PlanNode, { items, lengths, longest }: { items: ItemsOf; lengths: LengthsOf; longest: number }): GpuWork | null {
  const { trains, scores } = kindOf(node.kind);
  const of = (input: string) => node.inputs[input]?.[0];
  if (trains) {
    const shown = trains(node.settings, items(of('pairs')));
    return { operations: operations.train, items: shown, tokens: timesItems(trainedTokens(lengths(of('pairs')), longest), shown) };
  }
  if (!scores) return null;
  const { input, texts } = scores;
  const [count, own] = [items(of(input)), lengths(of(input))];
  const all = count === null ? null : count * texts;
  return {
    operations: operations.score,
    items: all,
    tokens: timesItems(scoredTokens(input === 'pairs' ? own : { item: own.item }, longest), all),
  };
}

/** What a model was begun from. */
interface ModelBase {
  /** Name of the weights. */
  name: string;
  /** First layers that are kept; null: all. */
  layers: number | null;
  /** Tokens after which a row is cut, in training and in scoring; null: it was not trained yet. */
  maxLength: number | null;
}

/** Follows checkpoints up to the weights they began with. */
function baseWeights(nodes: PlanNode[]): (node: PlanNode) => ModelBase | null {
  const known = new Map<string, ModelBase | null>();
  for (const node of nodes) {
    const input = modelInputOf(node.kind);
    const declared = node.resources[input];
    const base = declared
      ? { name: declared.name, layers: null, maxLength: null }
      : (known.get(node.inputs[input]?.[0]?.node ?? '') ?? null);
    const { layers, max_length: maxLength } = node.settings;
    known.set(
      node.id,
      base && { ...base, ...(typeof layers === 'number' && { layers }), ...(typeof maxLength === 'number' && { maxLength }) },
    );
  }
  return ({ id }) => known.get(id) ?? null;
}
