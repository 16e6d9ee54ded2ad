import type { ReportView } from '../../ports/report.ts';
import type { ReportSection } from '../../schemas/index.ts';
import { viewFigure } from './view-figure.ts';
import { viewTable } from './view-table.ts';

/** The tables and figures that the pipeline file declares, in its order. */
export function viewsSection(views: readonly ReportView[]): ReportSection | null {
  if (views.length === 0) return null;
  return {
    id: 'results',
    heading: 'Results',
    short: 'Results',
    paragraphs: [],
    blocks: views.map((view) => (view.form === 'table' ? viewTable(view) : viewFigure(view))),
  };
}
