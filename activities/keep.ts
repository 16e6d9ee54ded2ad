import { refusedText } from '../plan/checks.ts';
import type { DataChecks } from '../plan/checks.ts';
import type { PlanNode } from '../plan/index.ts';
import { classified, withDetails } from '../ports/failure.ts';

/** Items by status, or files by reason. */
export interface ItemCounts {
  [reason: string]: number;
}

/** `30 no-code, 10 truncated`: the most frequent first. */
export function countsText(counts: ItemCounts): string {
  const sorted = Object.entries(counts).toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return sorted.map(([reason, count]) => `${count} ${reason}`).join(', ');
}

/** A step with a smaller share of ok items gives a warning. */
const lowShare = 0.5;

/**
 * Throws `quality` if none of a step's items can be used, and returns a warning if only few can. Items that came without a prompt do
 * not count. `useful`: statuses besides `ok` that can be used.
 */
export function checkKept({ id }: Pick<PlanNode, 'id'>, statuses: ItemCounts, useful: readonly string[] = []): string | undefined {
  const { ok = 0, 'no-prompt': _, ...others } = statuses;
  const all = Object.values(others).reduce((sum, count) => sum + count, ok);
  const kept = useful.reduce((sum, status) => sum + (others[status] ?? 0), ok);
  if (all > 0 && kept === 0)
    throw withDetails(
      classified(
        'quality',
        `${id}: none of its ${all} items can be used: ${countsText(others)}. See what they look like: codepmp show ${id}`,
      ),
      { node: id },
    );
  return ok < all * lowShare ? `only ${ok} of ${all} items are ok (${((ok / all) * 100).toFixed(1)} %): ${countsText(others)}` : undefined;
}

/** A warning where items are kept that have a flag. */
export function warnOfFlags(statuses: ItemCounts, flags: ItemCounts): string | undefined {
  const all = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return Object.keys(flags).length > 0 ? `kept although flagged, of ${all} items: ${countsText(flags)}` : undefined;
}

/** Different failures of requests that a message names; the rest are a number. */
const namedFailures = 3;

/** `answered 400: too many images (3), did not answer in time (1)`: the most frequent first. */
function failuresText(failures: ItemCounts): string {
  const sorted = Object.entries(failures).toSorted(([, one], [, other]) => other - one);
  const others = sorted.slice(namedFailures).reduce((sum, [, count]) => sum + count, 0);
  const named = sorted.slice(0, namedFailures).map(([failure, count]) => `${failure} (${count})`);
  return [...named, ...(others > 0 ? [`other failures (${others})`] : [])].join(', ');
}

/**
 * Throws `quality` if a larger share of a step's items than `allowed` has no answer, and returns a warning if any has none. `items`: its
 * items by status; `failures`: what the endpoint did instead, and how often.
 */
export function checkAnswered(
  { id }: Pick<PlanNode, 'id'>,
  items: ItemCounts,
  { endpoint, allowed, failures }: { endpoint: string; allowed: number; failures: ItemCounts },
): string | undefined {
  const { unanswered = 0, rejected = 0 } = items;
  const all = Object.values(items).reduce((sum, count) => sum + count, 0);
  const without = unanswered + rejected;
  if (without === 0) return undefined;
  const warning = `${without} of ${all} items have no answer: endpoint ${endpoint} ${failuresText(failures)}`;
  if (without <= all * allowed) return warning;
  throw withDetails(
    classified(
      'quality',
      `${id}: ${warning}; its setting unanswered allows ${allowed * 100} %. Once it answers, ask for them again: codepmp retry --quarantined`,
    ),
    { node: id },
  );
}

/** Reasons for leaving a file out that are normal, or requested by the step. */
const expected = ['binary', 'no-plain-file', 'too-short', 'too-long'];

/** A warning if files were left out for other reasons. */
export function warnOfFiles(leftOut: ItemCounts): string | undefined {
  const odd = Object.fromEntries(Object.entries(leftOut).filter(([reason]) => !expected.includes(reason)));
  const files = Object.values(odd).reduce((sum, count) => sum + count, 0);
  return files > 0 ? `${files} ${files === 1 ? 'file was' : 'files were'} left out: ${countsText(odd)}` : undefined;
}

/** A warning where rows of a data set were refused, or where training has test items as well. */
export function warnOfChecks(checks: DataChecks): string | undefined {
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  const refused = sum(Object.values(checks.refused).map(({ rows }) => rows));
  const shared = checks.overlap ? checks.overlap.equal + checks.overlap.similar : 0;
  const warnings = [
    ...(refused > 0 ? [`${refused} of ${sum(Object.values(checks.read))} rows were refused: ${refusedText(checks)}`] : []),
    ...(shared > 0 ? [`${shared} of ${checks.overlap?.of} test questions share 13 words or more with the training part`] : []),
  ];
  return warnings.length > 0 ? warnings.join('; ') : undefined;
}
