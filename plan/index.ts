export { plus, times } from './estimate.ts';
export type { Amount, Foreseen, PlanEstimate } from './estimate.ts';
export { parseJson } from './json.ts';
export type { Digest, Json, JsonObject } from './json.ts';
export { variablePattern } from './template.ts';
export type { PromptTemplate, TemplateExample } from './template.ts';
export { planVersion } from './plan.ts';
export type {
  ArtifactType,
  BudgetCaps,
  ClaimNodes,
  ClaimSide,
  InputRef,
  ModelInput,
  ModelUse,
  ParamValues,
  Plan,
  PlanCell,
  PlanClaim,
  PlanComparison,
  PlanGroup,
  PlanNode,
  ResourceUse,
  RunSettings,
  Scalar,
  Shape,
} from './plan.ts';
export { callsSpent, causeIn, dataLost, defaultBudget, errorTypes, failureClasses } from './run/failures.ts';
export type { FailureClass } from './run/failures.ts';
export { createKept } from './kept.ts';
export { chunksOfShard, rootTakes } from './limits.ts';
export { claimReason, claimText, claimWords, comparisonText, outcomeCounts, verdictOf } from './run/claims.ts';
export type { ClaimResult, ComparisonResult } from './run/claims.ts';
export { cellsOfView, mapView } from './views.ts';
export type { FigureOf, LineOf, PanelOf, PlanView, PlanViewCell, TableOf, ViewAxis, ViewOf, ViewScale } from './views.ts';
export { sourceNode } from './sources.ts';
export type { SourceNode } from './sources.ts';
export { labelOf, nodeById, nodesBefore, onlyNode, scalarText, titleOf, unitsOf } from './walk.ts';
export type { Unit } from './walk.ts';
export { askMessages } from './run/asking.ts';
export type { PausedRun, WaitingRun } from './run/asking.ts';
export { queues } from './run/queues.ts';
export { costOf, costOfCall } from './run/money.ts';
export type { TokenPrices } from './run/money.ts';
export { fewSpans, secondsIn } from './run/spans.ts';
export { isMade, resultKeyOf, skippedIn, standingOf } from './run/standing.ts';
export type { Span } from './run/spans.ts';
export type {
  Counts,
  FailureDetails,
  LengthBias,
  NodeResult,
  Paid,
  PairNote,
  RunProgress,
  RunResult,
  RunTotals,
  Spent,
  StepNote,
  UnitNote,
  UnitProgress,
  Worked,
} from './run/results.ts';
export type * from './run/messages.ts';
export type * from './metrics.ts';
