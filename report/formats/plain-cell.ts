import type { TableCell } from '../../schemas/index.ts';
import { digitsFor, fixed, grouped, intervalText, pValue, signed } from '../numbers.ts';

/** What a cell shows, without any markup. Remarks are its n and the published value. */
export interface PlainCell {
  main: string;
  interval: string;
  remarks: string[];
  best: boolean;
  sources: readonly number[];
  /** Why it is empty; null where it is not. */
  reason: string | null;
}

/** A cell in words. */
export function plainCell(cell: TableCell): PlainCell {
  const plain = (main: string): PlainCell => ({ main, interval: '', remarks: [], best: false, sources: [], reason: null });
  switch (cell.cell) {
    case 'text':
      return { ...plain(cell.text), ...more(cell) };
    case 'count':
      return plain(grouped(cell.value));
    case 'number':
      return plain(cell.signed ? signed(cell.value, cell.digits) : fixed(cell.value, cell.digits));
    case 'p':
      return plain(pValue(cell.value));
    case 'estimate': {
      const { value, n } = cell.estimate;
      const digits = cell.signed ? digitsFor(cell.estimate) : 3;
      const show = (each: number): string => (cell.signed ? signed(each, digits) : fixed(each, digits));
      const said = more(cell);
      return {
        ...plain(value === null ? '—' : show(value)),
        ...said,
        interval: value === null ? '' : intervalText(cell.estimate, show),
        remarks: [...(cell.showN ? [`n = ${grouped(n)}`] : []), ...said.remarks],
      };
    }
    default:
      return cell satisfies never;
  }
}

type CellWithMore = Extract<TableCell, { cell: 'text' | 'estimate' }>;

function more({ published, best = false, sources = [], reason }: CellWithMore): Omit<PlainCell, 'main' | 'interval'> {
  return { remarks: published === undefined ? [] : [`publ. ${published}`], best, sources, reason: reason ?? null };
}
