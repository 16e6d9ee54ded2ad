export type { Digest, Json, JsonObject } from './json.ts';
export type {
  ArtifactType,
  InputRef,
  Kind,
  ModelUse,
  Plan,
  PlanGroup,
  PlanNode,
  ResourceUse,
  RunSettings,
  Shape,
} from './plan.ts';
export { defaultBudget, failureClasses } from './failures.ts';
export type { FailureClass } from './failures.ts';
export { onlyNode, unitsOf } from './walk.ts';
export type { Outputs, Unit } from './walk.ts';
export { queues } from './queues.ts';
export type { NodeResult, RunProgress, RunResult, UnitNote, UnitProgress } from './results.ts';
export type * from './messages.ts';
export type * from './metrics.ts';
