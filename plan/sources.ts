import type { InputRef, PlanNode } from './plan.ts';
import { titleOf } from './walk.ts';

/** A node as something that is read calls it: what it is, where it is written, and what it measured. */
export interface SourceNode {
  /** What people call it. */
  title: string;
  at: { file?: string; line: number };
  /** What people call the model and the items that it measured; left out where it is no measurement. */
  model?: string;
  dataset?: string;
}

/** What there is to say of a node of a plan. Candidates are called as the questions that they answer. */
export function sourceNode(node: PlanNode, nodeOf: (id: string) => PlanNode | undefined): SourceNode {
  const { model: models = [], ...others } = node.inputs;
  const titled = ({ node: id, output }: InputRef): string => {
    const named = nodeOf(id);
    const title = named ? titleOf(named) : id;
    return output === 'out' ? title : `${title}.${output}`;
  };
  const items = (ref: InputRef | undefined): InputRef | undefined => {
    const made = ref && nodeOf(ref.node);
    const isAnswer = made && ['graded', 'candidates'].includes(made.outputs[ref.output] ?? '');
    return isAnswer ? items(Object.values(made.inputs)[0]?.[0]) : ref;
  };
  const [model] = models;
  const dataset = items(Object.values(others)[0]?.[0]);
  const { file, line } = node.at;
  return {
    title: titleOf(node),
    at: { ...(file !== undefined && { file }), line },
    ...(model && { model: titled(model) }),
    ...(dataset && { dataset: titled(dataset) }),
  };
}
