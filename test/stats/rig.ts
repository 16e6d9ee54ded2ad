import { createRandom } from '../../stats/index.ts';
import type { MeasuredSide, MeasuredValues } from '../../stats/index.ts';

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

interface Model {
  /** What it rests on. */
  trainings: string[];
  /** Added to the probability that an item is answered right. */
  skill: number;
  /** Its draw for each item of each set. */
  luck: number[][];
}

interface Study {
  items: number;
  seeds: number;
  /** Standard deviation of the skills of trainings. */
  spread: number;
  /** True difference of the sides. */
  difference: number;
}

type Sides = [of: MeasuredSide, to: MeasuredSide];

/** Sides of a claim whose cells have trainings in common, or not. */
export const studies = {
  'each model is measured on four sets': (draws: Draws, study: Study): Sides => onSets(draws, study, 4),
  'each model is measured on eight sets': (draws: Draws, study: Study): Sides => onSets(draws, study, 8),
  'each set has models of its own': (draws: Draws, study: Study): Sides => {
    const { sets, train, measure } = createLaboratory(draws, study, 4);
    const side = (skill: number): MeasuredSide => ({ of: sets.map((set) => measure(train({ skill }), set)) });
    return [side(study.difference), side(0)];
  },
  'models stand on both sides': (draws: Draws, study: Study): Sides => {
    const { train, measure } = createLaboratory(draws, study, 1);
    const [small, middle, large] = [0, 0.03 + study.difference, 0.06].map((skill) => [measure(train({ skill }))]);
    return [{ of: middle ?? [], minus: small ?? [] }, { of: large ?? [], minus: middle ?? [] }];
  },
  'sizes start from pretrainings that they share': (draws: Draws, study: Study): Sides => {
    const { train, measure } = createLaboratory(draws, study, 1);
    const from = train({ skill: study.difference });
    const sizes = [0, 0.02, 0.04, 0.06];
    return [
      { of: sizes.map((skill) => measure(train({ skill, from, spread: study.spread / 3 }))) },
      { of: sizes.map((skill) => measure(train({ skill }))) },
    ];
  },
  'the same models are compared under two conditions': (draws: Draws, study: Study): Sides => {
    const { train, measure } = createLaboratory(draws, study, 1);
    const models = train({});
    const changes = new Map(models.map((model) => [model, study.difference + (study.spread / 2) * draws.normal()]));
    return [{ of: [measure(models, 0, (model) => changes.get(model) ?? 0)] }, { of: [measure(models)] }];
  },
  'every model changes alike': (draws: Draws, study: Study): Sides => {
    const { train, measure } = createLaboratory(draws, study, 1);
    const models = train({});
    return [{ of: [measure(models, 0, () => study.difference)] }, { of: [measure(models)] }];
  },
  'some models are measured on fewer sets': (draws: Draws, study: Study): Sides => {
    const { train, measure } = createLaboratory(draws, study, 2);
    const side = (skill: number): MeasuredSide => {
      const models = train({ skill, seeds: study.seeds + 2 });
      return { of: [measure(models, 0), measure(models.slice(2), 1)] };
    };
    return [side(study.difference), side(0)];
  },
};

function onSets(draws: Draws, study: Study, count: number): Sides {
  const { sets, train, measure } = createLaboratory(draws, study, count);
  const side = (skill: number): MeasuredSide => {
    const models = train({ skill });
    return { of: sets.map((set) => measure(models, set)) };
  };
  return [side(study.difference), side(0)];
}

interface Train {
  skill?: number;
  /** What each starts from. */
  from?: readonly Model[];
  seeds?: number;
  spread?: number;
}

/** Trains models and measures them on so many sets of items. */
function createLaboratory({ random, normal, many }: Draws, study: Study, count: number) {
  const hard = Array.from({ length: count }, () => many(study.items, () => 0.25 + 0.5 * random()));
  let trained = 0;
  return {
    sets: [...hard.keys()],
    train({ skill = 0, from = [], seeds = study.seeds, spread = study.spread }: Train): Model[] {
      return Array.from({ length: seeds }, (_, seed) => ({
        trainings: [...(from[seed]?.trainings ?? []), `training ${trained++}`],
        skill: (from[seed]?.skill ?? 0) + skill + spread * normal(),
        luck: hard.map(() => many(study.items, random)),
      }));
    },
    /** A cell: these models on one set, each by `more` better than its skill says. */
    measure(models: readonly Model[], set = 0, more: (model: Model) => number = () => 0): MeasuredValues[] {
      return models.map((model) => {
        const better = model.skill + more(model);
        const values = (hard[set] ?? []).map((share, item) => ((model.luck[set]?.[item] ?? 1) < share + better ? 1 : 0));
        return { kind: 'values', items: `set ${set}`, values, trainings: model.trainings };
      });
    },
  };
}
