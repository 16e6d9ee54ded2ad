import type { EndpointCounts, Faults } from './fixtures/faults.ts';
import { createRandom } from '../../stats/index.ts';
import { config, generation, modules } from './pipelines.ts';
import { artifactOf, countsOf, fastEndpoint, project, until, type Project, type Result, type Served } from './rig.ts';

/** Shares of the requests that fail once, and that always fail. */
export const passing = { busy: 0.01, unavailable: 0.01, empty: 0.002, broken: 0.001, silent: 0.0005 };
export const lasting = { truncated: 0.005, refused: 0.001 };

interface CrashOptions {
  files: number;
  /** How often the worker is killed, each time after a random number of answers, the same in every run. */
  kills: number;
  /** Requests in flight at once. */
  inFlight: number;
  /** Milliseconds of each answer. */
  delay: number;
  faults: Faults;
  /** Called after each kill. */
  onKill?: (kill: number) => void;
}

/** What came of a run. */
export interface CrashOutcome {
  status: Result['status'];
  seconds: number;
  /** What the endpoint was asked, by its own account. */
  counts: EndpointCounts;
  pairs: { digest: string; rows: number };
  /** Items of each step by the reason why they went no further; the empty reason is of those that did. */
  reasons: { [step: string]: { [reason: string]: number } };
}

/** Makes pairs of so many files while the worker is killed. */
export async function crashTest({ files, kills, inFlight, delay, faults, onKill }: CrashOptions): Promise<CrashOutcome> {
  using endpoint = await fastEndpoint({ delay, faults });
  await using user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url }, concurrency: inFlight, outage: 1800, timeout: 5 }),
    'pairs.yaml': generation({ take: files }),
    ...modules(files),
  });
  const began = Date.now();
  const run = user.start('pairs.yaml');
  for (const [index, answers] of momentsOf(kills, 2.9 * files).entries()) {
    await killAfter({ user, endpoint, answers });
    onKill?.(index + 1);
  }
  const { status } = await run.result;
  const seconds = (Date.now() - began) / 1000;
  return { status, seconds, counts: await countsOf(endpoint), pairs: await artifactOf(user, 'pairs'), reasons: await reasonsOf(user) };
}

/** So many random numbers of answers, in order, each less than the most. */
function momentsOf(kills: number, most: number): number[] {
  const random = createRandom(1);
  return Array.from({ length: kills }, () => Math.floor(most * random())).toSorted((a, b) => a - b);
}

/** Kills the worker of a project once its endpoint has answered so many requests; one that is dead is waited for to come back. */
export async function killAfter({ user, endpoint, answers }: { user: Project; endpoint: Served; answers: number }): Promise<void> {
  const isDue = async () => (await countsOf(endpoint).catch(() => null))?.answered ?? 0;
  await until(`${answers} are answered`, async () => (await isDue()) >= answers, 1000);
  await until('the worker is killed', async () => isKilled((await user.pids()).worker));
}

/** Kills a process; false if it has ended before. */
export function isKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

async function reasonsOf(user: Project): Promise<CrashOutcome['reasons']> {
  const { stdout } = await user.codepmp('show', 'pairs', '--json');
  const { meta } = JSON.parse(stdout) as { meta: { statistics: { waterfall: { stage: string; count: number; reason: string }[] } } };
  const reasons: CrashOutcome['reasons'] = {};
  for (const { stage, count, reason } of meta.statistics.waterfall) (reasons[stage] ??= {})[reason] = count;
  return reasons;
}
