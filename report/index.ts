export { addClaims } from './claims.ts';
export { gatherReport } from './views/gather.ts';
export { renderReport } from './render.ts';
export type { ReportInput } from '../ports/report.ts';
