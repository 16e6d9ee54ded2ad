import type { ParamValues, PlanCell } from '../../plan/index.ts';
import type { Alternatives } from '../sweeps/alternatives.ts';
import type { Cell } from '../sweeps/cell.ts';

interface LabelOptions {
  cells: Cell[];
  /** The same cells in the same order, with their nodes. */
  planCells: PlanCell[];
  alternatives: Alternatives;
}

/**
 * Labels of nodes: those axes of a node's sweep that decide it, differ among the nodes of its step and have the same value in all
 * of its cells. The label is empty if the step has one node.
 */
export function createLabels({ cells, planCells, alternatives }: LabelOptions): (id: string, decidedBy: string[]) => ParamValues {
  const nodes = new Map<string, { step: StepValues; axes: string[]; values: ParamValues }>();
  const steps = new Map<string, StepValues>();
  planCells.forEach(({ values, nodes: own }, index) => {
    for (const name in own) {
      const id = own[name] ?? '';
      const step = steps.get(name) ?? { first: values, varying: new Set(), nodes: new Set() };
      steps.set(name, step);
      step.nodes.add(id);
      for (const param in values) if (values[param] !== step.first[param]) step.varying.add(param);
      const node = nodes.get(id);
      if (node) dropUnequal(node.values, values);
      else nodes.set(id, { step, axes: cells[index]?.axes ?? [], values: { ...values } });
    }
  });
  const decides = (axis: string, params: string[]): boolean =>
    params.includes(axis) ||
    [...(alternatives.get(axis)?.choices.values() ?? [])].some((choice) => params.some((param) => choice.values.has(param)));
  return (id, decidedBy) => {
    const node = nodes.get(id);
    const label: ParamValues = {};
    if (!node || node.step.nodes.size === 1) return label;
    for (const axis of node.axes) {
      const value = node.values[axis];
      if (value !== undefined && node.step.varying.has(axis) && decides(axis, decidedBy)) label[axis] = value;
    }
    return label;
  };
}

/** The values in the cells of a step, and which params differ among them. */
interface StepValues {
  first: ParamValues;
  varying: Set<string>;
  nodes: Set<string>;
}

function dropUnequal(values: ParamValues, others: ParamValues): void {
  for (const name in values) if (values[name] !== others[name]) delete values[name];
}
