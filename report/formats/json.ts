import type { ReportDocument } from '../../schemas/index.ts';

/** Everything the report says, as data; `schemas/report.schema.json` describes it. One line a block keeps it readable and small. */
export function renderJson({ sections, ...document }: ReportDocument): string {
  const head = JSON.stringify(document).slice(0, -1);
  const parts = sections.map(({ blocks, ...section }) => {
    const lines = blocks.map((block) => `\n${JSON.stringify(block)}`).join(',');
    return `\n${JSON.stringify(section).slice(0, -1)},"blocks":[${lines}]}`;
  });
  return `${head},"sections":[${parts.join(',')}\n]}\n`;
}
