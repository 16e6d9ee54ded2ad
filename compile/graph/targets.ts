import { kindOf } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { unknownName } from '../diagnostics/near.ts';
import type { Steps } from '../names/references.ts';
import { isSound } from '../check/sound.ts';
import type { Place } from '../diagnostics/source.ts';
import type { StepDraft } from '../names/steps.ts';
import type { Sweep } from '../sweeps/sweeps.ts';
import { entryOf, type Tree } from '../read/tree.ts';

/**
 * The targets of a file: its metrics, its reports and what `targets` names. In a file without any of these every step is a target.
 */
export function readTargets(
  root: Tree,
  { drafts, others }: Steps,
  { earlier, sweeps }: { earlier: Problem[]; sweeps: Sweep[] },
): { targets: (draft: StepDraft) => boolean; problems: Problem[] } {
  const problems: Problem[] = [];
  const isStep = (id: string): boolean => drafts.has(id) || others.has(id);
  const list = entryOf(root, 'targets')?.value;
  const named = new Set<string>();
  for (const item of list?.kind === 'list' ? list.items : []) {
    if (item.kind !== 'leaf' || typeof item.value !== 'string' || !isSound(item, { earlier })) continue;
    named.add(item.value);
    if (!isStep(item.value)) problems.push(unknown(item.value, item.at, drafts));
  }
  for (const { targets } of sweeps) for (const [id, at] of targets ?? []) if (!isStep(id)) problems.push(unknown(id, at, drafts));
  const isTarget = (draft: StepDraft): boolean => named.has(draft.id) || isEnd(draft);
  const hasTarget = [...drafts.values()].some(isTarget);
  return { targets: hasTarget ? isTarget : () => true, problems };
}

function unknown(id: string, at: Place, drafts: Steps['drafts']): Problem {
  return { code: 'E0130', at, ...unknownName('step', id, { known: [...drafts.keys()], otherwise: 'add the step' }) };
}

/** Whether a step makes what people look at: measurements or a report. */
function isEnd({ definition }: StepDraft): boolean {
  return Object.values(kindOf(definition.kind).outputs).some((type) => type === 'metrics' || type === 'report');
}
