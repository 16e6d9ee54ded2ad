import { buildDocument } from './build-document.ts';
import type { ReportFile, ReportInput } from '../ports/report.ts';
import { renderCsv } from './formats/csv.ts';
import { renderHtml } from './formats/html.ts';
import { renderJson } from './formats/json.ts';
import { renderLatex } from './formats/latex.ts';
import { renderMarkdown } from './formats/markdown.ts';

/** The report in every format, as files to be written side by side. Equal input gives equal bytes. */
export async function renderReport(input: ReportInput): Promise<{ files: ReportFile[] }> {
  const document = await buildDocument(input);
  return {
    files: [
      { name: 'index.html', content: renderHtml(document) },
      { name: 'report.md', content: renderMarkdown(document) },
      { name: 'tables.tex', content: renderLatex(document) },
      { name: 'tables.csv', content: renderCsv(document) },
      { name: 'report.json', content: renderJson(document, input) },
    ],
  };
}
