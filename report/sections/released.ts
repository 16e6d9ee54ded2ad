import type { ReleasedConvention, ReleasedValue } from '../../plan/index.ts';
import type { ReportTable } from '../../schemas/index.ts';
import { column, detailTable, number, row, signedNumber, text } from '../document.ts';

const conventions: { [convention in ReleasedConvention | 'all']: string } = {
  'right-by-text': 'an option that reads like the right one is right',
  'one-subset': 'one random subset of each question',
  'last-rows-twice': 'the last 100 candidates count twice',
  'unreadable-dropped': 'questions whose selected answer cannot be read are left out',
  all: 'all that apply',
};

/** More rows than this, and only all conventions together are shown. */
const MOST_ROWS = 120;

/** What the published scripts would have printed, by each of their conventions, beside ours; null where nothing is known of it. */
export function releasedTable(
  id: string,
  entries: readonly { label: string; source: number; values: readonly ReleasedValue[] }[],
): ReportTable | null {
  const all = entries.flatMap(({ values, ...entry }) => values.map((value) => ({ ...entry, ...value })));
  const shown = all.length <= MOST_ROWS ? all : all.filter(({ convention }) => convention === 'all');
  if (shown.length === 0) return null;
  return detailTable({
    id,
    caption: 'The same as the scripts published with the paper would count it, where they count otherwise.',
    rowHeads: 2,
    columns: [column('Model', 'left'), column('Convention', 'left'), column('Value'), column('Minus ours')],
    groups: [
      {
        heading: null,
        rows: shown.map(({ label, source, convention, value, difference }) =>
          row([text(label), text(conventions[convention]), number(value), signedNumber(difference)], { sources: [source] }),
        ),
      },
    ],
    folded: true,
  });
}
