import type { ClaimResult } from '../plan/index.ts';
import { renderHtmlSection } from './formats/html.ts';
import { renderMarkdownSection } from './formats/markdown.ts';
import type { ReportFile } from '../ports/report.ts';
import { claimsSection } from './sections/claims.ts';

/**
 * A rendered report with the claims of a run in it, and beside it `claims.md` and `claims.json`. A report is made of results
 * alone and is the same for every run that has them; claims are of one run, so they are put in when it is laid out.
 */
export function addClaims(files: readonly ReportFile[], claims: readonly ClaimResult[]): ReportFile[] {
  const section = claimsSection(claims);
  const markdown = renderMarkdownSection(section);
  const changed = files.map(({ name, content }) => ({
    name,
    content: into(name, content, { section: renderHtmlSection(section), markdown, claims }),
  }));
  return [
    ...changed,
    { name: 'claims.md', content: markdown.replace(/^#/, '') },
    { name: 'claims.json', content: `${JSON.stringify(claims, null, 2)}\n` },
  ];
}

function into(
  name: string,
  content: string,
  { section, markdown, claims }: { section: string; markdown: string; claims: readonly ClaimResult[] },
): string {
  if (name === 'index.html')
    return before(before(content, '<section id=', section, ['missing', 'provenance']), '<a href="#', '<a href="#claims">Claims</a>', [
      'missing',
      'provenance',
    ]);
  if (name === 'report.md') return before(content, '\n## ', `\n${markdown}`, ['Missing results', 'Provenance']);
  if (name === 'report.json') return `${JSON.stringify({ ...(JSON.parse(content) as object), claims }, null, 2)}\n`;
  return content;
}

/** Puts a part before the first of these ends that the page has; texts in it are escaped and cannot look like one. */
function before(page: string, mark: string, part: string, ends: string[]): string {
  const places = ends.map((end) => page.indexOf(mark.endsWith('=') ? `${mark}"${end}"` : `${mark}${end}`)).filter((place) => place >= 0);
  const at = places.length === 0 ? page.length : Math.min(...places);
  return page.slice(0, at) + part + page.slice(at);
}
