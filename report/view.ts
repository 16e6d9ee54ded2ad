import type { ReportDocument, ReportSection } from '../schemas/index.ts';
import { drawFigures } from './figures/drawings.ts';
import { figureSvg } from './figures/file.ts';
import { svgToPdf } from './figures/pdf.ts';
import { renderCsv } from './formats/csv.ts';
import { renderHtml } from './formats/html.ts';
import { renderLatexBlocks } from './formats/latex.ts';
import { renderMarkdownBlocks } from './formats/markdown.ts';

/** Formats of a single view; `svg` and `pdf` are of figures. */
export type ViewFormat = 'html' | 'markdown' | 'latex' | 'csv' | 'json' | 'svg' | 'pdf';

/** The views of a report, in its order. */
export function viewNames({ sections }: ReportDocument): string[] {
  return [...new Set(sections.flatMap(({ blocks }) => blocks.flatMap(({ view }) => (view === null ? [] : [view]))))];
}

/** One view of a report, as `report.json` holds it, in a format; null where the view has no such format or is not there. */
export async function renderView(document: ReportDocument, view: string, format: ViewFormat): Promise<string | Uint8Array | null> {
  const blocks = document.sections.flatMap((section) => section.blocks.filter((block) => block.view === view));
  const [first] = blocks;
  if (!first) return null;
  const section: ReportSection = { id: 'results', heading: first.name, short: first.name, paragraphs: [], blocks };
  const whole = { ...document, summary: [], missing: [], sections: [section] };
  switch (format) {
    case 'html':
      return renderHtml(whole, await drawFigures(whole));
    case 'markdown':
      return renderMarkdownBlocks(blocks);
    case 'latex':
      return renderLatexBlocks(blocks);
    case 'csv':
      return renderCsv(whole);
    case 'json':
      return `${JSON.stringify(blocks, null, 2)}\n`;
    case 'svg':
    case 'pdf': {
      if (first.block === 'table') return null;
      const svg = figureSvg(first, (await drawFigures(whole)).get(first.id) ?? []);
      return format === 'svg' ? svg : svgToPdf(svg, document.created);
    }
    default:
      return format satisfies never;
  }
}
