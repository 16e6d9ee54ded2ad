import type { ReportDocument, ReportFigure, ReportSection, ReportTable, TableColumn, TableRow } from '../../schemas/index.ts';
import { latexComment as comment, latexText as escape } from './latex-text.ts';
import { plainCell } from './plain-cell.ts';
import type { PlainCell } from './plain-cell.ts';
import { reasonsOf } from './reasons.ts';

const raw = String.raw;

/** What every file begins with: commands that its tables use, defined where the document has none. */
const commands = [
  raw`\providecommand{\toprule}{\hline}\providecommand{\midrule}{\hline}\providecommand{\bottomrule}{\hline}`,
  raw`\providecommand{\checkmark}{\ensuremath{\surd}}`,
  raw`\ifdefined\codepmpfit\else`,
  raw`  \newsavebox{\codepmpbox}`,
  raw`  \newcommand{\codepmpfit}[1]{\sbox{\codepmpbox}{#1}\ifdim\wd\codepmpbox>\linewidth`,
  raw`    \resizebox{\linewidth}{!}{\usebox{\codepmpbox}}\else\usebox{\codepmpbox}\fi}`,
  raw`  \ifdefined\Umathchar \DeclareRobustCommand{\codepmpchar}[1]{\char"#1\relax}\else`,
  raw`  \DeclareRobustCommand{\codepmpchar}[1]{{\footnotesize U+#1}}\fi`,
  raw`\fi`,
];

/** Tables for `\input`: named as in the report, never wider than the text, in ASCII. Each row says where its numbers come from. */
export function renderLatexTables({ sections, ...document }: ReportDocument): string {
  const tables = sections.flatMap(({ blocks }) => blocks.filter((block) => block.block === 'table'));
  return latexFile(document, raw`\usepackage{graphicx}; with \usepackage{booktabs} the rules are finer`, tables);
}

/** Figures for `\input`, each with the PDF beside it. */
export function renderLatexFigures({ sections, ...document }: ReportDocument): string {
  const figures = sections.flatMap(({ blocks }) => blocks.filter((block) => block.block === 'figure'));
  return latexFile(document, raw`\usepackage{graphicx} and the PDF files beside it in \graphicspath`, figures);
}

function latexFile(document: Omit<ReportDocument, 'sections'>, needs: string, blocks: ReportSection['blocks']): string {
  const { title, plan, run, created, sources } = document;
  const head = [
    `% ${comment(title)}: plan ${comment(plan)}${run === null ? '' : `, run ${comment(run)}`}, ${comment(created)}`,
    `% Needs ${needs}.`,
    ...sources.map((source, index) => sourceComment(source, index)),
    ...commands,
  ];
  return `${[head.join('\n'), ...blocks.flatMap(blockParts)].join('\n\n')}\n`;
}

function sourceComment({ step, key, artifact, at }: ReportDocument['sources'][number], index: number): string {
  const line = at ? `, ${at.file === undefined ? 'line ' : `${comment(at.file)}:`}${at.line}` : '';
  return `% [${index + 1}] ${comment(step)}${line}: key ${comment(key)}, artifact ${comment(artifact)}`;
}

/** Tables and figures alone, with the commands that they use. */
export function renderLatexBlocks(blocks: ReportSection['blocks']): string {
  return `${[commands.join('\n'), ...blocks.flatMap(blockParts)].join('\n\n')}\n`;
}

function blockParts(block: ReportSection['blocks'][number]): string[] {
  return block.block === 'table' ? tableParts(block) : [figureOf(block)];
}

/** The name of a block for its caption: `Table S2` is `\tablename` Table and number S2, and takes no number from others. */
function captionLines(kind: 'table' | 'figure', { name, caption, id }: { name: string; caption: string; id: string }, part: number): string[] {
  const [, word = '', number = name] = /^(.*) (\S+)$/u.exec(name) ?? [];
  const continued = part === 0 ? '' : ' (continued)';
  return [
    `\\renewcommand{\\${kind}name}{${escape(word)}}\\renewcommand{\\the${kind}}{${escape(number)}}\\def\\theH${kind}{${id}.${part}}%`,
    raw`\caption{${escape(caption)}${continued}}\addtocounter{${kind}}{-1}`,
    ...(part === 0 ? [raw`\label{${id}}`] : []),
  ];
}

/** Rows that fit on a page. */
const PAGE_ROWS = 40;

/** A table, or as many as it needs pages; all of them have its name. */
function tableParts(table: ReportTable): string[] {
  const pages = pagesOf(table.groups);
  const reasons = reasonsOf(table);
  return pages.map((groups, part) => {
    const isLast = part === pages.length - 1;
    return tableOf({ ...table, groups }, { part, reasons, notes: isLast ? notesOf(table, reasons) : [] });
  });
}

function pagesOf(groups: ReportTable['groups']): ReportTable['groups'][] {
  const pages: ReportTable['groups'][] = [[]];
  let left = PAGE_ROWS;
  for (const { heading, rows } of groups)
    for (let from = 0; from < rows.length; ) {
      if (left <= 0) {
        pages.push([]);
        left = PAGE_ROWS;
      }
      const own = rows.slice(from, from + left);
      pages.at(-1)?.push({ heading, rows: own });
      from += own.length;
      left -= own.length;
    }
  return pages;
}

function notesOf({ notes }: ReportTable, reasons: ReadonlyMap<string, string>): string[] {
  const marked = [...reasons].map(([reason, mark]) => raw`\textsuperscript{${mark}}~${escape(reason)}`);
  return [...notes.map(escape), ...marked];
}

interface TablePart {
  part: number;
  reasons: ReadonlyMap<string, string>;
  notes: string[];
}

function tableOf(table: ReportTable, { part, reasons, notes }: TablePart): string {
  const { name, columns, groups } = table;
  const isStacked = columns.filter((_, index) => groups.some(({ rows }) => rows.some(({ cells }) => isWide(cells[index])))).length > 2;
  const body = groups.flatMap(({ heading, rows }, place) => [
    ...(place === 0 ? [] : [raw`\midrule`]),
    ...(heading === null ? [] : [raw`\multicolumn{${columns.length}}{l}{\emph{${escape(heading)}}} \\`]),
    ...rows.map((row, index) => rowLine(row, rows[index - 1], { rowHeads: table.rowHeads, reasons, isStacked })),
  ]);
  return [
    `% ${comment(name)}`,
    raw`\begin{table}[tbp]`,
    ...captionLines('table', table, part),
    raw`\centering\small`,
    raw`\codepmpfit{\begin{tabular}{${columns.map(({ align }) => (align === 'right' ? 'r' : 'l')).join('')}}`,
    raw`\toprule`,
    ...headLines(columns),
    raw`\midrule`,
    ...body,
    raw`\bottomrule`,
    raw`\end{tabular}}`,
    ...noteLines(notes),
    raw`\end{table}`,
  ].join('\n');
}

/** Notes as one paragraph below. */
function noteLines(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : [raw`\par\smallskip\parbox{\linewidth}{\footnotesize ${notes.join(' ')}}`];
}

function isWide(cell: TableRow['cells'][number] | undefined): boolean {
  return cell !== undefined && cell.cell === 'estimate' && plainCell(cell).interval !== '';
}

/** Levels of headings; equal neighbours under one heading share it. */
function headLines(columns: readonly TableColumn[]): string[] {
  const levels = Math.max(1, ...columns.map(({ heads }) => heads.length));
  return Array.from({ length: levels }, (_, level) => {
    const cells: string[] = [];
    for (let from = 0; from < columns.length; ) {
      const heads = columns[from]?.heads ?? [];
      let to = from + 1;
      const upTo = JSON.stringify(heads.slice(0, level + 1));
      while (level < levels - 1 && heads[level] !== '' && JSON.stringify(columns[to]?.heads.slice(0, level + 1)) === upTo) to += 1;
      const words = escape(heads[level] ?? '');
      cells.push(to - from === 1 ? words : raw`\multicolumn{${to - from}}{c}{${words}}`);
      from = to;
    }
    return raw`${cells.join(' & ')} \\`;
  });
}

function rowLine(
  row: TableRow,
  above: TableRow | undefined,
  { rowHeads, reasons, isStacked }: { rowHeads: number; reasons: ReadonlyMap<string, string>; isStacked: boolean },
): string {
  let isRepeated = above !== undefined;
  const cells = row.cells.map((cell, index) => {
    const plain = plainCell(cell);
    if (index >= rowHeads - 1) return cellText(plain, reasons, isStacked);
    const other = above?.cells[index];
    isRepeated &&= other !== undefined && plainCell(other).main === plain.main;
    return isRepeated ? '' : cellText(plain, reasons, isStacked);
  });
  return raw`${cells.join(' & ')} \\ % ${row.sources.map((source) => `[${source + 1}]`).join(' ')}`.trimEnd();
}

function cellText({ main, interval, remarks, best, reason }: PlainCell, reasons: ReadonlyMap<string, string>, isStacked: boolean): string {
  const mark = reason === null ? '' : raw`\textsuperscript{${reasons.get(reason) ?? ''}}`;
  const value = `${best && main !== '' ? raw`\textbf{${escape(main)}}` : escape(main)}${mark}`;
  const more = [interval, ...remarks].filter((part) => part !== '').map(escape);
  if (more.length === 0) return value;
  if (!isStacked) return [value, ...more.map((part) => raw`{\scriptsize ${part}}`)].join(' ');
  return raw`\shortstack[r]{${[value, ...more.map((part) => raw`{\scriptsize ${part}}`)].join(raw`\\`)}}`;
}

function figureOf(figure: ReportFigure): string {
  return [
    `% ${comment(figure.name)}`,
    raw`\begin{figure}[tbp]`,
    raw`\centering`,
    raw`\includegraphics[width=${figure.panels.length > 1 ? '' : '0.8'}\linewidth]{${figure.id}.pdf}`,
    ...captionLines('figure', figure, 0),
    ...noteLines(figure.notes.map(escape)),
    raw`\end{figure}`,
  ].join('\n');
}
