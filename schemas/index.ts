export { configFileSchema, configSchema } from './config.ts';
export type { ConfigFile, EndpointFile, PoolFile, SourceFile, WeightsFile } from './config.ts';
export type { InputDefinition, KindDefinition } from './kind.ts';
export { isKind, kindNames, kindOf, kinds } from './kinds.ts';
export type { SettingsOf } from './kinds.ts';
export { namePattern, paramPattern, referencePattern, resourcePattern } from './names.ts';
export { modelSchema, paramSchema, pipelineSchema, runSchema } from './pipeline.ts';
export type { ModelSpec, ParamSpec, RunSpec } from './pipeline.ts';
export type { SchemaObject } from './with.ts';
