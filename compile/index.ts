export { toAnnotation } from './diagnostics/annotations.ts';
export { bundle } from './submitted/bundle.ts';
export type { Bundled } from './submitted/bundle.ts';
export { checkPlan } from './submitted/plan.ts';
export { checkSubmission } from './submitted/submission.ts';
export { compile } from './compile.ts';
export type { Checked, CompileOptions, Compiled } from './compile.ts';
export { lookAtBase, trainableBases } from './config/bases.ts';
export { loadConfig } from './config/config.ts';
export type {
  Config,
  Endpoint,
  LoadConfigOptions,
  LoadedConfig,
  Pool,
  RemoteEndpoint,
  ServedEndpoint,
  Weights,
} from './config/config.ts';
export { codes, isError } from './diagnostics/diagnostic.ts';
export type { Code, Diagnostic } from './diagnostics/diagnostic.ts';
export { baseNamed, shippedFolder } from './extends/names.ts';
export { createBases } from './extends/bases.ts';
export type { Bases, BasesOptions, NamedFile } from './extends/bases.ts';
export { planCosts } from './estimate/estimate.ts';
export { sumCosts } from './estimate/sums.ts';
export type { CallCost, NodeCost } from './estimate/costs.ts';
export type { GpuCost } from './estimate/gpu.ts';
export { createGuardedCompile, guardedOnce } from './submitted/guarded.ts';
export type { Guarded } from './submitted/guarded.ts';
export { nearName } from './diagnostics/near.ts';
export { isCode, pageOf } from './diagnostics/pages.ts';
export { placesOf } from './extends/places.ts';
export type { Places, Spot } from './extends/places.ts';
export { readBounded, standardInput } from './read/read-file.ts';
export { renderDiagnostic } from './diagnostics/render.ts';
export { toSarif } from './diagnostics/sarif.ts';
export { hasValues } from './sweeps/selection.ts';
