import type { ClaimResult, RunProgress } from '../../plan/index.ts';
import { exit } from '../terminal/failure.ts';
import type { ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { plain } from '../terminal/text.ts';

const marks = { holds: '✓', fails: '✗', undecided: '?' } as const;

/** The outcome of the claims: a line with their counts, then each with its numbers; empty if there are none. */
export function claimLines(claims: ClaimResult[] | undefined, { columns, paint }: { columns: number; paint: Output['paint'] }): string[] {
  if (claims === undefined || claims.length === 0) return [];
  const colors = { holds: paint.green, fails: paint.red, undecided: paint.yellow };
  const lines = claims.flatMap(({ id, outcome, reason, text }) => [
    `  ${colors[outcome](`${marks[outcome]} ${id} ${outcome}`)}${reason === undefined ? '' : `: ${plain(reason)}`}`,
    ...wrapped(plain(text), columns - 4).map((line) => `    ${paint.dim(line)}`),
  ]);
  return [`Claims: ${countsOf(claims)}`, ...lines];
}

/** `2 hold, 1 fails, 1 undecided`. */
export function countsOf(claims: ClaimResult[]): string {
  const words = { holds: ['holds', 'hold'], fails: ['fails', 'fail'], undecided: ['undecided', 'undecided'] } as const;
  const outcomes = ['holds', 'fails', 'undecided'] as const;
  const counts = outcomes.map((outcome) => [outcome, claims.filter((each) => each.outcome === outcome).length] as const);
  return counts.filter(([, number]) => number > 0).map(([outcome, number]) => `${number} ${words[outcome][number === 1 ? 0 : 1]}`).join(', ');
}

/** The exit code of a run that succeeded: a failed claim has its own; an undecided claim is not a failure. */
export function claimsExit({ claims = [] }: Pick<RunProgress, 'claims'>): ExitCode {
  return claims.some(({ outcome }) => outcome === 'fails') ? exit.claim : exit.done;
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
