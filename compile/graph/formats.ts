import type { InputRef } from '../../plan/index.ts';
import { kindOf, modelInputOf } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Step } from '../names/steps.ts';
import { nameOfStep } from './instances.ts';

/** The step that made the checkpoint that a step reads. */
export function modelRead({ kind, inputs }: Step, byId: Map<string, Step>): Step | undefined {
  return byId.get(inputs[modelInputOf(kind)]?.[0]?.node ?? '');
}

/**
 * A model's scores mean something for prompts of the format that its last training read. `where` names the cells of a step that
 * other cells have with other values.
 */
export function checkFormat(step: Step, byId: Map<string, Step>, where: (step: Step) => string): Problem[] {
  const trained = modelRead(step, byId);
  const measured = step.inputs[kindOf(step.kind).scores?.input ?? '']?.[0];
  const learned = trained?.inputs['pairs']?.[0];
  if (!trained || !measured || !learned) return [];
  const [known, asked] = [learned, measured].map((artifact) => formatOf(artifact, byId));
  if (!known || !asked || known === asked) return [];
  return [
    {
      code: 'E0150',
      at: measured.at,
      message: `${step.name} measures ${trained.name} with prompts of another format than it was trained on`,
      expected: `prompts of the format ${known}, as ${nameOfStep(learned.node)} has`,
      got: `prompts of the format ${asked}${where(step)}`,
      hint: `measure a model whose training reads prompts of the format ${asked}`,
      related: [{ message: `${trained.name} is trained here`, at: learned.at }],
    },
  ];
}

/** Format of the prompts in an artifact: that of the nearest step above which makes prompts. Null where none is known. */
function formatOf({ node }: InputRef, byId: Map<string, Step>): string | null {
  const step = byId.get(node);
  if (!step) return null;
  const { promptFormat, inputs } = kindOf(step.kind);
  const [first = ''] = Object.keys(inputs);
  const above = step.inputs[first]?.[0];
  return promptFormat ?? (above ? formatOf(above, byId) : null);
}
