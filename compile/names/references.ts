import type { ResourceUse } from '../../plan/index.ts';
import type { InputDefinition } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, listedNames, oneOf } from '../diagnostics/near.ts';
import type { Param } from './params.ts';
import { blameOf, paramOf, substitute, type Scope } from './scope.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Reference, StepDraft } from './steps.ts';
import { entryOf, type Tree } from '../read/tree.ts';

export interface Steps {
  drafts: Map<string, StepDraft>;
  /** Those of unknown kind, as written. */
  others: Map<string, Tree>;
}

interface Inputs {
  inputs: { [name: string]: Reference[] };
  /** Base weights named instead of a checkpoint. */
  weights: { [name: string]: ResourceUse };
}

/** What a step reads: artifacts of other steps, or base weights. */
export function resolvedInputs(draft: StepDraft, steps: Steps, scope: Scope): Inputs {
  const inputs: Inputs['inputs'] = {};
  const weights: Inputs['weights'] = {};
  for (const [name, input] of Object.entries(draft.definition.inputs)) {
    const tree = entryOf(draft.written, name)?.value;
    if (!tree) continue;
    const found = (tree.kind === 'list' ? tree.items : [tree]).map((item) => resolveReference(item, input, { steps, scope }));
    const references = found.filter((each) => each !== null && 'node' in each);
    const resource = found.find((each) => each !== null && 'identity' in each);
    if (resource) weights[name] = resource;
    if (references.length > 0) inputs[name] = references;
  }
  return { inputs, weights };
}

interface ReferenceContext {
  steps: Steps;
  scope: Scope;
}

function resolveReference(tree: Tree, input: InputDefinition, context: ReferenceContext): Reference | ResourceUse | null {
  const { steps, scope } = context;
  const { value: text } = substitute(tree, scope);
  const param = paramOf(tree, scope);
  if (text === undefined) return null;
  if (param && (typeof text !== 'string' || isOtherParam(param, input))) return misused(tree, param, { input, scope });
  if (typeof text !== 'string') return null;
  const [id = '', output, ...rest] = text.split('.');
  const isStep = steps.drafts.has(id) || steps.others.has(id);
  const weights = input.orWeights ? weightsOf(text, scope) : null;
  if (weights && isStep) return ambiguous(text, tree.at, { steps, scope });
  if (weights?.identity === null) scope.problems.push(withoutDigest(text, tree.at));
  if (weights) return weights;
  if (steps.others.has(id)) return null;
  const target = steps.drafts.get(id);
  if (!target || rest.length > 0) return unknownStep(text, tree, { input, ...context });
  return outputOf(target, output, { tree, input, scope });
}

function isOtherParam({ type }: Param, { types }: InputDefinition): boolean {
  return type === 'checkpoint' && !types.includes('checkpoint');
}

function weightsOf(name: string, { config }: Scope): ResourceUse | null {
  const weights = Object.hasOwn(config.weights, name) ? config.weights[name] : undefined;
  return weights && !weights.path.endsWith('.gguf') ? { name, identity: weights.identity } : null;
}

function outputOf(
  target: StepDraft,
  named: string | undefined,
  { tree, input, scope }: { tree: Tree; input: InputDefinition; scope: Scope },
): Reference | null {
  const { id, definition } = target;
  const { at, related } = blameOf(tree, scope);
  const names = Object.keys(definition.outputs);
  const output = named ?? (names.length === 1 ? names[0] : undefined);
  const declared = { message: `${id} is declared here (${definition.kind})`, at: target.at };
  const type = output !== undefined && Object.hasOwn(definition.outputs, output) ? definition.outputs[output] : undefined;
  const fitting = fittingOutputs(target, input);
  const nothingFits = `${input.types.join(' or ')}, which ${id} does not make`;
  if (output === undefined || type === undefined) {
    const choose = fitting.length === 1 ? `write ${fitting[0]}` : fitting.length > 1 ? 'choose one of them' : undefined;
    scope.problems.push({
      code: 'E0131',
      at,
      message: named === undefined ? `${id} has several outputs` : `${id} has no output ${named}`,
      expected: oneOf(fitting) ?? nothingFits,
      got: named === undefined ? id : `${id}.${named}`,
      hint: named === undefined ? choose : didYouMean(`${id}.${named}`, fitting, choose),
      related: [...related, declared],
    });
    return null;
  }
  if (input.types.includes(type)) return { node: id, output, at: tree.at, ...(at !== tree.at && { given: at }) };
  scope.problems.push({
    code: 'E0132',
    at,
    message: `${names.length === 1 ? id : `${id}.${output}`} has the wrong type for this key`,
    expected: input.types.join(' or '),
    got: type,
    hint:
      fitting.length === 0
        ? undefined
        : fitting.length === 1
          ? `write ${fitting[0]}`
          : `${id} has several outputs of this type: ${listedNames(fitting)}`,
    related: [...related, declared],
  });
  return null;
}

/** The outputs of a step that an input accepts, as a file names them: a step with one output by its id alone. */
function fittingOutputs({ id, definition }: StepDraft, { types }: InputDefinition): string[] {
  const outputs = Object.entries(definition.outputs);
  return outputs.filter(([, type]) => types.includes(type)).map(([name]) => (outputs.length === 1 ? id : `${id}.${name}`));
}

function unknownStep(text: string, tree: Tree, { steps, scope, input }: ReferenceContext & { input: InputDefinition }): null {
  const fitting = [...steps.drafts.values()].flatMap((draft) => fittingOutputs(draft, input));
  const bases = Object.keys(scope.config.weights).filter((name) => input.orWeights && weightsOf(name, scope));
  const names = [...steps.drafts.keys(), ...steps.others.keys(), ...fitting, ...bases];
  const makers = fitting.length + bases.length === 0 ? ', which no step makes' : `: ${listedNames([...fitting, ...bases])}`;
  scope.problems.push({
    code: 'E0130',
    ...blameOf(tree, scope),
    message: input.orWeights ? `${text} is neither a step nor weights of the configuration` : `there is no step ${text}`,
    expected: `${input.types.join(' or ')}${makers}`,
    got: text,
    hint: didYouMean(text, names, input.orWeights ? 'declare the weights in codepmp.config.yaml, or add a step' : 'add the step'),
  });
  return null;
}

function withoutDigest(name: string, at: Place): Problem {
  return {
    code: 'E0162',
    severity: 'warning',
    at,
    message: `the weights ${name} declare no digest, so their name is used as their identity`,
    hint: 'declare identity for the weights, so that results are made again when they change',
  };
}

function ambiguous(text: string, at: Place, { steps, scope }: ReferenceContext): null {
  const step = steps.drafts.get(text)?.at;
  scope.problems.push({
    code: 'E0135',
    at,
    message: `${text} is the name of a step and of weights in the configuration`,
    hint: 'rename the step',
    ...(step ? { related: [{ message: `the step ${text} is declared here`, at: step }] } : {}),
  });
  return null;
}

function misused(tree: Tree, { name, type, at }: Param, { input, scope }: { input: InputDefinition; scope: Scope }): null {
  scope.problems.push({
    code: 'E0123',
    at: tree.at,
    message: `$${name} has the wrong type for this key`,
    expected: input.types.join(' or '),
    got: `a param of type ${type}`,
    related: [{ message: `${name} is declared here`, at }],
  });
  return null;
}
