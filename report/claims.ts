import type { ClaimResult } from '../plan/index.ts';
import type { ReportDocument } from '../schemas/index.ts';
import { cleaned } from './build-document.ts';
import { drawFigures } from './figures/drawings.ts';
import { renderMarkdownBlocks } from './formats/markdown.ts';
import type { ReportFile } from '../ports/report.ts';
import { renderDocument } from './render.ts';
import { claimsSection, claimsSummary } from './sections/claims.ts';

/**
 * A rendered report with the claims of a run in it, and beside it `claims.md` and `claims.json`. A report is made of results
 * alone and is the same for every run that has them; claims are of one run, so they are put in when it is laid out.
 */
export async function addClaims(files: readonly ReportFile[], results: readonly ClaimResult[]): Promise<ReportFile[]> {
  const claims = cleaned(results);
  const section = claimsSection(claims);
  const data = files.find(({ name }) => name === 'report.json');
  return [
    ...(data ? await withSection(files, JSON.parse(data.content as string) as ReportDocument) : files),
    { name: 'claims.md', content: `# Claims\n\n${section.paragraphs.join('\n\n')}\n\n${renderMarkdownBlocks(section.blocks)}` },
    { name: 'claims.json', content: `${JSON.stringify(results, null, 2)}\n` },
  ];

  async function withSection(all: readonly ReportFile[], document: ReportDocument): Promise<ReportFile[]> {
    const [...sections] = document.sections;
    sections.splice(sections[0]?.id === 'results' ? 1 : 0, 0, section);
    const whole = { ...document, summary: [...document.summary, claimsSummary(claims)], sections };
    const rendered = renderDocument(whole, await drawFigures(whole));
    const names = new Set(rendered.map(({ name }) => name));
    return [...rendered, ...all.filter(({ name }) => !names.has(name))];
  }
}
