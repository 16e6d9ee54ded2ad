/** Results of work on items in their order, with the work on the next ones begun early: so many at a time. */
export async function* ahead<T, R>(
  items: AsyncIterable<T>,
  { most, work }: { most: number; work: (item: T) => Promise<R> },
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      result.catch(() => undefined);
      begun.push(result);
      if (begun.length >= most) yield* next(begun);
    }
    while (begun.length > 0) yield* next(begun);
  } finally {
    await Promise.allSettled(begun);
  }
}

async function* next<R>(begun: Promise<R>[]): AsyncGenerator<R> {
  const [first] = begun;
  if (first === undefined) return;
  const result = await first;
  void begun.shift();
  yield result;
}
