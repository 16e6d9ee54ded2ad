import { measuredNames } from '../../plan/benchmarks.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, listedNames, oneOf } from '../diagnostics/near.ts';
import type { StepDraft } from '../names/steps.ts';
import { textOfLeaf } from '../read/tree.ts';
import type { Leaf } from '../read/tree.ts';
import { ownOf } from './selector.ts';
import type { ViewSelector } from './selector.ts';
import type { ViewScope } from './scope.ts';

/** What a cell reads of its step: a value of its metrics, or a setting. */
export interface ViewValue {
  metric: string;
  /** Its metrics have the value for several N. */
  hasSizes: boolean;
  part: string | null;
  setting: string | null;
}

/** What the statistics of pairs have, by the name that a view gives it. */
const ofPairs = ['pairs', 'tokens', 'prompt-length', 'chosen-length', 'rejected-length'];

/** Values of metrics with several N that have one value all the same. */
const withoutN = new Set(['auc', 'pass1']);

/** The value that a cell shows; null, with the problem, where its step has none of this name or no report reads it. */
export function readValue(leaf: Leaf, selector: ViewSelector, scope: ViewScope): ViewValue | null {
  const { steps: { drafts, others }, read, problems } = scope;
  const step = textOfLeaf(leaf);
  const draft = drafts.get(step);
  if (!draft && others.has(step)) return null;
  if (!draft) {
    const hint = didYouMean(step, drafts.keys(), 'name a step of this file');
    problems.push({ code: 'E0210', at: leaf.at, message: `there is no step ${step}`, expected: oneOf(read), got: step, hint });
    return null;
  }
  const setting = ownOf(selector, 'setting');
  const metric = ownOf(selector, 'metric') ?? 'accuracy';
  const problem = setting === null ? wrongMetric(draft, { leaf, selector, metric, scope }) : wrongSetting(draft, { selector, setting });
  if (problem) problems.push(problem);
  if (problem) return null;
  const hasSizes = draft.definition.sizes !== undefined && !withoutN.has(metric);
  return { metric, hasSizes, part: ownOf(selector, 'part'), setting };
}

/** Names of the values that a step has for views. */
export function valuesOfStep({ definition: { kind, outputs } }: Pick<StepDraft, 'definition'>): readonly string[] {
  return measured[kind] ?? (outputs['out'] === 'pairs' ? ofPairs : []);
}

const measured: { readonly [kind: string]: readonly string[] } = measuredNames;

function wrongMetric(
  draft: StepDraft,
  { leaf, selector, metric, scope: { read, isWhole } }: { leaf: Leaf; selector: ViewSelector; metric: string; scope: ViewScope },
): Problem | null {
  const { id, definition, at } = draft;
  const made = valuesOfStep(draft);
  const related = [{ message: `${id} is declared here`, at }];
  if (made.includes(metric) && (read.has(id) || !isWhole)) return null;
  if (made.includes(metric)) {
    const input = made === ofPairs ? 'data' : 'metrics';
    return {
      code: 'E0219',
      at: leaf.at,
      message: `no report reads ${id}`,
      expected: oneOf(read) ?? 'a step that a report reads',
      got: id,
      hint: `add ${id} to ${input} of a report step`,
      related,
    };
  }
  const name = selector.own.get('metric');
  return {
    code: 'E0211',
    at: name?.at ?? leaf.at,
    message: made.length > 0 ? `${id} (${definition.kind}) does not measure ${metric}` : `${id} (${definition.kind}) measures nothing`,
    expected: made.length > 0 ? oneOf(made) : 'a step that measures',
    got: made.length > 0 ? metric : listedNames(Object.values(definition.outputs)),
    hint: didYouMean(metric, made),
    related,
  };
}

function wrongSetting(
  { id, definition, at }: StepDraft,
  { selector, setting }: { selector: ViewSelector; setting: string },
): Problem | null {
  const known = settingPaths(kindOf(definition.kind).settings);
  if (known.includes(setting)) return null;
  return {
    code: 'E0211',
    at: selector.own.get('setting')?.at ?? at,
    message: `${id} (${definition.kind}) has no setting ${setting}`,
    expected: oneOf(known),
    got: setting,
    hint: didYouMean(setting, known),
    related: [{ message: `${id} is declared here`, at }],
  };
}

/** Dotted paths of the settings of a kind. */
function settingPaths(schema: object, prefix = ''): string[] {
  const { properties = {} } = schema as { properties?: { [key: string]: object } };
  return Object.entries(properties).flatMap(([key, each]) => [`${prefix}${key}`, ...settingPaths(each, `${prefix}${key}.`)]);
}
