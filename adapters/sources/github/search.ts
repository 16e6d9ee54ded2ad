import type { FoundRepository } from '../../../ports/github.ts';
import { classified } from '../../../ports/failure.ts';
import type { PatientOctokit } from './octokit.ts';

/** GitHub gives no more than so many results of one search. */
const most = 1000;

/** A part of what a query finds: numbers of stars, or seconds since the epoch in which repositories were made, both inclusive. */
interface Slice {
  from: number;
  to: number;
}

/** How the results of a query are divided. */
interface Division {
  whole: Slice;
  /** The slice in the words of GitHub. */
  words: (slice: Slice) => string;
}

/** Before the first repository of GitHub. */
const first = Date.UTC(2007, 0) / 1000;

const byTime = (): Division => ({
  whole: { from: first, to: Math.ceil(Date.now() / 1000) },
  words: ({ from, to }) => `created:${secondText(from)}..${secondText(to)}`,
});

/** More stars than any repository has. */
const mostStars = 2 ** 22;

const byStars: Division = { whole: { from: 0, to: mostStars }, words: ({ from, to }) => `stars:${from}..${to}` };

function secondText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

/**
 * Every repository that a query finds. Where there are more than GitHub gives, the time in which they were made is halved until there
 * are few enough; of a query that names that time itself, the number of stars.
 */
export async function* searchAll(octokit: PatientOctokit, query: string): AsyncGenerator<FoundRepository> {
  const division = /(^|\s)created:/.test(query) ? byStars : byTime();
  if (division === byStars && /(^|\s)stars:/.test(query)) yield* searchSlice(octokit, query, null);
  else yield* searchSlice(octokit, query, { division, slice: division.whole });
}

async function* searchSlice(
  octokit: PatientOctokit,
  query: string,
  part: { division: Division; slice: Slice } | null,
): AsyncGenerator<FoundRepository> {
  const isWhole = part?.slice === part?.division.whole;
  const q = part && !isWhole ? `${query} ${part.division.words(part.slice)}` : query;
  for await (const { data } of octokit.paginate.iterator('GET /search/repositories', { q, per_page: 100 })) {
    const { total_count: total, incomplete_results: isIncomplete } = data as unknown as SearchCounts;
    if (total > most || isIncomplete) {
      if (!part || part.slice.from === part.slice.to) throw tooMany(q, total);
      const middle = Math.floor((part.slice.from + part.slice.to) / 2);
      yield* searchSlice(octokit, query, { ...part, slice: { from: part.slice.from, to: middle } });
      yield* searchSlice(octokit, query, { ...part, slice: { from: middle + 1, to: part.slice.to } });
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
    `GitHub gives only ${most} of the ${total} repositories for ${JSON.stringify(q)}. Leave created: or stars: out of the query, so that it can be divided`,
  );
}
