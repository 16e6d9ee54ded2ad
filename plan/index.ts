export type { Digest, Json, JsonObject } from './json.ts';
export type {
  ArtifactType,
  BudgetCaps,
  ClaimSide,
  InputRef,
  Kind,
  ModelUse,
  ParamValues,
  Plan,
  PlanCell,
  PlanClaim,
  PlanGroup,
  PlanNode,
  ResourceUse,
  RunSettings,
  Scalar,
  Shape,
} from './plan.ts';
export { defaultBudget, failureClasses } from './failures.ts';
export type { FailureClass } from './failures.ts';
export { labelOf, onlyNode, titleOf, unitsOf } from './walk.ts';
export type { Outputs, Unit } from './walk.ts';
export { queues } from './queues.ts';
export type { NodeResult, RunProgress, RunResult, UnitNote, UnitProgress } from './results.ts';
export type * from './messages.ts';
export type * from './metrics.ts';
