import type { TableCell, Document, TableRow, Table } from '../document.ts';
import { manifestPath } from '../sources.ts';
import { plainCell } from './plain-cell.ts';

/** Tables for `\input`, in the manner of booktabs; each with a comment that says where its numbers come from. */
export function renderLatex({ title, plan, run, created, sections, sources }: Document): string {
  const tables = sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.block === 'table' ? [block] : [])));
  const head = [
    `% ${comment(title)}: plan ${comment(plan)}${run === null ? '' : `, run ${comment(run)}`}, ${comment(created)}`,
    String.raw`% Needs \usepackage{booktabs}.`,
    ...sources.map(
      (source, index) =>
        `% [${index + 1}] ${comment(source.step)}: key ${comment(source.key)}, artifact ${comment(source.artifact)}, manifest ${comment(manifestPath(source))}`,
    ),
  ];
  return `${[head.join('\n'), ...tables.map(tableOf)].join('\n\n')}\n`;
}

function tableOf({ id, name, caption, columns, groups, notes }: Table): string {
  const shown = columns.map((column, index) => ({ ...column, index })).filter(({ scale }) => scale === undefined);
  const body = groups.flatMap(({ heading, rows }, place) => [
    ...(place === 0 ? [] : [String.raw`\midrule`]),
    ...(heading === null ? [] : [String.raw`\multicolumn{${shown.length}}{l}{\emph{${escape(heading)}}} \\`]),
    ...rows.map((row) => `${lineOf(row, shown)} ${String.raw`\\`} % ${row.sources.map((index) => `[${index + 1}]`).join(' ')}`),
  ]);
  return [
    `% ${comment(name)}`,
    String.raw`\begin{table}`,
    String.raw`\caption{${escape(caption)}}`,
    String.raw`\label{${id}}`,
    String.raw`\centering`,
    String.raw`\begin{tabular}{${shown.map(({ align }) => (align === 'right' ? 'r' : 'l')).join('')}}`,
    String.raw`\toprule`,
    `${shown.map(({ label }) => escape(label)).join(' & ')} ${String.raw`\\`}`,
    String.raw`\midrule`,
    ...body,
    String.raw`\bottomrule`,
    String.raw`\end{tabular}`,
    ...notes.map((note) => String.raw`\par\smallskip{\footnotesize ${escape(note)}\par}`),
    String.raw`\end{table}`,
  ].join('\n');
}

function lineOf({ cells, tone }: TableRow, shown: readonly { index: number }[]): string {
  return shown
    .map(({ index }) => {
      const cell: TableCell | undefined = cells[index];
      const plain = cell ? plainCell(cell) : null;
      if (plain === null) return '';
      const main = tone === 'model' && index === 0 ? String.raw`\textbf{${escape(plain.main)}}` : escape(plain.main);
      const ends = plain.interval === '' ? '' : String.raw` {\scriptsize ${escape(plain.interval)}}`;
      return `${main}${ends}${plain.remark === '' ? '' : ` (${escape(plain.remark)})`}`;
    })
    .join(' & ');
}

const special: { [character: string]: string } = {
  '\\': String.raw`\textbackslash{}`,
  '{': String.raw`\{`,
  '}': String.raw`\}`,
  '$': String.raw`\$`,
  '&': String.raw`\&`,
  '#': String.raw`\#`,
  '%': String.raw`\%`,
  '_': String.raw`\_`,
  '^': String.raw`\textasciicircum{}`,
  '~': String.raw`\textasciitilde{}`,
  '<': String.raw`\textless{}`,
  '>': String.raw`\textgreater{}`,
  '|': String.raw`\textbar{}`,
  '"': "''",
  '[': '{[}',
  ']': '{]}',
  '−': '$-$',
  '–': '--',
  '—': '---',
};

function escape(value: string): string {
  return value.replace(/[\\{}$&#%_^~<>|"[\]−–—]/gu, (character) => special[character] ?? character);
}

/** A comment ends with its line; nothing may start a new one, and no command is to be seen in it. */
function comment(value: string): string {
  return value.replace(/\s+/gu, ' ').replaceAll('\\', '/');
}
