/**
 * The order in which an execution visits numbered things: every number below `count` once. Two executions that share answers visit them
 * in different orders, so that each finds most of what the other has paid for.
 */
export function visits(count: number, execution: string): (visit: number) => number {
  const seed = Number.parseInt(execution.replaceAll('-', '').slice(-8), 16) || 0;
  let step = 1 + (seed % Math.max(1, count));
  while (dividesBoth(step, count)) step += 1;
  return (visit) => (seed + visit * step) % count;
}

/** Whether some number above 1 divides both. */
function dividesBoth(one: number, other: number): boolean {
  let [a, b] = [one, other];
  while (b > 0) [a, b] = [b, a % b];
  return a > 1;
}
