/** Reads of a store at a time: more would use up a process's open files and are not faster. */
const atOnce = 64;

/** Does work for each item, some at a time; results are in the order of the items. */
export async function inParts<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    for (const each of await Promise.all(items.slice(at, at + atOnce).map(work))) done.push(each);
  return done;
}
