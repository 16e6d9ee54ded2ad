import type { SideOptions, Term } from './selectors.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { listedNames } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';
import { sizesOf, unmeasuredSize } from '../names/sizes.ts';
import type { Step } from '../names/steps.ts';
import type { Leaf } from '../read/tree.ts';

/**
 * Which N of Best-of-N each of some terms reads: that of its selector, else `n`, the one of the metric, else the largest that
 * the steps have; null for steps that have none. The whole is null, with the problem, where a step does not measure it.
 */
export function createSizes({ instances, steps }: SideOptions, problems: Problem[]) {
  let known: Map<string, Step> | null = null;
  const stepOf = (id: string): Step | undefined => (known ??= new Map(instances.steps.map((step) => [step.id, step]))).get(id);
  const listsOf = ({ step, cells }: Term): (readonly number[])[] => {
    if (!steps.drafts.get(step)?.definition.sizes) return [];
    const ids = new Set(cells.map((index) => instances.cells[index]?.[step] ?? ''));
    return [...ids].flatMap((id) => (stepOf(id)?.isPartial ? [] : [sizesOf(stepOf(id))]));
  };
  return (terms: Term[], { n, at }: { n: Leaf | null; at: Place }): Term[] | null => {
    const lists = terms.map(listsOf);
    const asked = terms.map(({ selector }) => selector.n ?? n);
    for (const [index, { step }] of terms.entries()) {
      const [leaf, lacking] = [asked[index], lists[index]?.find((list) => !list.includes(Number(asked[index]?.value)))];
      if (!leaf || !lacking) continue;
      problems.push(unmeasuredSize(step, leaf, lacking));
      return null;
    }
    const largest = [...new Set(lists.filter((_, index) => !asked[index]).flatMap((each) => each.map((list) => Math.max(...list))))];
    if (largest.length > 1) {
      problems.push({
        code: 'E0211',
        at,
        message: 'the sides have different largest N',
        expected: 'n in the metric',
        got: listedNames(largest.map(String)),
        hint: 'add n to the metric',
      });
      return null;
    }
    return terms.map((term, index) => ({ ...term, n: lists[index]?.length === 0 ? null : (Number(asked[index]?.value ?? largest[0])) }));
  };
}
