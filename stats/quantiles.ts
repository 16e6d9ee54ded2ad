/** The point that the standard normal distribution is beyond with probability `alpha`, both sides together: 1.96 for 0.05. */
export function normalPoint(alpha: number): number {
  return pointOf(alpha, normalTails);
}

/** The same of Student's t distribution, whose degrees of freedom need not be whole; from a million on the normal one is used. */
export function tPoint(alpha: number, freedom: number): number {
  if (freedom >= 1e6) return normalPoint(alpha);
  return pointOf(alpha, (t) => betaShare(freedom / (freedom + t ** 2), { a: freedom / 2, b: 0.5 }));
}

function pointOf(alpha: number, tails: (point: number) => number): number {
  let high = 1;
  while (tails(high) > alpha && high < 1e15) high *= 2;
  let low = 0;
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (tails(middle) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|Z| > z) for z ≥ 0: by the density times z + z³/3 + z⁵/15 + …, far out by the continued fraction of Mills' ratio. */
function normalTails(z: number): number {
  const density = Math.exp(-(z ** 2) / 2) * Math.sqrt(2 / Math.PI);
  if (z > 3) {
    let ratio = z;
    for (let step = 60; step > 0; step -= 1) ratio = z + step / ratio;
    return density / ratio;
  }
  let term = z;
  let sum = z;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= z ** 2 / odd;
    sum += term;
  }
  return 1 - sum * density;
}

interface BetaShape {
  a: number;
  b: number;
}

/** Share of a beta distribution below x, by its continued fraction (DLMF 8.17.22), which converges fast below the mean. */
function betaShare(x: number, { a, b }: BetaShape): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, { a: b, b: a });
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  return front / continuedFraction((step) => betaTerm(step, x, { a, b }));
}

/** 1 + t₁ / (1 + t₂ / (1 + …)), by the recurrence of its convergents until they no longer change. */
function continuedFraction(term: (step: number) => number): number {
  let [upper, lower, beforeUpper, beforeLower] = [1, 1, 1, 0];
  for (let step = 1; step <= 2000; step += 1) {
    const own = term(step);
    const [nextUpper, nextLower] = [upper + own * beforeUpper, lower + own * beforeLower];
    if (Math.abs(nextUpper / nextLower - upper / lower) < 1e-15 * Math.abs(nextUpper / nextLower)) return nextUpper / nextLower;
    [beforeUpper, beforeLower, upper, lower] = [upper / nextLower, lower / nextLower, nextUpper / nextLower, 1];
  }
  return upper / lower;
}

function betaTerm(step: number, x: number, { a, b }: BetaShape): number {
  const m = Math.floor(step / 2);
  if (step % 2 === 0) return (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
  return (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
}

/** ln Γ(x) for x > 0: Stirling's series, after the recurrence has made x large. */
function logGamma(x: number): number {
  let shift = 0;
  let large = x;
  for (; large < 10; large += 1) shift += Math.log(large);
  const series = 1 / (12 * large) - 1 / (360 * large ** 3) + 1 / (1260 * large ** 5) - 1 / (1680 * large ** 7);
  return (large - 0.5) * Math.log(large) - large + Math.log(2 * Math.PI) / 2 + series - shift;
}
