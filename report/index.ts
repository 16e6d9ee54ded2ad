export { addClaims } from './claims.ts';
export { renderReport } from './render.ts';
export type { ReportInput } from '../ports/report.ts';
