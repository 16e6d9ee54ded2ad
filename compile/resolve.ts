import type { Config } from './config.ts';
import { isError } from './diagnostic.ts';
import type { Problem } from './diagnostic.ts';
import { readModels } from './models.ts';
import { inOrder } from './order.ts';
import { findOrigins } from './origins.ts';
import type { Origins } from './origins.ts';
import { readParams } from './params.ts';
import type { SetValues } from './params.ts';
import { inputsOf } from './references.ts';
import { checkRules } from './rules.ts';
import { isSound } from './sound.ts';
import type { Scope } from './scope.ts';
import { modelsOf, readSteps, runOf, settingsOf, sourcesOf } from './steps.ts';
import type { Step } from './steps.ts';
import { entryOf } from './tree.ts';
import type { Tree } from './tree.ts';
import { findUnused } from './unused.ts';

/** A pipeline in which every name has its meaning: what lowering works on. */
export interface Resolved {
  name: string;
  /** In topological order. */
  steps: Step[];
  origins: Origins;
}

/**
 * Third pass: params and names. It reads what the schema found sound and leaves the rest alone, so that one mistake is
 * reported once and every other mistake all the same. The result stands for a pipeline only where no pass found errors.
 */
export function resolve(
  root: Tree,
  { set, config, earlier }: { set: SetValues; config: Config; earlier: Problem[] },
): { resolved: Resolved; problems: Problem[] } {
  const { params, problems: ofParams } = readParams(root, { set, earlier });
  const scope: Scope = { config, params, usedParams: new Set(), problems: [], earlier };
  const models = readModels(root, scope);
  const steps = readSteps(root);
  const all: Step[] = [];
  for (const draft of steps.drafts.values()) {
    const { inputs, weights } = inputsOf(draft, steps, scope);
    const settings = settingsOf(draft, scope);
    const uses = modelsOf(draft, models, scope);
    const resources = { ...sourcesOf(draft, scope), ...weights };
    const run = runOf(draft, scope);
    const { id, definition, at, written } = draft;
    const step: Step = {
      id,
      kind: definition.kind,
      at,
      written,
      inputs,
      models: uses,
      resources,
      settings: settings ?? {},
      run: run ?? noRun,
    };
    const isWhole = settings !== null && run !== null && isSound(written, scope);
    all.push(isWhole ? step : { ...step, isPartial: true });
  }
  const { ordered, problems: cycles } = inOrder(all);
  const { origins, problems: mixed } = findOrigins(ordered);
  const rules = checkRules(all.filter(({ isPartial }) => !isPartial));
  const named = entryOf(root, 'name')?.value;
  const name = named?.kind === 'leaf' ? String(named.value) : '';
  const problems = [...ofParams, ...scope.problems, ...cycles, ...mixed, ...rules];
  if (![...earlier, ...problems].some(isError)) problems.push(...findUnused(all, models, scope));
  return { resolved: { name, steps: ordered, origins }, problems };
}

const noRun = { pool: '', chunk: null, budget: {} };
