export { addClaims } from './claims.ts';
export { renderReport } from './render.ts';
export type { DataInput, MetricsInput, ReportFile, ReportInput, Source, TrainingInput } from '../ports/report.ts';
