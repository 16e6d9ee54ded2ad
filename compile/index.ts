export { toAnnotation } from './annotations.ts';
export { bundle } from './bundle.ts';
export type { Bundled } from './bundle.ts';
export { checkPlan } from './check-plan.ts';
export { checkSubmission } from './check-submission.ts';
export { compile } from './compile.ts';
export type { Checked, CompileOptions, Compiled } from './compile.ts';
export { loadConfig } from './config.ts';
export type {
  Config,
  Endpoint,
  LoadConfigOptions,
  LoadedConfig,
  Pool,
  RemoteEndpoint,
  ServedEndpoint,
  Weights,
} from './config.ts';
export { codes, isError } from './diagnostic.ts';
export type { Code, Diagnostic } from './diagnostic.ts';
export { baseNamed, shippedFolder } from './extends-name.ts';
export { createBases } from './extends-read.ts';
export type { Bases, BasesOptions, NamedFile } from './extends-read.ts';
export type { SetValues } from './params.ts';
export { planCosts } from './estimate.ts';
export { sumCosts } from './estimate-sums.ts';
export type { CallCost, NodeCost } from './estimate-costs.ts';
export type { GpuCost } from './estimate-gpu.ts';
export { createGuardedCompile, guardedOnce } from './guarded.ts';
export type { Guarded, GuardedOptions, GuardOptions } from './guarded.ts';
export { nearName } from './near.ts';
export { isCode, pageOf } from './pages.ts';
export { placesOf } from './places.ts';
export type { Places, Spot } from './places.ts';
export { readBounded, standardInput } from './read-file.ts';
export { renderDiagnostic } from './render.ts';
export { toSarif } from './sarif.ts';
export { hasValues } from './selection.ts';
