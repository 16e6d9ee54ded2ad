import { canonicalText, nodeParts, planKeyOf } from '../../plan/keys.ts';
import type { InputRef, JsonObject, PlanView } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Step } from '../names/steps.ts';

/** The parts that decide a node's result, its inputs aside; computed once for steps with the same settings. */
export function createParts(sample: number | null) {
  const known = new Map<JsonObject, { settings: JsonObject; canonical: string }>();
  return (step: Step, views: PlanView[] = []): { settings: JsonObject; canonical: string } => {
    const before = known.get(step.settings);
    if (before) return before;
    const { version, sampled } = kindOf(step.kind);
    const settings = sample !== null && sampled ? sampled(step.settings, sample) : step.settings;
    const shown = views.length > 0 ? { views } : {};
    const plain = nodeParts({ kind: step.kind, version, settings, models: step.models, resources: step.resources, ...shown });
    const made = { settings, canonical: canonicalText(plain) };
    known.set(step.settings, made);
    return made;
  };
}

/** Identifies the work behind an artifact before there are nodes: equal work becomes one node. Null if its step has errors. */
export function createWork(byId: Map<string, Step>): (artifact: InputRef) => string | null {
  const parts = createParts(null);
  const known = new Map<string, string | null>();
  const keyOf = (id: string): string | null => {
    const before = known.get(id);
    if (before !== undefined) return before;
    known.set(id, null);
    const step = byId.get(id);
    const inputs = step && inputsOf(step);
    const key = step && inputs && !step.isPartial ? planKeyOf(parts(step).canonical, inputs) : null;
    known.set(id, key);
    return key;
  };
  const workOf = ({ node, output }: InputRef): string | null => {
    const key = keyOf(node);
    return key === null ? null : `${key}#${output}`;
  };
  const inputsOf = ({ inputs }: Step): { [name: string]: string[] } | null => {
    const named = Object.entries(inputs).map(([name, references]) => [name, references.map(workOf)] as const);
    return named.some(([, works]) => works.includes(null)) ? null : (Object.fromEntries(named) as { [name: string]: string[] });
  };
  return workOf;
}
