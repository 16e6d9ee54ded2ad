import { claimReason, claimText, comparisonText, outcomeCounts, type ClaimResult, type RunProgress } from '../../plan/index.ts';
import { exit, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { plainLine, wrap } from '../../text/index.ts';

const marks = { holds: '✓', fails: '✗', undecided: '?' } as const;

/** Comparisons of one claim that are shown. */
const shownComparisons = 5;

/** The outcome of the claims: a line with their counts, then each with its numbers; empty if there are none. */
export function claimLines(claims: ClaimResult[] | undefined, { columns, paint }: { columns: number; paint: Output['paint'] }): string[] {
  if (claims === undefined || claims.length === 0) return [];
  const colors = { holds: paint.green, fails: paint.red, undecided: paint.yellow };
  const lines = claims.flatMap((claim) => [
    `  ${colors[claim.outcome](`${marks[claim.outcome]} ${claim.id} ${claim.outcome}`)}${because(claimReason(claim))}`,
    ...[claimText(claim), ...comparisonLines(claim)].flatMap((line) =>
      wrap(`    ${plainLine(line)}`, columns, { hang: 2 }).map((each) => paint.dim(each)),
    ),
  ]);
  return [`Claims: ${outcomeCounts(claims)}`, ...lines];
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${plainLine(reason)}`;
}

/** The comparisons of a claim with several, those that decide it first. */
function comparisonLines({ comparisons }: ClaimResult): string[] {
  if (comparisons.length === 1) return [];
  const shown = ['fails', 'undecided', 'holds']
    .flatMap((outcome) => comparisons.filter((each) => each.outcome === outcome))
    .slice(0, shownComparisons);
  const rest = comparisons.length - shown.length;
  const lines = shown.map((each) => `${marks[each.outcome]} ${comparisonText(each)}${each.reason === undefined ? '' : `; ${each.reason}`}`);
  return rest === 0 ? lines : [...lines, `and ${rest} more: the report and --json have all`];
}

/** The exit code of a run that succeeded: a failed claim has its own; an undecided claim is not a failure. */
export function claimsExit({ claims = [] }: Pick<RunProgress, 'claims'>): ExitCode {
  return claims.some(({ outcome }) => outcome === 'fails') ? exit.claim : exit.done;
}
