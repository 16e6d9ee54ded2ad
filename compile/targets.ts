import { kindOf } from '../schemas/index.ts';
import type { Problem } from './diagnostic.ts';
import { didYouMean, oneOf } from './near.ts';
import type { Steps } from './references.ts';
import { isSound } from './sound.ts';
import type { StepDraft } from './steps.ts';
import { entryOf } from './tree.ts';
import type { Tree } from './tree.ts';

/**
 * What a file works towards: its metrics and reports and what `targets` names. A file that has none of these works towards
 * every step.
 */
export function readTargets(
  root: Tree,
  { drafts, others }: Steps,
  { earlier }: { earlier: Problem[] },
): { targets: (draft: StepDraft) => boolean; problems: Problem[] } {
  const problems: Problem[] = [];
  const list = entryOf(root, 'targets')?.value;
  const named = new Set<string>();
  for (const item of list?.kind === 'list' ? list.items : []) {
    if (item.kind !== 'leaf' || typeof item.value !== 'string' || !isSound(item, { earlier })) continue;
    named.add(item.value);
    if (drafts.has(item.value) || others.has(item.value)) continue;
    problems.push({
      code: 'E0130',
      at: item.at,
      message: `there is no step ${item.value}`,
      expected: oneOf(drafts.keys()),
      got: item.value,
      hint: didYouMean(item.value, drafts.keys(), 'add the step'),
    });
  }
  const isTarget = (draft: StepDraft): boolean => named.has(draft.id) || isEnd(draft);
  const hasTarget = [...drafts.values()].some(isTarget);
  return { targets: hasTarget ? isTarget : () => true, problems };
}

/** What people look at: measurements and reports. */
function isEnd({ definition }: StepDraft): boolean {
  return Object.values(kindOf(definition.kind).outputs).some((type) => type === 'metrics' || type === 'report');
}
