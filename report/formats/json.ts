import type { Document } from '../document.ts';
import type { ReportInput } from '../../ports/report.ts';
import { manifestPath } from '../sources.ts';

/** The numbers for programs: the input with its outcomes by item, and the sentences and tables made from it. */
export function renderJson({ summary, sections, sources }: Document, input: ReportInput): string {
  const tables = sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.block === 'table' ? [block] : [])));
  const report = {
    format: 1,
    ...input,
    summary,
    tables,
    sources: sources.map((source) => ({ ...source, manifest: manifestPath(source) })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
