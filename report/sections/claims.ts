import type { ClaimResult } from '../../plan/index.ts';
import type { Section } from '../document.ts';
import { count, text } from '../document.ts';
import { row } from './cells.ts';

/** What came of the claims of a run, each with the difference that decided it. */
export function claimsSection(claims: readonly ClaimResult[]): Section {
  const confidences = [...new Set(claims.map(({ confidence }) => confidence))].map((each) => `${Number((each * 100).toFixed(2))} %`);
  return {
    id: 'claims',
    heading: 'Claims',
    short: 'Claims',
    paragraphs: [
      'A claim holds where the whole interval of the difference lies beyond its margin, fails where it lies wholly on the other side, and is undecided in between.',
      ...claims.map(inWords),
    ],
    blocks: [
      {
        block: 'table',
        id: 'table-s8',
        name: 'Table S8',
        caption: `Claims and the differences that decided them, with intervals at ${confidences.join(', ')}.`,
        columns: [
          { label: 'Claim', align: 'left' },
          { label: 'Outcome', align: 'left' },
          { label: 'Difference [interval]', align: 'right' },
          { label: 'n', align: 'right' },
        ],
        groups: [{ heading: null, rows: claims.map(rowOf) }],
        notes: [
          'n: items (pairs, questions) that both sides share, or those of the side with fewer where they share none. An item has the mean of its values over the measurements of a side; the interval is over items and speaks of these measurements, not of other seeds.',
        ],
      },
    ],
  };
}

function inWords({ id, outcome, reason, text: words }: ClaimResult): string {
  return `${id} ${outcome}${reason === undefined ? '' : ` (${reason})`}: ${words}.`;
}

function rowOf({ id, outcome, difference, interval, n, method }: ClaimResult) {
  const estimate = { n, value: difference, interval, method: method ?? '' };
  return row([text(id), text(outcome), { cell: 'estimate', estimate, signed: true }, count(method === null ? null : n)], { sources: [], tone: 'model' });
}
