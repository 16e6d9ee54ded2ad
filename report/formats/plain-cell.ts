import type { TableCell } from '../document.ts';
import { fixed, grouped, interval, pValue, signed } from '../numbers.ts';

/** What a cell shows, without any markup: the main text, the interval, a remark. Null for a drawing. */
export function plainCell(cell: TableCell): { main: string; interval: string; remark: string } | null {
  switch (cell.cell) {
    case 'text':
      return { main: cell.text, interval: '', remark: '' };
    case 'count':
      return { main: grouped(cell.value), interval: '', remark: '' };
    case 'number':
      return { main: fixed(cell.value, cell.digits), interval: '', remark: '' };
    case 'p':
      return { main: pValue(cell.value), interval: '', remark: '' };
    case 'estimate': {
      const show = cell.signed ? (value: number) => signed(value) : (value: number) => fixed(value);
      const { value, n } = cell.estimate;
      return { main: value === null ? '—' : show(value), interval: interval(cell.estimate, show), remark: cell.showN ? `n = ${n}` : '' };
    }
    case 'drawn':
      return null;
    default:
      return cell satisfies never;
  }
}
