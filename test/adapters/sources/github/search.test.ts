import { describe, expect, it } from 'vitest';
import { all, openGithubAt, searching, serveGithub, type Listed } from './github-rig.ts';

/** Many of them made in one week, and many with no star. */
const listed = Array.from({ length: 2500 }, (_, id): Listed => ({
  id,
  full_name: `o/r${id}`,
  clone_url: `https://example.org/r${id}.git`,
  license: id % 2 === 0 ? { spdx_id: 'MIT' } : id % 3 === 0 ? { spdx_id: 'NOASSERTION' } : null,
  stars: id % 1250,
  created: Date.UTC(2020, 1, 1) / 1000 + (id < 1500 ? id * 300 : id * 20_000),
}));

async function idsFor(query: string, languages: string[] = [], answer: ReturnType<typeof searching> = searching(listed)) {
  const { url, asked } = await serveGithub(answer);
  const found = await all((await openGithubAt(url)).search({ query, languages }));
  const queries = new Set(asked.map(({ path }) => new URL(path, url).searchParams.get('q') ?? ''));
  return { ids: found.map(({ id }) => id), queries: [...queries], found, asked };
}

const everyId = listed.map(({ id }) => id);

describe('a search of repositories', () => {
  it('finds each of more than 1,000 once, divided by the time in which they were made', async () => {
    const { ids, queries, asked } = await idsFor('topic:x');
    expect(ids.toSorted((a, b) => a - b)).toEqual(everyId);
    expect(queries[0]).toBe('topic:x');
    expect(queries.slice(1).every((q) => /^topic:x created:\d{4}-\d\d-\d\dT[\d:]{8}Z\.\.\d{4}-\d\d-\d\dT[\d:]{8}Z$/.test(q))).toBe(true);
    expect(asked.length).toBeLessThan(60);
  });

  it.each([
    ['created:>2020-01-31 topic:x', 0, 2500],
    ['topic:x created:>=2020-02-01', 0, 2500],
    ['topic:x created:2020-02-01..*', 0, 2500],
    ['created:2020-02-01..2020-02-05 topic:x stars:>=0', 0, 1440],
    ['topic:x created:<2020-02-05', 0, 1152],
    ['topic:x created:<=2020-02-04T00:00:00Z', 0, 865],
    ['topic:x created:2020-02-02T00:00:00Z..2020-02-05T23:59:59+00:00', 288, 1440],
  ])('that names that time is divided inside of it: %s', async (query, from, to) => {
    const { ids, queries } = await idsFor(query);
    expect(ids.toSorted((a, b) => a - b)).toEqual(everyId.slice(from, to));
    const rest = query.includes('stars') ? 'topic:x stars:>=0' : 'topic:x';
    expect(queries.slice(1).every((q) => q.startsWith(`${rest} created:20`) && q.split('created').length === 2)).toBe(true);
  });

  it.each(['-created:2020-01-01', 'created:2020', 'created:>2020-01-01 created:<2021-01-01', 'created:2020-01-01..2020-02-01..*'])(
    'that cannot be divided is refused: %s',
    async (query) => {
      const many = () => ({ body: { total_count: 2500, incomplete_results: false, items: [] } });
      await expect(idsFor(query, [], many)).rejects.toMatchObject({
        class: 'invalid',
        message:
          `GitHub gives only 1000 of the 2500 repositories for "${query}". ` +
          'Write created: once, as a date or as a range of dates, or leave it out, so that the time can be divided',
      });
    },
  );

  it('asks once for each language', async () => {
    const { queries } = await idsFor('created:2020-02-01T00:00:00Z..2020-02-02T00:00:00Z', ['Python', 'Jupyter Notebook']);
    expect(queries).toEqual([
      'created:2020-02-01T00:00:00Z..2020-02-02T00:00:00Z language:"Python"',
      'created:2020-02-01T00:00:00Z..2020-02-02T00:00:00Z language:"Jupyter Notebook"',
    ]);
  });

  it('says the name, the origin and the licence of what it finds', async () => {
    const { found } = await idsFor('created:2020-02-01T00:00:00Z..2020-02-01T00:15:00Z');
    expect(found).toEqual([
      { id: 0, name: 'o/r0', url: 'https://example.org/r0.git', licence: 'MIT' },
      { id: 1, name: 'o/r1', url: 'https://example.org/r1.git', licence: '' },
      { id: 2, name: 'o/r2', url: 'https://example.org/r2.git', licence: 'MIT' },
      { id: 3, name: 'o/r3', url: 'https://example.org/r3.git', licence: '' },
    ]);
  });

  it('that GitHub did not finish is divided until it is', async () => {
    const serve = searching(listed.slice(0, 10));
    const { url, asked } = await serveGithub((one, nth) => {
      const reply = serve(one);
      return nth === 1 ? { ...reply, body: { ...(reply?.body as object), incomplete_results: true } } : reply;
    });
    expect((await all((await openGithubAt(url)).search({ query: 'x', languages: [] }))).map(({ id }) => id)).toEqual(everyId.slice(0, 10));
    expect(asked).toHaveLength(3);
  });

  it('that GitHub never finishes fails for a while, also where it cannot be divided', async () => {
    const { url } = await serveGithub(() => ({ body: { total_count: 37, incomplete_results: true, items: [] } }));
    const github = await openGithubAt(url);
    for (const query of ['x -created:2020-01-01 stars:>5', 'x'])
      await expect(all(github.search({ query, languages: [] }))).rejects.toMatchObject({
        class: 'unavailable',
        message: expect.stringMatching(/^GitHub did not finish its search for "x .*" in its time\. What was read so far is kept; run again/),
      });
  });

  it('that GitHub does not understand is refused in its words', async () => {
    const { url } = await serveGithub(() => ({
      status: 422,
      body: { message: 'Validation Failed', errors: [{ message: 'The listed users cannot be searched' }], documentation_url: 'https://docs' },
    }));
    await expect(all((await openGithubAt(url)).search({ query: 'user:x', languages: [] }))).rejects.toMatchObject({
      class: 'invalid',
      message: 'GitHub refuses the query: Validation Failed: {"message":"The listed users cannot be searched"}. Correct query',
    });
  });
});
