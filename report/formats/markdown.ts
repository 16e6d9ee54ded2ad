import type { Document, Figure, TableRow, Section, Table } from '../document.ts';
import { manifestPath } from '../sources.ts';
import { plainCell } from './plain-cell.ts';

/** GitHub's Markdown: every table in full; for figures what they show in words, their numbers being in the tables. */
export function renderMarkdown(document: Document): string {
  const { title, plan, run, created, note, summary, sections, missing, sources } = document;
  const parts = [
    `# ${escape(title)}`,
    `Plan ${escape(plan)}${run === null ? '' : `, run ${escape(run)}`}, ${escape(created)}`,
    ...(note === null ? [] : [`> **Note.** ${escape(note)}`]),
    '## Summary',
    summary.map(({ lead, text }) => `- **${escape(lead)}.** ${escape(text)}`).join('\n'),
    ...sections.flatMap(sectionOf),
    ...(missing.length === 0
      ? []
      : ['## Missing results', missing.map(({ step, why }) => `- **${escape(step)}**: ${escape(why)}`).join('\n')]),
    '## Provenance',
    'Manifests lie in the store, under the paths given.',
    sources
      .map(
        (source, index) =>
          `${index + 1}. **${escape(source.step)}**: result key ${code(source.key)}, artifact ${code(source.artifact)}, manifest ${code(manifestPath(source))}`,
      )
      .join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** One section of the page. */
export function renderMarkdownSection(section: Section): string {
  return `${sectionOf(section).join('\n\n')}\n`;
}

function sectionOf({ heading, paragraphs, blocks }: Section): string[] {
  return [
    `## ${escape(heading)}`,
    ...paragraphs.map(escape),
    ...blocks.flatMap((block) => (block.block === 'table' ? tableOf(block) : figureOf(block))),
  ];
}

function tableOf({ name, caption, columns, groups, notes }: Table): string[] {
  const shown = columns.map((column, index) => ({ ...column, index })).filter(({ scale }) => scale === undefined);
  const grouped = groups.some(({ heading }) => heading !== null);
  const labels = [...(grouped ? ['Group'] : []), ...shown.map(({ label }) => label), 'Source'];
  const rules = [...(grouped ? ['---'] : []), ...shown.map(({ align }) => (align === 'right' ? '---:' : '---')), '---'];
  const rows = groups.flatMap(({ heading, rows: own }) =>
    own.map((row) => [...(grouped ? [escape(heading ?? '')] : []), ...shown.map(({ index }) => cellOf(row, index)), sourcesOf(row)]),
  );
  const table = [labels.map(escape), rules, ...rows].map((line) => `| ${line.join(' | ')} |`).join('\n');
  return [`**${name}.** ${escape(caption)}`, table, ...notes.map((note) => `*${escape(note)}*`)];
}

function figureOf({ name, caption, panels }: Figure): string[] {
  return [
    `**${name}.** ${escape(caption)}`,
    panels.map(({ title, description }) => `- ${title === null ? '' : `${escape(title)}: `}${escape(description)}`).join('\n'),
  ];
}

function cellOf({ cells, tone }: TableRow, index: number): string {
  const cell = cells[index];
  const plain = cell ? plainCell(cell) : null;
  if (plain === null) return '';
  const main = escape(plain.main);
  const strong = index === 0 && tone === 'model' && main !== '' ? `**${main}**` : main;
  return [strong, escape(plain.interval), escape(plain.remark)].filter((part) => part !== '').join(' ');
}

function sourcesOf({ sources }: TableRow): string {
  return sources.map((index) => `${index + 1}`).join(', ');
}

/** Nothing in a text is markup, also not the autolinks and HTML that Markdown lets through. */
function escape(value: string): string {
  return value
    .replace(/\s+/gu, ' ')
    .replace(/[\\`*_{}[\]#|~$]/gu, String.raw`\$&`)
    .replace(/^([-+>])/u, String.raw`\$1`)
    .replace(/^(\d+)([.)])(?=\s|$)/u, String.raw`$1\$2`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\b(https?|ftp|mailto|javascript|data):/giu, '$1&#58;')
    .replace(/\bwww\./giu, 'www&#46;')
    .replaceAll('@', '&#64;');
}

/** Keys and paths are hexadecimal; whatever else arrives cannot end the code span. */
function code(value: string): string {
  return `\`${value.replace(/[`|<>\s]/gu, '')}\``;
}
