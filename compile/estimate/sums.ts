import { nothing, plus, times } from '../../plan/estimate.ts';
import type { Amount, Foreseen, PlanEstimate } from '../../plan/estimate.ts';
import type { Config } from '../../ports/configuration.ts';
import type { NodeCost } from './costs.ts';

/** The sum of what nodes cost, each of them once. */
export function sumCosts(costs: NodeCost[], config: Config): Omit<PlanEstimate, 'history'> {
  const calls: PlanEstimate['calls'] = {};
  const tokens = new Map<string, { prompt: Sum; completion: Sum }>();
  const hours = new Map<string, Sum>();
  for (const cost of costs) {
    for (const { endpoint, calls: asked, prompt, completion, basis } of cost.calls) {
      const before = calls[endpoint];
      calls[endpoint] = asked === null || before === null ? null : (before ?? 0) + asked;
      const sums = tokens.get(endpoint) ?? { prompt: openSum(), completion: openSum() };
      tokens.set(endpoint, sums);
      addAmount(sums.prompt, prompt, basis.prompt);
      addAmount(sums.completion, completion, basis.completion);
    }
    if (!cost.gpu) continue;
    const sum = hours.get(cost.gpu.pool) ?? openSum();
    hours.set(cost.gpu.pool, sum);
    addAmount(sum, cost.gpu.hours, cost.gpu.basis);
  }
  const amounts = {
    tokens: Object.fromEntries(
      [...tokens].map(([name, { prompt, completion }]) => [name, { prompt: foreseen(prompt), completion: foreseen(completion) }]),
    ),
    gpu_hours: Object.fromEntries([...hours].map(([name, sum]) => [name, foreseen(sum)])),
  };
  return { calls, ...amounts, money: moneyOf(amounts, config) };
}

/** What has a price, added up; null where nothing has one. */
function moneyOf({ tokens, gpu_hours }: Pick<PlanEstimate, 'tokens' | 'gpu_hours'>, { endpoints, pools }: Config): Foreseen | null {
  const total = openSum();
  const without: string[] = [];
  for (const [name, { prompt, completion }] of Object.entries(tokens)) {
    const price = endpoints[name]?.price;
    if (!price) without.push(name);
    else {
      addPart(total, prompt, price.input / 1e6);
      addPart(total, completion, price.output / 1e6);
      total.unknown += Math.max(unknownIn(prompt), unknownIn(completion));
    }
  }
  for (const [name, hours] of Object.entries(gpu_hours)) {
    const price = pools[name]?.price;
    if (price === undefined) without.push(name);
    else {
      addPart(total, hours, price);
      total.unknown += unknownIn(hours);
    }
  }
  const basis = `prices of the configuration${without.length === 0 ? '' : `; not included, because they have no price: ${without.join(', ')}`}`;
  return total.amount && { ...foreseen(total), basis };
}

interface Sum {
  amount: Amount | null;
  /** The parts that are bounded above, and how many are not. */
  known: Amount | null;
  unknown: number;
  bases: Set<string>;
}

function openSum(): Sum {
  return { amount: null, known: null, unknown: 0, bases: new Set() };
}

function addAmount(sum: Sum, amount: Amount, basis: string): void {
  sum.amount = sum.amount ? plus(sum.amount, amount) : amount;
  if (amount.high === null) sum.unknown++;
  else sum.known = sum.known ? plus(sum.known, amount) : amount;
  sum.bases.add(basis);
}

/** Adds a sum at a price; of one that is bounded in part, that part counts as known. */
function addPart(sum: Sum, part: Foreseen, price: number): void {
  const amount = times(part, price);
  const known = part.high === null ? part.known && times(part.known, price) : amount;
  sum.amount = sum.amount ? plus(sum.amount, amount) : amount;
  if (known) sum.known = sum.known ? plus(sum.known, known) : known;
}

/** Nodes of which a sum knows no upper bound. Where none is bounded, they were not counted: at least one. */
function unknownIn({ high, known }: Foreseen): number {
  return known?.unknown ?? (high === null ? 1 : 0);
}

function foreseen({ amount, known, unknown, bases }: Sum): Foreseen {
  const { low, high } = amount ?? nothing;
  return {
    low,
    high,
    basis: basisOf([...bases]),
    ...(unknown > 0 && known && { known: { low: known.low, high: known.high ?? 0, unknown } }),
  };
}

/** What the parts rest on; those that are unknown come last. */
function basisOf(bases: string[]): string {
  const [open, rest] = [bases.filter((basis) => basis.startsWith('unknown')), bases.filter((basis) => !basis.startsWith('unknown'))];
  const last = open.join('; ');
  return [...rest, ...(last === '' ? [] : [rest.length > 0 ? `the rest ${last}` : last])].join('; ');
}
