import { nodeParts, planKey } from '../plan/keys.ts';
import type { Plan, PlanNode } from '../plan/index.ts';
import { isKind, kindOf } from '../schemas/index.ts';
import type { Config } from './config.ts';
import { planShape } from './plan-shape.ts';

/**
 * What is wrong with a plan that was made elsewhere or before, as sentences; none: it may run here. A plan may name only
 * what this configuration declares, its kinds must be those of this version, and its keys must be those of its content. `toRun`
 * (default true): kinds that are only declared are refused, too.
 */
export function checkPlan(plan: Plan, config: Config, { toRun = true }: { toRun?: boolean } = {}): string[] {
  if (plan.version !== 2) return [`the plan has version ${JSON.stringify(plan.version)}, expected 2: compile the pipeline again`];
  const shape = planShape(plan);
  if (shape.length > 0) return shape;
  const keys = new Map<string, string>();
  return plan.nodes.flatMap((node) => {
    const problems = [...kindProblems(node, toRun), ...undeclared(node, config)];
    const inputs = Object.entries(node.inputs).map(([name, refs]) => [name, refs.map((ref) => `${keys.get(ref.node)}#${ref.output}`)] as const);
    const key = planKey(nodeParts(node), Object.fromEntries(inputs));
    keys.set(node.id, key);
    if (key !== node.key) problems.push(`${node.id}: the key is not that of its settings and inputs: compile the pipeline again`);
    return problems;
  });
}

function kindProblems({ id, kind, version }: PlanNode, toRun: boolean): string[] {
  if (!isKind(kind)) return [`${id}: there is no kind ${JSON.stringify(kind)}`];
  const { version: known, runnable } = kindOf(kind);
  if (toRun && runnable === false) return [`${id}: ${kind} is not yet runnable: a plan that holds it can be looked at, not run`];
  return version === known ? [] : [`${id}: ${kind} is version ${known} here, the plan was made for version ${version}: compile the pipeline again`];
}

function undeclared({ id, models, resources, run }: PlanNode, { endpoints, pools, sources, weights }: Config): string[] {
  const missing = [
    ...Object.values(models).filter(({ endpoint }) => !Object.hasOwn(endpoints, endpoint)).map(({ endpoint }) => `endpoint ${endpoint}`),
    ...Object.values(resources).filter(({ name }) => !Object.hasOwn(sources, name) && !Object.hasOwn(weights, name)).map(({ name }) => `source or weights ${name}`),
    ...(Object.hasOwn(pools, run.pool) ? [] : [`pool ${run.pool}`]),
  ];
  return missing.map((thing) => `${id}: the configuration declares no ${thing}: add it to codepmp.config.yaml`);
}
