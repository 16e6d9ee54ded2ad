export { plus } from './estimate.ts';
export type { Amount, Foreseen, PlanEstimate } from './estimate.ts';
export type { Digest, Json, JsonObject } from './json.ts';
export type {
  ArtifactType,
  BudgetCaps,
  ClaimSide,
  DeclaredKind,
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
  RunnableKind,
  Scalar,
  Shape,
} from './plan.ts';
export { defaultBudget, failureClasses } from './failures.ts';
export type { FailureClass, FailureDetails } from './failures.ts';
export { chunksOfShard, rootTakes } from './limits.ts';
export { claimedMetrics } from './claims.ts';
export type { ClaimResult } from './claims.ts';
export { labelOf, onlyNode, scalarText, titleOf, unitsOf } from './walk.ts';
export type { Outputs, Unit } from './walk.ts';
export { queues } from './queues.ts';
export { fewSpans, secondsIn } from './spans.ts';
export { isMade, skippedIn, standingOf } from './standing.ts';
export type { Span } from './spans.ts';
export type { Counts, NodeResult, Paid, RunProgress, RunResult, RunTotals, Spent, UnitNote, UnitProgress, Worked } from './results.ts';
export type * from './messages.ts';
export type * from './metrics.ts';
