import { createRandom } from '../../stats/index.ts';

/** Draws for simulations, the same for the same seed. */
export function createDraws(seed: number) {
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    random,
    normal,
    coin: (share: number): number => (random() < share ? 1 : 0),
    /** So many draws. */
    many: (n: number, draw: () => number): number[] => Array.from({ length: n }, draw),
    /** Values in [0, 1] with this mean; the smaller the sum of its two shapes, the more they crowd at the ends. */
    beta(mean: number, sum: number): number {
      const [first, second] = [gamma(mean * sum), gamma((1 - mean) * sum)];
      return first / (first + second);
    },
  };

  /** Marsaglia and Tsang (2000); below shape 1 by the usual power of a uniform draw. */
  function gamma(shape: number): number {
    if (shape < 1) return gamma(shape + 1) * (1 - random()) ** (1 / shape);
    const [d, c] = [shape - 1 / 3, 1 / Math.sqrt(9 * (shape - 1 / 3))];
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - random()) < 0.5 * x ** 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  }
}

export type Draws = ReturnType<typeof createDraws>;

/** Items as an interval takes them, by what makes intervals hard. */
export const populations: { [name: string]: (draws: Draws, share: number, n: number) => { values: number[]; clusters?: number[] } } = {
  'right or wrong': ({ coin, many }, share, n) => ({ values: many(n, () => coin(share)) }),
  'values at both ends': ({ beta, many }, share, n) => ({ values: many(n, () => beta(share, 0.5)) }),
  'three pairs a question': (draws, share, n) => grouped(draws, { share, groups: Math.round(n / 3), each: 3 }),
  'four questions a passage': (draws, share, n) => grouped(draws, { share, groups: Math.round(n / 4), each: 4 }),
};

/** Items of which those of a group have half of the variance in common; each is right with this probability. */
function grouped({ normal }: Draws, { share, groups, each }: { share: number; groups: number; each: number }) {
  const threshold = pointOf(share) * Math.SQRT2;
  const clusters = Array.from({ length: groups * each }, (_, index) => Math.floor(index / each));
  const common = Array.from({ length: groups }, normal);
  return { values: clusters.map((group) => ((common[group] ?? 0) + normal() < threshold ? 1 : 0)), clusters };
}

/** The point below which so much of the normal distribution is, of the shares that simulations use. */
function pointOf(share: number): number {
  const points: { [share: number]: number } = { 0.05: -1.6448536, 0.5: 0, 0.95: 1.6448536 };
  return points[share] ?? Number.NaN;
}

interface Training {
  items: number;
  seeds: number;
  /** Standard deviation of a training's accuracy, in points. */
  spread: number;
  /** True difference of the sides, in points. */
  difference: number;
}

/** Two sides measured on the same items: each training shifts the probability of every item by a draw of its own. */
export function trainedSides({ random, normal, many }: Draws, { items, seeds, spread, difference }: Training): number[][][] {
  const hard = many(items, () => 0.2 + 0.6 * random());
  return [difference / 200, -difference / 200].map((shift) =>
    Array.from({ length: seeds }, () => {
      const own = shift + (spread / 100) * normal();
      return hard.map((share) => (random() < share + own ? 1 : 0));
    }),
  );
}
