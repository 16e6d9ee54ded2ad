import type { MetadataKind } from '../../../ports/github.ts';
import type { RepositoryText } from '../../../ports/repositories.ts';
import type { PatientOctokit } from './octokit.ts';

interface RepositoryPlace {
  owner: string;
  repo: string;
}

type TextReader = (octokit: PatientOctokit, place: RepositoryPlace) => AsyncGenerator<RepositoryText>;

const page = { per_page: 100 } as const;

/** Readers of texts around the code; none of them reads comments. */
export const textReaders: { readonly [kind in MetadataKind]: TextReader } = {
  async *commits(octokit, place) {
    for await (const { data } of octokit.paginate.iterator('GET /repos/{owner}/{repo}/commits', { ...place, ...page }))
      for (const { sha, commit } of data) yield { path: `commits/${sha}.txt`, text: commit.message, commit: sha };
  },
  async *issues(octokit, place) {
    for await (const { data } of octokit.paginate.iterator('GET /repos/{owner}/{repo}/issues', { ...place, ...page, ...oldestFirst }))
      for (const issue of data) if (!issue.pull_request) yield entitled('issues', issue);
  },
  async *pulls(octokit, place) {
    for await (const { data } of octokit.paginate.iterator('GET /repos/{owner}/{repo}/pulls', { ...place, ...page, ...oldestFirst }))
      for (const pull of data) yield entitled('pulls', pull);
  },
  async *discussions(octokit, place) {
    for await (const { repository } of octokit.graphql.paginate.iterator<DiscussionsAnswer>(discussionsQuery, { ...place }))
      for (const { answer, ...discussion } of repository.discussions.nodes)
        yield entitled('discussions', { ...discussion, ...(answer && { answer: answer.body }) });
  },
};

/** New ones come behind the others, so that what was read stays as it is. */
const oldestFirst = { state: 'all', sort: 'created', direction: 'asc' } as const;

/** A page of discussions with the answers that were accepted. */
export const discussionsQuery = `
  query ($owner: String!, $repo: String!, $cursor: String) {
    repository(owner: $owner, name: $repo) {
      discussions(first: 100, after: $cursor, orderBy: {field: CREATED_AT, direction: ASC}) {
        nodes { number title body answer { body } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`;

interface DiscussionsAnswer {
  repository: { discussions: { nodes: { number: number; title: string; body: string; answer: { body: string } | null }[] } };
}

interface Entitled {
  number: number;
  title: string;
  body?: string | null;
  /** The accepted answer to a question. */
  answer?: string;
}

function entitled(folder: string, { number, title, body, answer }: Entitled): RepositoryText {
  const parts = [`# ${title}`, body ?? '', ...(answer === undefined ? [] : ['## Answer', answer])];
  const text = parts.map((part) => part.replaceAll('\r\n', '\n').trim()).filter((part) => part !== '').join('\n\n');
  return { path: `${folder}/${number}.md`, text };
}
