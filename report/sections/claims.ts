import { claimReason, claimText } from '../../plan/index.ts';
import type { ClaimResult, ComparisonResult } from '../../plan/index.ts';
import type { TableRow, Section, Table } from '../document.ts';
import { count, text } from '../document.ts';
import { row } from './cells.ts';

const familyNote =
  'The claims of a file are one family: each is decided by its p after Holm, so that any wrong decision among all of them is as rare as the confidence says.';

/** What came of the claims of a run, each with the differences that decided it. */
export function claimsSection(claims: readonly ClaimResult[]): Section {
  const confidences = [...new Set(claims.map(({ confidence }) => confidence))].map((each) => `${Number((each * 100).toFixed(2))} %`);
  return {
    id: 'claims',
    heading: 'Claims',
    short: 'Claims',
    paragraphs: [
      'A comparison holds where the whole interval of the difference lies beyond the margin, or within it where two sides are said to be near. A claim holds where all of its comparisons do, and fails where one of them fails.',
      ...(claims.length > 1 ? [familyNote] : []),
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
        groups: groupsOf(claims),
        notes: [
          'n: items (pairs, questions) that both sides share, or those of the side with fewer where they share none. Of a claim over training the interval is over items and training seeds and speaks of the method; of a claim over items it speaks of the very models that were measured.',
          'For a claim of several comparisons to hold, all have to, so each is decided by its own interval (intersection–union test). One that fails is enough for the claim to fail, so a comparison fails only where its interval at the joint confidence of all of them (Bonferroni) lies on the other side.',
        ],
      },
    ],
  };
}

function inWords(claim: ClaimResult): string {
  const reason = claimReason(claim);
  return `${claim.id} ${claim.outcome}${reason === null ? '' : ` (${reason})`}: ${claimText(claim)}.`;
}

/** Claims of one comparison in one group, each other claim in its own. */
function groupsOf(claims: readonly ClaimResult[]): Table['groups'] {
  const single = claims.flatMap(({ id, comparisons: [only, ...more] }) => (only && more.length === 0 ? [rowOf(id, only)] : []));
  const others = claims.filter(({ comparisons }) => comparisons.length > 1);
  return [
    ...(single.length > 0 ? [{ heading: null, rows: single }] : []),
    ...others.map(({ id, outcome, comparisons }) => ({
      heading: `${id} ${outcome}`,
      rows: comparisons.map((each) => rowOf(each.text, each)),
    })),
  ];
}

function rowOf(label: string, { outcome, difference, interval, n, method }: ComparisonResult): TableRow {
  const estimate = { n, value: difference, interval, method: method ?? '' };
  return row([text(label), text(outcome), { cell: 'estimate', estimate, signed: true }, count(method === null ? null : n)], {
    sources: [],
    tone: 'model',
  });
}
