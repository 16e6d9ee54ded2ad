import type { ReportFile, ReportInput } from './input.ts';

/** The report in every format, as files to be written side by side. */
export function renderReport(input: ReportInput): { files: ReportFile[] } {
  return { files: [{ name: 'report.json', content: `${JSON.stringify(input, null, 2)}\n` }] };
}
