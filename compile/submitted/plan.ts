import { nodeParts, planKey } from '../../plan/keys.ts';
import { planVersion, type Json, type Plan, type PlanGroup, type PlanNode } from '../../plan/index.ts';
import { isEqualJson } from '../../plan/json.ts';
import { configProblems, contentProblems, kindProblems } from './node.ts';
import type { Config } from '../../ports/configuration.ts';
import { groupNodes } from '../graph/group.ts';
import { findOrigins } from '../graph/origins.ts';
import { planShape } from './plan-shape.ts';

/**
 * Problems with a plan that was made elsewhere or before, as sentences; none if it may run here. The compiler of this version must have
 * been able to make it under this configuration: its kinds and keys, what its nodes read and make, how they are grouped, and the
 * weights behind every name.
 */
export function checkPlan(given: unknown, config: Config): string[] {
  const version = typeof given === 'object' && given !== null && 'version' in given ? given.version : planVersion;
  if (version !== planVersion) return [`the plan has version ${JSON.stringify(version)}, expected ${planVersion}; plan the pipeline again`];
  const shape = planShape(given);
  if (shape.length > 0) return shape;
  const plan = given as Plan;
  const before = new Map<string, PlanNode>();
  const problems = plan.nodes.flatMap((node) => {
    const found = nodeProblems(node, { before, config });
    before.set(node.id, node);
    return found;
  });
  return problems.length > 0 ? problems : groupProblems(plan);
}

function nodeProblems(node: PlanNode, { before, config }: { before: Map<string, PlanNode>; config: Config }): string[] {
  const ofKind = kindProblems(node);
  if (ofKind.length > 0) return ofKind;
  const inputs = Object.entries(node.inputs).map(
    ([name, refs]) => [name, refs.map(({ node: id, output }) => `${before.get(id)?.key}#${output}`)] as const,
  );
  const isOwn = planKey(nodeParts(node), Object.fromEntries(inputs)) === node.key;
  return [
    ...(before.has(node.id) ? [`${node.id}: two nodes have this id; plan the pipeline again`] : []),
    ...contentProblems(node, before),
    ...configProblems(node, config),
    ...(isOwn ? [] : [`${node.id}: the key does not match the settings and inputs; plan the pipeline again`]),
  ];
}

/** Checks that every group has one origin, and that every item-wise node is in its group. */
function groupProblems({ nodes, groups }: Plan): string[] {
  const at = { start: 0, end: 0 };
  const placed = nodes.map(({ id, kind, inputs }) => ({
    id,
    name: id,
    kind,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, refs]) => [name, refs.map((ref) => ({ ...ref, at }))])),
  }));
  const { origins, problems } = findOrigins(placed);
  if (problems.length > 0) return problems.map(({ message }) => `${message}; plan the pipeline again`);
  const expected: PlanGroup[] = groupNodes(nodes, origins);
  return isEqualJson(groups as unknown as Json, expected as unknown as Json)
    ? []
    : ['the groups do not match the nodes; plan the pipeline again'];
}
