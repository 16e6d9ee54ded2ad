/**
 * `npm run bench -- crash [FILES] [KILLS]`: makes pairs of files at an endpoint with faults while the worker is killed again and again
 * (default: 20,000 files, 100 kills), and compares them with those of an undisturbed run. It takes about an hour.
 */
import { isDeepStrictEqual } from 'node:util';
import { crashTest, lasting, passing, type CrashOutcome } from '../test/e2e/crash.ts';

const [files = 20_000, kills = 100] = process.argv.slice(3).map(Number);
const inFlight = 64;

/** Records in a commit group of the ledger, which may be lost with the requests in flight. */
const commitGroup = 64;

const undisturbed = await crashTest({ files, kills: 0, inFlight, delay: 50, faults: { lasting } });
print('undisturbed', undisturbed);
const onKill = (kill: number): void => void (kill % 10 === 0 && console.log(`killed ${kill} times`));
const faults = { lasting, passing, away: { after: files, seconds: 30 } };
const killed = await crashTest({ files, kills, inFlight, delay: 50, faults, onKill });
print(`killed ${kills} times, with faults and 30 s without the endpoint`, killed);

const missed = [
  ...(isDeepStrictEqual(killed.pairs, undisturbed.pairs) ? [] : ['THE PAIRS DIFFER']),
  ...(isDeepStrictEqual(killed.reasons, undisturbed.reasons) ? [] : ['THE REASONS DIFFER']),
  ...(killed.counts.answered === killed.counts.requests ? [] : ['REQUESTS WITHOUT AN ANSWER']),
  ...(killed.counts.again <= kills * (inFlight + commitGroup) ? [] : [`MORE THAN ${inFlight + commitGroup} ANSWERS A KILL ASKED AGAIN`]),
];
console.log(missed.length === 0 ? 'the same bytes, and only what was in flight asked again' : missed.join(', '));
process.exitCode = missed.length === 0 ? 0 : 1;

function print(name: string, { status, seconds, counts, pairs, reasons }: CrashOutcome): void {
  const { requests, answered, again, faults } = counts;
  console.log(`${name}: ${status} in ${seconds.toFixed(0)} s, ${pairs.rows} pairs (${pairs.digest.slice(0, 12)})`);
  console.log(`  requests ${requests}, answered ${answered}, again ${again}, faults ${JSON.stringify(faults)}`);
  console.log(`  items ${JSON.stringify(reasons)}`);
}
