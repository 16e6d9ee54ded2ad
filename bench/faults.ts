/**
 * `npm run bench -- faults [FILES] [SECONDS]`: pairs of files (default 2,000) at an endpoint with the faults of a busy server, which is
 * also gone for a while (default 30 s), beside a run without what passes. Every item must be in a pair or have its reason, and the time
 * at most half as long again, besides the outage.
 */
import { isDeepStrictEqual } from 'node:util';
import { crashTest, lasting, passing } from '../test/e2e/crash.ts';

const [files = 2000, outage = 30] = process.argv.slice(3).map(Number);
const options = { files, kills: 0, inFlight: 64, delay: 100 };

/** The most time, as a multiple of that without faults. */
const most = 1.5;

const calm = await crashTest({ ...options, faults: { lasting } });
const troubled = await crashTest({ ...options, faults: { lasting, passing, away: { after: files, seconds: outage } } });
const ratio = (troubled.seconds - outage) / calm.seconds;
const { requests, answered, again, faults } = troubled.counts;
const times = `${calm.seconds.toFixed(1)} s, with them ${troubled.seconds.toFixed(1)} s`;
console.log(`without passing faults ${times}, ${outage} s of them without the endpoint`);
console.log(`requests ${requests}, answered ${answered}, again ${again}, faults ${JSON.stringify(faults)}`);
console.log(`items ${JSON.stringify(troubled.reasons)}`);
const missed = [
  ...(isDeepStrictEqual([troubled.pairs, troubled.reasons], [calm.pairs, calm.reasons]) ? [] : ['THE PAIRS OR THE REASONS DIFFER']),
  ...(answered === requests ? [] : ['REQUESTS WITHOUT AN ANSWER']),
  ...(ratio <= most ? [] : [`MORE THAN ${most} TIMES AS LONG`]),
];
console.log(missed.length === 0 ? `the same pairs in ${ratio.toFixed(2)} times the time, besides the outage` : missed.join(', '));
process.exitCode = missed.length === 0 ? 0 : 1;
