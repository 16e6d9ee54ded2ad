/**
 * `npm run bench -- constructions [TEXTS]`: the six ways of the paper to make pairs (Figure 6a, Table 5) of TEXTS texts (2,000), after one
 * of them was made, and then the same pairs by another filter: what they cost in calls. Once undisturbed, and once with the worker killed
 * when half of the answers of each run are there. At most 1.35 times the calls of one construction is the aim, and none for a filter.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { killAfter } from '../test/e2e/crash.ts';
import { artifactOf, countsOf, fastEndpoint, project } from '../test/e2e/rig.ts';
import { configOfTexts, pairsOf, textLines } from './scale/pairs-of-texts.ts';

const texts = Number(process.argv[3] ?? 2000);
const inFlight = 64;

/** The most calls of all six, as a multiple of those of one. */
const most = 1.35;

/** Answers that a killed worker may ask again: what was in flight, and what a group of the ledger holds. */
const lostByKill = inFlight + 64;

const one = pairsOf({ texts: '{uses: source/jsonl, with: {source: texts, take: null}}' });
const sides = [
  ['texts', 'rejected'],
  ['texts', 'clipped-code'],
  ['texts', 'chosen'],
  ['rejected', 'clipped-code'],
  ['chosen', 'clipped-code'],
];
const more = sides.map(
  ([chosen, rejected], index) => `  pairs-${index}: {uses: pair, with: {prompts: prompts, chosen: ${chosen}, rejected: ${rejected}}}\n`,
);
const six = `${one}  clipped: {uses: clip, with: {prompts: prompts, keep: 0.9}}
  clipped-code: {uses: respond, with: {prompts: clipped, model: weak}}
${more.join('')}`;
const filtered = six.replaceAll(/(uses: pair, with: \{)/g, '$1length_ratio: {min: 0.2}, ');

const undisturbed = await callsOf({ isKilled: false });
const killed = await callsOf({ isKilled: true });
const missed = [
  ...(undisturbed.calls.six / undisturbed.calls.one <= most ? [] : [`MORE THAN ${most} TIMES THE CALLS OF ONE`]),
  ...([undisturbed, killed].every(({ calls }) => calls.filtered === 0) ? [] : ['A FILTER COST CALLS']),
  ...(killed.again <= 2 * lostByKill ? [] : [`MORE THAN ${lostByKill} ANSWERS A KILL ASKED AGAIN`]),
  ...(killed.pairs === undisturbed.pairs ? [] : ['THE PAIRS DIFFER']),
];
console.log(missed.length === 0 ? 'as aimed at' : missed.join(', '));
process.exitCode = missed.length === 0 ? 0 : 1;

/** Makes one construction, all six, and all six by another filter; `six` counts the calls of the first two. */
async function callsOf({ isKilled }: { isKilled: boolean }) {
  using endpoint = await fastEndpoint({ delay: 20 });
  await using user = await project({ 'codepmp.config.yaml': configOfTexts(endpoint.url, inFlight) });
  await writeFile(join(user.folder, 'texts.jsonl'), textLines(texts));
  const requestsOf = async (pipeline: string, expected: number): Promise<number> => {
    const before = (await countsOf(endpoint)).requests;
    await writeFile(join(user.folder, 'pairs.yaml'), pipeline);
    const run = user.start('pairs.yaml');
    if (isKilled && expected > 0) await killAfter({ user, endpoint, answers: before + expected / 2 });
    const { status } = await run.result;
    if (status !== 'succeeded') throw new Error(`a run ended as ${status}`);
    return (await countsOf(endpoint)).requests - before;
  };
  const first = await requestsOf(one, 3 * texts);
  const calls = { one: first, six: first + (await requestsOf(six, texts)), filtered: await requestsOf(filtered, 0) };
  const { again } = await countsOf(endpoint);
  const ratio = (calls.six / calls.one).toFixed(2);
  const how = isKilled ? 'killed twice' : 'undisturbed';
  console.log(`${how}: one construction ${calls.one} calls, all six ${calls.six} (${ratio} times), another filter ${calls.filtered}; ${again} asked again`);
  return { calls, again, pairs: (await artifactOf(user, 'pairs-4')).digest };
}
