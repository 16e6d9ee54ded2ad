import { titleOf } from '../../plan/index.ts';
import type { SpecPlaces } from '../compare/change-words.ts';
import { allIn, rootsOf } from './reasons.ts';
import { causesOf, type Explanation } from './words.ts';
import { listedNodes } from '../compare/nodes.ts';
import { columnTable } from '../../text/index.ts';

/** How many causes are shown; --json has all. */
const shownCauses = 20;

/** The basis of an explanation: the node compared with, every cause with its step, and the steps between. */
export function differenceLines({ node, difference }: Explanation, places: SpecPlaces): string[] {
  if (!difference) return [];
  const roots = rootsOf(difference);
  const rows = roots.flatMap((root) => causesOf(root, places).map((text) => [titleOf(root.node), text]));
  const between = allIn(difference).filter((each) => each.node !== node && !roots.includes(each)).map((each) => each.node);
  return [
    '',
    `  compared with ${titleOf(difference.compared.node)} of ${difference.compared.run}:`,
    ...columnTable(rows.slice(0, shownCauses)).map((line) => `    ${line}`),
    ...(rows.length > shownCauses ? [`    and ${rows.length - shownCauses} more; --json has all`] : []),
    ...(between.length === 0 ? [] : [`  by way of ${listedNodes(between)}`]),
  ];
}
