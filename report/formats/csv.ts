import type { TableCell, Document, TableRow, Table } from '../document.ts';
import type { ReportSource } from '../../ports/report.ts';
import { manifestPath } from '../sources.ts';

/** One line a cell that holds a number, tidy: table, group, row and column name it, the source says where it is from. */
export function renderCsv({ sections, sources, missing }: Document): string {
  const tables = sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.block === 'table' ? [block] : [])));
  const lines = tables.flatMap((table) => linesOf(table, sources));
  const absent = missing.map(({ step, why }) => ['', '', step, 'missing', '', '', '', '', why, step, '', '', '']);
  return [header, ...lines, ...absent].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

const header = ['table', 'group', 'row', 'column', 'value', 'low', 'high', 'n', 'method', 'step', 'key', 'artifact', 'manifest'];

type Field = string | number | null;

function linesOf({ name, columns, groups }: Table, sources: readonly ReportSource[]): Field[][] {
  return groups.flatMap(({ heading, rows }) =>
    rows.flatMap((row) =>
      row.cells.flatMap((cell, index) => {
        const numbers = index === 0 ? null : numbersOf(cell);
        if (numbers === null) return [];
        return [[name, heading ?? '', titleOf(row), columns[index]?.label ?? '', ...numbers, ...provenance(row, sources)]];
      }),
    ),
  );
}

function numbersOf(cell: TableCell): Field[] | null {
  switch (cell.cell) {
    case 'estimate':
      return [cell.estimate.value, ...(cell.estimate.interval ?? ['', '']), cell.estimate.n, cell.estimate.method];
    case 'count':
    case 'number':
    case 'p':
      return [cell.value, '', '', '', ''];
    case 'text':
      return cell.text === '' ? null : [cell.text, '', '', '', ''];
    case 'drawn':
      return null;
    default:
      return cell satisfies never;
  }
}

function titleOf({ cells: [first] }: TableRow): string {
  return first?.cell === 'text' ? first.text : '';
}

function provenance(row: TableRow, sources: readonly ReportSource[]): string[] {
  const own = row.sources.flatMap((index) => sources[index] ?? []);
  return [own.map(({ step }) => step), own.map(({ key }) => key), own.map(({ artifact }) => artifact), own.map(manifestPath)].map((parts) =>
    parts.join(' '),
  );
}

/** Texts that a spreadsheet would take for a formula are made texts by an apostrophe. */
function field(value: Field): string {
  if (value === null) return '';
  if (typeof value === 'number') return `${value}`;
  const safe = /^[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
