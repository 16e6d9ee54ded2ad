import type { SideOptions } from './selectors.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { kindOf } from '../../schemas/index.ts';
import { listed } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Step } from '../names/steps.ts';
import type { Tree } from '../read/tree.ts';

/** Which N of Best-of-N is compared: the one asked for, or the largest that the steps have; null for other metrics. */
export function createSizes({ instances, steps }: SideOptions) {
  let known: Map<string, Step> | null = null;
  const stepOf = (id: string): Step | undefined => (known ??= new Map(instances.steps.map((step) => [step.id, step]))).get(id);
  return (sides: (readonly [step: string, cells: number[]])[], { n, at }: { n: Tree | undefined; at: Place }, problems: Problem[]): number | null | 'wrong' => {
    const made = sides.filter(([step]) => steps.drafts.get(step)?.definition.sizes);
    const ids = new Set(made.flatMap(([step, cells]) => cells.map((index) => instances.cells[index]?.[step] ?? '')));
    const lists = [...ids].flatMap((id) => (stepOf(id)?.isPartial ? [] : [sizesOf(stepOf(id))]));
    const [first] = lists;
    if (!first) return null;
    const asked = n?.kind === 'leaf' ? Number(n.value) : null;
    const largest = lists.map((list) => Math.max(...list));
    const lacking = lists.find((list) => asked !== null && !list.includes(asked));
    if (asked !== null && !lacking) return asked;
    if (asked === null && largest.every((each) => each === largest[0])) return largest[0] ?? null;
    const name = made[0]?.[0] ?? '';
    problems.push({
      code: 'E0211',
      at: n?.at ?? at,
      message: lacking ? `${name} does not measure Best-of-${asked}` : 'the sides have different largest N',
      expected: lacking ? `one of ${listed(lacking.map(String))}` : 'n in the metric',
      got: lacking ? String(asked) : listed([...new Set(largest)].map(String)),
      hint: lacking ? `add ${asked} to the n of ${name}` : 'add n to the metric',
    });
    return 'wrong';
  };
}

function sizesOf(step: Step | undefined): readonly number[] {
  return (step && kindOf(step.kind).sizes?.(step.settings)) ?? [];
}
