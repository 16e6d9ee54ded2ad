import { renderReport } from '../../report/index.ts';
import type { ReportInput } from '../../report/index.ts';
import type { ReportDocument } from '../../schemas/index.ts';

/** The files of a rendered report that are texts, by name. */
export async function renderTexts(input: ReportInput): Promise<{ [name: string]: string }> {
  const { files } = await renderReport(input);
  return textsOf(files);
}

/** Files that are texts, by name. */
export function textsOf(files: readonly { name: string; content: string | Uint8Array }[]): { [name: string]: string } {
  return Object.fromEntries(files.flatMap(({ name, content }) => (typeof content === 'string' ? [[name, content]] : [])));
}

/** The report as data. */
export function documentIn(files: { [name: string]: string }): ReportDocument {
  return JSON.parse(files['report.json'] ?? '') as ReportDocument;
}
