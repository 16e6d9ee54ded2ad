import { claimReason, claimText, outcomeCounts } from '../../plan/index.ts';
import type { ClaimResult, ComparisonResult } from '../../plan/index.ts';
import type { ReportDocument, ReportSection, ReportTable, TableCell, TableRow } from '../../schemas/index.ts';
import { column, count, detailTable, estimated, row, text } from '../document.ts';
import { listed, pValue } from '../numbers.ts';

const familyNote =
  'The claims of a file are one family: each is decided by its p after Holm, so that any wrong decision among all of them is as rare as the confidence says.';

/** What came of the claims of a run, each with the differences that decided it. */
export function claimsSection(claims: readonly ClaimResult[]): ReportSection {
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
        ...detailTable({
          id: 'claim-differences',
          caption: `Claims and the differences that decided them, with intervals at ${confidences.join(', ')}.`,
          columns: [column('Claim', 'left'), column('Outcome', 'left'), column('Difference [interval]'), column('n'), column('p'), column('p (Holm)')],
          groups: groupsOf(claims),
          notes: [
            'n: items (pairs, questions) that both sides share, or those of the side with fewer where they share none. Of a claim over training the interval is over items and training seeds and speaks of the method; of a claim over items it speaks of the very models that were measured.',
            'For a claim of several comparisons to hold, all have to, so each is decided by its own interval (intersection–union test). One that fails is enough for the claim to fail, so a comparison fails only where its interval at the joint confidence of all of them (Bonferroni) lies on the other side.',
          ],
        }),
        name: 'Table C1',
      },
    ],
  };
}

/** The claims in one sentence. */
export function claimsSummary(claims: readonly ClaimResult[]): ReportDocument['summary'][number] {
  return { lead: 'Claims', text: `Of ${claims.length} ${claims.length === 1 ? 'claim' : 'claims'} of the file, ${outcomeCounts(claims)}.` };
}

function inWords(claim: ClaimResult): string {
  const reason = claimReason(claim);
  const once = claim.trained_once;
  const about = once.length === 0 ? '' : ` It is about one training of ${listed(once)}, which all seeds share.`;
  return `${claim.id} ${claim.outcome}${reason === null ? '' : ` (${reason})`}: ${claimText(claim)}.${about}`;
}

/** Claims of one comparison in one group, each other claim in its own, under its p after Holm. */
function groupsOf(claims: readonly ClaimResult[]): ReportTable['groups'] {
  const single = claims.flatMap(({ id, holm, comparisons: [only, ...more] }) => (only && more.length === 0 ? [rowOf(id, only, holm)] : []));
  const others = claims.filter(({ comparisons }) => comparisons.length > 1);
  return [
    ...(single.length > 0 ? [{ heading: null, rows: single }] : []),
    ...others.map(({ id, outcome, holm, comparisons }) => ({
      heading: `${id} ${outcome}, p (Holm) ${pValue(holm)}`,
      rows: comparisons.map((each) => rowOf(each.text, each, null)),
    })),
  ];
}

function rowOf(label: string, { outcome, difference, interval, n, clusters, p, method }: ComparisonResult, holm: number | null): TableRow {
  const inClusters = clusters < n ? { clusters } : {};
  const estimate = { n, ...inClusters, value: difference, interval, method: method ?? 'none' };
  const known = method !== null;
  const chance = (value: number | null): TableCell => (known && value !== null ? { cell: 'p', value } : text(''));
  const cells = [text(label), text(outcome), estimated(estimate, { signed: true }), count(known ? n : null), chance(p), chance(holm)];
  return row(cells, { tone: 'model' });
}
