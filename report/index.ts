export { addClaims } from './claims.ts';
export { gatherReport } from './views/gather.ts';
export { buildDocument } from './build-document.ts';
export { renderReport } from './render.ts';
export { renderView, viewNames } from './view.ts';
export type { ViewFormat } from './view.ts';
export type { ReportInput } from '../ports/report.ts';
