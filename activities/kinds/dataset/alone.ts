let last: Promise<unknown> = Promise.resolve();

/** Does work after all work that was given before: a large data set takes a gigabyte while it is read, and sweeps draw many parts of one. */
export function alone<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work);
  last = next.catch(() => undefined);
  return next;
}
