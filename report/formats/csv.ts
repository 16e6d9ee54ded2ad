import type { ReportDocument, ReportTable, TableCell, TableRow } from '../../schemas/index.ts';

type Sources = ReportDocument['sources'];

/**
 * One line a cell that holds something, tidy. Table, group, row and column together are unique; the last columns say where
 * the number is from.
 */
export function renderCsv({ sections, sources, missing }: Pick<ReportDocument, 'sections' | 'sources' | 'missing'>): string {
  const tables = sections.flatMap(({ blocks }) => blocks.filter((block) => block.block === 'table'));
  const uniqueRow = createUnique();
  const lines = tables.flatMap((table) => linesOf(table, sources, uniqueRow));
  const absent = missing.map(({ step, why }): Field[] => {
    const [, , row] = uniqueRow(['', '', step]);
    return ['', '', row, 'missing', ...Array.from<Field>({ length: 9 }).fill('').with(8, why), step, '', '', ''];
  });
  return [header, ...lines, ...absent].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

const header = 'table group row column value low high n clusters seeds method published reason step line key artifact'.split(' ');

type Field = string | number | null;

/** Makes rows that would be called the same apart by a number. */
type UniqueRow = (parts: [table: string, group: string, row: string]) => [table: string, group: string, row: string];

function createUnique(): UniqueRow {
  const seen = new Map<string, number>();
  return ([table, group, row]) => {
    const name = JSON.stringify([table, group, row]);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return [table, group, times === 1 ? row : `${row} (${times})`];
  };
}

function linesOf({ name, columns, groups, rowHeads }: ReportTable, sources: Sources, uniqueRow: UniqueRow): Field[][] {
  const titles = uniqueTitles(columns.map(({ heads }) => heads.filter((head) => head !== '').join(' / ')));
  return groups.flatMap(({ heading, rows }) =>
    rows.flatMap((row) => {
      const place = uniqueRow([name, heading ?? '', titleOf(row, rowHeads)]);
      return row.cells.slice(rowHeads).flatMap((cell, index) => {
        const said = fieldsOf(cell);
        if (said === null) return [];
        return [[...place, titles[index + rowHeads] ?? '', ...said, ...provenance(sourcesOf(cell, row), sources)]];
      });
    }),
  );
}

function uniqueTitles(titles: readonly string[]): string[] {
  return titles.map((title, index) => (titles.indexOf(title) === index ? title : `${title} (${index + 1})`));
}

/** Value, low, high, n, clusters, seeds, method, published, reason; null for a cell that holds nothing. */
function fieldsOf(cell: TableCell): Field[] | null {
  switch (cell.cell) {
    case 'estimate': {
      const { value, interval, n, clusters, seeds, method } = cell.estimate;
      return [value, ...(interval ?? ['', '']), n, clusters ?? '', (seeds ?? []).join(' '), method, cell.published ?? '', cell.reason ?? ''];
    }
    case 'count':
    case 'number':
    case 'p':
      return [cell.value, '', '', '', '', '', '', '', ''];
    case 'text':
      return cell.text === '' && cell.reason === undefined
        ? null
        : [cell.text, '', '', '', '', '', '', cell.published ?? '', cell.reason ?? ''];
    default:
      return cell satisfies never;
  }
}

function titleOf({ cells }: TableRow, rowHeads: number): string {
  return cells.slice(0, rowHeads).flatMap((cell) => (cell.cell === 'text' && cell.text !== '' ? [cell.text] : [])).join(' / ');
}

function sourcesOf(cell: TableCell, row: TableRow): readonly number[] {
  return 'sources' in cell && cell.sources ? cell.sources : row.sources;
}

function provenance(places: readonly number[], sources: Sources): string[] {
  const own = places.flatMap((place) => sources[place] ?? []);
  const lines = own.map(({ at }) => (at ? `${at.file === undefined ? '' : `${at.file}:`}${at.line}` : ''));
  const columns = [own.map(({ step }) => step), lines, own.map(({ key }) => key), own.map(({ artifact }) => artifact)];
  return columns.map((parts) => parts.join(' ').trim());
}

/** Texts that a spreadsheet would take for a formula are made texts by an apostrophe. */
function field(value: Field): string {
  if (value === null) return '';
  if (typeof value === 'number') return `${value}`;
  const safe = /^[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
