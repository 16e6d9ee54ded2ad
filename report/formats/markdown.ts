import type { ReportDocument, ReportFigure, ReportSection, ReportTable, TableRow } from '../../schemas/index.ts';
import { describePanel } from '../figures/describe.ts';
import { plainCell } from './plain-cell.ts';
import { reasonsOf } from './reasons.ts';

/** GitHub's Markdown: every table in full; of figures the drawing beside the file, and what it shows in words. */
export function renderMarkdown(document: ReportDocument): string {
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
    'The manifest of an artifact is in the store as blobs/, its first two digits, /, and the whole digest.',
    sources.map(sourceLine).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Tables and figures alone. */
export function renderMarkdownBlocks(blocks: ReportSection['blocks']): string {
  return `${blocks.flatMap(blockOf).join('\n\n')}\n`;
}

function sectionOf({ heading, paragraphs, blocks }: ReportSection): string[] {
  return [`## ${escape(heading)}`, ...paragraphs.map(escape), ...blocks.flatMap(blockOf)];
}

function blockOf(block: ReportSection['blocks'][number]): string[] {
  return block.block === 'table' ? tableOf(block) : figureOf(block);
}

function sourceLine({ step, key, artifact, at }: ReportDocument['sources'][number], index: number): string {
  const line = at ? `, ${at.file === undefined ? 'line ' : `${escape(at.file)}:`}${at.line}` : '';
  return `${index + 1}. **${escape(step)}**${line}: result key ${code(key)}, artifact ${code(artifact)}`;
}

function tableOf(table: ReportTable): string[] {
  const { name, caption, columns, groups, notes } = table;
  const reasons = reasonsOf(table);
  const isGrouped = groups.some(({ heading }) => heading !== null);
  const hasSources = groups.some(({ rows }) => rows.some(({ sources }) => sources.length > 0));
  const labels = [
    ...(isGrouped ? ['Group'] : []),
    ...columns.map(({ heads }) => heads.filter((head) => head !== '').join(' / ')),
    ...(hasSources ? ['Source'] : []),
  ];
  const rules = [...(isGrouped ? ['---'] : []), ...columns.map(({ align }) => (align === 'right' ? '---:' : '---')), ...(hasSources ? ['---'] : [])];
  const rows = groups.flatMap(({ heading, rows: own }) =>
    own.map((row) => [
      ...(isGrouped ? [escape(heading ?? '')] : []),
      ...columns.map((_, index) => cellOf(row, index, reasons)),
      ...(hasSources ? [row.sources.map((source) => `${source + 1}`).join(', ')] : []),
    ]),
  );
  const lines = [labels.map(escape), rules, ...rows].map((line) => `| ${line.join(' | ')} |`).join('\n');
  const marked = [...reasons].map(([reason, mark]) => `*${mark}: ${escape(reason)}*`);
  return [`**${escape(name)}.** ${escape(caption)}`, lines, ...notes.map((note) => `*${escape(note)}*`), ...marked];
}

function figureOf({ id, name, caption, notes, panels }: ReportFigure): string[] {
  return [
    `**${escape(name)}.** ${escape(caption)}`,
    `![${escape(name)}](${id}.svg)`,
    panels.map((panel) => `- ${panel.title === null ? '' : `${escape(panel.title)}: `}${escape(describePanel(panel))}`).join('\n'),
    ...notes.map((note) => `*${escape(note)}*`),
  ];
}

function cellOf({ cells }: TableRow, index: number, reasons: ReadonlyMap<string, string>): string {
  const cell = cells[index];
  if (!cell) return '';
  const { main, interval, remarks, best, reason } = plainCell(cell);
  const shown = best && main !== '' ? `**${escape(main)}**` : escape(main);
  const mark = reason === null ? '' : ` (${reasons.get(reason) ?? ''})`;
  return [`${shown}${mark}`, escape(interval), ...remarks.map((remark) => `(${escape(remark)})`)].filter((part) => part !== '').join(' ');
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
