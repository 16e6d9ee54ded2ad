import type { ReportDocument } from '../schemas/index.ts';
import { buildDocument } from './build-document.ts';
import type { ReportFile, ReportInput } from '../ports/report.ts';
import { drawFigures } from './figures/drawings.ts';
import type { Drawings } from './figures/drawings.ts';
import { figureSvg } from './figures/file.ts';
import { svgToPdf } from './figures/pdf.ts';
import { renderCsv } from './formats/csv.ts';
import { renderHtml } from './formats/html.ts';
import { renderJson } from './formats/json.ts';
import { renderLatexFigures, renderLatexTables } from './formats/latex.ts';
import { renderMarkdown } from './formats/markdown.ts';

/** The report in every format, as files to be written side by side, and its figures. Equal input gives equal bytes. */
export async function renderReport(input: ReportInput): Promise<{ files: ReportFile[] }> {
  const document = buildDocument(input);
  const drawings = await drawFigures(document);
  return { files: [...renderDocument(document, drawings), ...(await renderFigures(document, drawings))] };
}

/** A document in every format of text. */
export function renderDocument(document: ReportDocument, drawings: Drawings): ReportFile[] {
  return [
    { name: 'index.html', content: renderHtml(document, drawings) },
    { name: 'report.md', content: renderMarkdown(document) },
    { name: 'tables.tex', content: renderLatexTables(document) },
    { name: 'figures.tex', content: renderLatexFigures(document) },
    { name: 'tables.csv', content: renderCsv(document) },
    { name: 'report.json', content: renderJson(document) },
  ];
}

/** Each figure as SVG and as PDF, called by its id. */
async function renderFigures({ sections, created }: ReportDocument, drawings: Drawings): Promise<ReportFile[]> {
  const files: ReportFile[] = [];
  for (const block of sections.flatMap(({ blocks }) => blocks)) {
    if (block.block === 'table') continue;
    const svg = figureSvg(block, drawings.get(block.id) ?? []);
    files.push({ name: `${block.id}.svg`, content: svg }, { name: `${block.id}.pdf`, content: await svgToPdf(svg, created) });
  }
  return files;
}
