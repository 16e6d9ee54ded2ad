import { normalPoint, tPoint } from './quantiles.ts';

/** A measured value at a size, with its 95 % interval where it has one. */
interface LawPoint {
  x: number;
  value: number;
  interval: readonly [low: number, high: number] | null;
}

/** `limit − factor · x^−exponent`, with a 95 % band for the curve within the measured range. */
export interface PowerLaw {
  limit: number;
  factor: number;
  exponent: number;
  from: number;
  to: number;
  band: { x: number; value: number; low: number; high: number }[];
  residuals: { x: number; residual: number }[];
}

type PowerLawFit = { kind: 'fitted'; law: PowerLaw } | { kind: 'none'; reason: string };

/** Intervals of the points and the band are at 95 %. */
const ALPHA = 0.05;
/** Different sizes without which three terms and their spread cannot be told. */
const FEWEST_SIZES = 6;
/** Exponents between which the best one is looked for. */
const EXPONENTS = { least: 0.02, most: 4, steps: 80 };
/** Points of the band, evenly spaced on a logarithmic axis. */
const BAND_POINTS = 41;

/**
 * Fits a power law with offset by least squares, points weighted by their intervals where all have one. The band is the
 * linear one around the best fit; its scale is never below that of the intervals. There is no law where points are too few
 * or do not bend: a best exponent at an end of the range says nothing about the limit.
 */
export function fitPowerLaw(points: readonly LawPoint[]): PowerLawFit {
  const sizes = new Set(points.map(({ x }) => x));
  if (points.some(({ x }) => !(x > 0))) return { kind: 'none', reason: 'sizes are not all above 0' };
  if (sizes.size < FEWEST_SIZES) return { kind: 'none', reason: `it needs ${FEWEST_SIZES} sizes and has ${sizes.size}` };
  const unit = Math.exp(points.reduce((sum, { x }) => sum + Math.log(x), 0) / points.length);
  const data = weighted(points, unit);
  const exponent = bestExponent(data);
  if (exponent === null) return { kind: 'none', reason: 'the points do not bend enough to tell where the curve leads' };
  const fit = linearFit(data, exponent);
  const spread = covariance(data, fit, exponent);
  if (spread === null) return { kind: 'none', reason: 'the points do not tell its three terms apart' };
  const from = Math.min(...sizes);
  const to = Math.max(...sizes);
  const valueAt = (x: number): number => fit.limit - fit.factor * (x / unit) ** -exponent;
  const band = Array.from({ length: BAND_POINTS }, (_, index) => {
    const x = index === BAND_POINTS - 1 ? to : from * (to / from) ** (index / (BAND_POINTS - 1));
    const half = halfWidth(gradient(x / unit, fit.factor, exponent), spread);
    return { x, value: valueAt(x), low: valueAt(x) - half, high: valueAt(x) + half };
  });
  const residuals = points.map(({ x, value }) => ({ x, residual: value - valueAt(x) }));
  return { kind: 'fitted', law: { limit: fit.limit, factor: fit.factor * unit ** exponent, exponent, from, to, band, residuals } };
}

interface WeightedPoint {
  /** Size over the geometric mean of the sizes. */
  z: number;
  value: number;
  weight: number;
}

function weighted(points: readonly LawPoint[], unit: number): WeightedPoint[] {
  const errors = points.map(({ interval }) => (interval === null ? 0 : (interval[1] - interval[0]) / (2 * normalPoint(ALPHA))));
  const isKnown = errors.every((error) => error > 0);
  return points.map(({ x, value }, index) => ({ z: x / unit, value, weight: isKnown ? (errors[index] ?? 1) ** -2 : 1 }));
}

/** Exponent with the least weighted squares: a grid, then golden sections around its best; null at an end of the grid. */
function bestExponent(data: readonly WeightedPoint[]): number | null {
  const { least, most, steps } = EXPONENTS;
  const grid = Array.from({ length: steps }, (_, index) => least * (most / least) ** (index / (steps - 1)));
  const squares = grid.map((exponent) => linearFit(data, exponent).squares);
  const best = squares.indexOf(Math.min(...squares));
  if (best <= 0 || best >= steps - 1) return null;
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [grid[best - 1] ?? least, grid[best + 1] ?? most];
  for (let round = 0; round < 60; round += 1) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (linearFit(data, left).squares < linearFit(data, right).squares) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

interface LinearFit {
  limit: number;
  factor: number;
  squares: number;
}

/** With the exponent fixed the law is a line in z^−exponent. */
function linearFit(data: readonly WeightedPoint[], exponent: number): LinearFit {
  const rows = data.map(({ z, value, weight }) => ({ u: z ** -exponent, value, weight }));
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  const meanU = rows.reduce((sum, { u, weight }) => sum + weight * u, 0) / total;
  const meanValue = rows.reduce((sum, { value, weight }) => sum + weight * value, 0) / total;
  const across = rows.reduce((sum, { u, value, weight }) => sum + weight * (u - meanU) * (value - meanValue), 0);
  const along = rows.reduce((sum, { u, weight }) => sum + weight * (u - meanU) ** 2, 0);
  const slope = along === 0 ? 0 : across / along;
  const limit = meanValue - slope * meanU;
  const squares = rows.reduce((sum, { u, value, weight }) => sum + weight * (value - limit - slope * u) ** 2, 0);
  return { limit, factor: -slope, squares };
}

/** How the curve at z moves with limit, factor and exponent. */
function gradient(z: number, factor: number, exponent: number): [number, number, number] {
  return [1, -(z ** -exponent), factor * z ** -exponent * Math.log(z)];
}

interface Spread {
  inverse: number[][];
  /** Student's t at 95 % times the residual scale. */
  scale: number;
}

function covariance(data: readonly WeightedPoint[], { factor, squares }: LinearFit, exponent: number): Spread | null {
  const normal = [0, 1, 2].map(() => [0, 0, 0]);
  for (const { z, weight } of data) {
    const terms = gradient(z, factor, exponent);
    for (const [i, line] of normal.entries())
      for (const j of [0, 1, 2]) line[j] = (line[j] ?? 0) + weight * (terms[i] ?? 0) * (terms[j] ?? 0);
  }
  const inverse = inverted(normal);
  if (inverse === null) return null;
  const freedom = data.length - 3;
  const residual = squares / freedom;
  const isWeighted = new Set(data.map(({ weight }) => weight)).size > 1 || data[0]?.weight !== 1;
  return { inverse, scale: tPoint(ALPHA, freedom) * Math.sqrt(isWeighted ? Math.max(1, residual) : residual) };
}

function halfWidth(terms: readonly number[], { inverse, scale }: Spread): number {
  const variance = terms.reduce(
    (sum, one, i) => sum + terms.reduce((inner, other, j) => inner + one * other * (inverse[i]?.[j] ?? 0), 0),
    0,
  );
  return scale * Math.sqrt(Math.max(0, variance));
}

/** Inverse of a matrix of three by three by its cofactors; null where there is none. */
function inverted(matrix: readonly (readonly number[])[]): number[][] | null {
  const at = (i: number, j: number): number => matrix[i % 3]?.[j % 3] ?? 0;
  const cofactor = (i: number, j: number): number => at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1);
  const determinant = [0, 1, 2].reduce((sum, j) => sum + at(0, j) * cofactor(0, j), 0);
  const size = at(0, 0) * at(1, 1) * at(2, 2);
  if (!(Math.abs(determinant) > 1e-12 * Math.abs(size))) return null;
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => cofactor(j, i) / determinant));
}
