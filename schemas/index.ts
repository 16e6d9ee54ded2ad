export { configFileSchema, configSchema, poolDefaults } from './config.ts';
export type { ConfigFile } from './config.ts';
export { endpointDefaults } from './endpoint.ts';
export type { EndpointFile } from './endpoint.ts';
export type { CheckedStep, InputDefinition, KindDefinition, ShownItem } from './kinds/kind.ts';
export { isKind, kindNames, kindOf, modelInputOf, perItem, promptFormatOf } from './kinds/index.ts';
export type { DefinitionOf, Kind, SettingsOf } from './kinds/index.ts';
export { paramPattern, siblingPattern } from './names.ts';
export { claimDefaults } from './language/claim.ts';
export { modelSchema, ownFields } from './language/model.ts';
export { planSchema } from './plan.ts';
export { reportFormat, reportSchema } from './report.ts';
export type {
  FigurePanel,
  FigureSeries,
  FittedLaw,
  ReportDocument,
  ReportFigure,
  ReportSection,
  ReportTable,
  ShownEstimate,
  TableCell,
  TableColumn,
  TableRow,
} from './report.ts';
export type { ParamSpec } from './language/param.ts';
export { pipelineSchema, pipelineSchemaInParts } from './language/pipeline.ts';
export { viewSelectorKeys } from './language/view.ts';
export { runSchema } from './language/run.ts';
export { inputSchema, settingsSchema } from './language/submission.ts';
export { templateHeadSchema, writtenHeadSchema } from './template.ts';
export { trainableFamilies } from './trainer.ts';
export type { SchemaObject } from './language/with.ts';
