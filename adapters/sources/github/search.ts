import type { FoundRepository } from '../../../ports/github.ts';
import { classified } from '../../../ports/failure.ts';
import type { PatientOctokit } from './octokit.ts';
import { timeAsked, wordsOf, type TimeSlice } from './search-time.ts';

/** GitHub gives no more than so many results of one search. */
const most = 1000;

/**
 * Every repository that a query finds. Where there are more than GitHub gives, the time in which they were made is halved until there
 * are few enough.
 */
export async function* searchAll(octokit: PatientOctokit, query: string): AsyncGenerator<FoundRepository> {
  const asked = timeAsked(query);
  yield* searchSlice(octokit, { q: query, rest: asked?.rest ?? query, slice: asked?.slice ?? null });
}

interface SearchPart {
  /** What GitHub is asked. */
  q: string;
  /** The query without its time. */
  rest: string;
  /** The time; null where it cannot be divided. */
  slice: TimeSlice | null;
}

async function* searchSlice(octokit: PatientOctokit, { q, rest, slice }: SearchPart): AsyncGenerator<FoundRepository> {
  for await (const { data } of octokit.paginate.iterator('GET /search/repositories', { q, per_page: 100 })) {
    const { total_count: total, incomplete_results: isIncomplete } = data as unknown as SearchCounts;
    if (total > most || isIncomplete) {
      if (!slice || slice.from >= slice.to) throw total > most ? tooMany(q, total) : unfinished(q);
      const middle = Math.floor((slice.from + slice.to) / 2);
      for (const half of [{ from: slice.from, to: middle }, { from: middle + 1, to: slice.to }])
        yield* searchSlice(octokit, { q: `${rest} ${wordsOf(half)}`.trim(), rest, slice: half });
      return;
    }
    for (const item of data) yield foundOf(item);
  }
}

interface SearchCounts {
  total_count: number;
  incomplete_results: boolean;
}

function foundOf(item: {
  id: number;
  full_name: string;
  clone_url: string;
  license: { spdx_id?: string | null } | null;
}): FoundRepository {
  const licence = item.license?.spdx_id ?? '';
  return { id: item.id, name: item.full_name, url: item.clone_url, licence: licence === 'NOASSERTION' ? '' : licence };
}

function tooMany(q: string, total: number): Error {
  return classified(
    'invalid',
    `GitHub gives only ${most} of the ${total} repositories for ${JSON.stringify(q)}. ` +
      'Write created: once, as a date or as a range of dates, or leave it out, so that the time can be divided',
  );
}

function unfinished(q: string): Error {
  return classified(
    'unavailable',
    `GitHub did not finish its search for ${JSON.stringify(q)} in its time. What was read so far is kept; run again, or narrow the query`,
  );
}
