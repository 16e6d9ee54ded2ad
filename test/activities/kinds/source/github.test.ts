import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foresee } from '../../../../cli/plan/reuse.ts';
import { renewPin } from '../../../../records/pins.ts';
import { planOf } from '../../../compile/rig.ts';
import { searching, serveGithub, type GithubRequest, type Listed, type GithubReply } from '../../../adapters/sources/github/github-rig.ts';
import { bareRepository, git, mit, serveRepositories, temporaryFolder, type Trouble } from '../../../adapters/sources/git-rig.ts';
import { openWorkbench } from '../../rig.ts';

const reading = (settings = '') =>
  `codepmp: 1\nname: s\nsteps:\n  code: {uses: source/github, with: {query: 'topic:x'${settings}}}\n`;

interface Repository {
  [path: string]: string;
}

/** Repositories behind a real git server, found by a search that the test's GitHub answers. */
async function publish(
  repositories: { [name: string]: Repository | null },
  answer: (asked: GithubRequest) => GithubReply | undefined = () => undefined,
  trouble?: Trouble,
) {
  const folder = await temporaryFolder();
  const origin = await serveRepositories(folder, trouble);
  const listed: Listed[] = [];
  for (const [name, files] of Object.entries(repositories)) {
    if (files) await offered(folder, name, files);
    const id = listed.length + 1;
    const license = id === 1 ? { spdx_id: 'Apache-2.0' } : null;
    listed.push({ id, full_name: `o/${name}`, clone_url: `${origin.url}/${name}.git`, license, stars: id, created: 1_600_000_000 });
  }
  const search = searching(listed);
  const github = await serveGithub((asked) => answer(asked) ?? search(asked));
  const bench = await openWorkbench({ github: { url: github.url } });
  return { bench, origin, github, folder };
}

async function offered(folder: string, name: string, files: Repository): Promise<void> {
  await git(await bareRepository(folder, `${name}.git`, files), ['config', 'uploadpack.allowFilter', 'true']);
}

describe('reading repositories of GitHub', () => {
  it('makes a row of each file in the languages asked for, with repository, commit and licence', async () => {
    const { bench, github } = await publish({
      one: { 'a.py': 'x = 1\n', 'b.js': 'y\n', 'empty.py': '\n' },
      two: { 'lib/c.py': 'z = 3\n', LICENSE: mit },
    });
    const { code } = await bench.run(reading(', languages: [Python]'));
    const rows = await bench.rows(code);
    expect(rows.map(({ repository, path, licence, language, text }) => [repository, path, licence, language, text]).sort()).toEqual([
      ['o/one', 'o/one/a.py', 'Apache-2.0', 'Python', 'x = 1\n'],
      ['o/two', 'o/two/lib/c.py', 'MIT', 'Python', 'z = 3\n'],
    ]);
    expect(rows.every(({ commit }) => /^[0-9a-f]{40}$/.test(String(commit)))).toBe(true);
    expect((await bench.manifest(code)).meta).toMatchObject({ repositories: 2, texts: 2, left_out: { empty: 1 } });
    expect(github.asked.map(({ path }) => path)).toEqual(['/search/repositories?q=topic%3Ax%20language%3A%22Python%22&per_page=100']);
  });

  it('fetches only the contents that are asked for', async () => {
    const { bench, origin } = await publish({ one: { 'a.py': 'x = 1\n', 'b.js': 'y\n' } });
    await bench.run(reading(', languages: [Python]'));
    expect(origin.requests.filter((request) => request.startsWith('POST'))).toEqual([
      'POST /one.git/git-upload-pack',
      'POST /one.git/git-upload-pack',
      'POST /one.git/git-upload-pack',
    ]);
  });

  it('reads the texts around the code after it', async () => {
    const issue = { number: 7, title: 'It fails', body: 'Always.' };
    const { bench } = await publish({ one: { 'a.py': 'x = 1\n' } }, ({ path }) =>
      path.startsWith('/repos/o/one/issues') ? { body: [issue] } : undefined,
    );
    const { code } = await bench.run(reading(', metadata: [issues, pulls]'));
    expect((await bench.rows(code)).map(({ path, language, licence, text }) => [path, language, licence, text]).sort()).toEqual([
      ['o/one/a.py', 'Python', 'Apache-2.0', 'x = 1\n'],
      ['o/one/issues/7.md', 'Markdown', 'Apache-2.0', '# It fails\n\nAlways.'],
    ]);
  });

  it('leaves out, and counts, a repository that was deleted after the search, and one without a commit', async () => {
    const { bench, folder } = await publish({ one: { 'a.py': 'x = 1\n' }, gone: null, fresh: {} });
    await git(folder, ['init', '--quiet', '--bare', '--initial-branch=main', 'fresh.git']);
    await git(join(folder, 'fresh.git'), ['update-ref', '-d', 'refs/heads/main']);
    const { code } = await bench.run(reading());
    expect((await bench.rows(code)).map(({ path }) => path)).toEqual(['o/one/a.py']);
    expect((await bench.manifest(code)).meta).toMatchObject({ left_out: { 'repository-deleted': 1, 'no-commit': 1 } });
  });

  it('fails where five repositories in a row are there and cannot be cloned, and then reads on', async () => {
    const names = Array.from({ length: 6 }, (_, at) => `r${at}`);
    const { bench, folder } = await publish(Object.fromEntries(names.map((name) => [name, null])), ({ path }) =>
      path.startsWith('/repos/') ? { body: { id: 1 } } : undefined,
    );
    await expect(bench.run(reading())).rejects.toMatchObject({
      class: 'unavailable',
      message: expect.stringMatching(
        /^5 repositories in a row could not be cloned, the last of them http\S+r\d\.git: fatal: .* not found\. What was read so far is kept; run again$/,
      ),
    });
    for (const name of names) await offered(folder, name, { [`${name}.py`]: `${name}\n` });
    expect(await bench.rows((await bench.run(reading())).code)).toHaveLength(6);
  });

  /** Requests for one repository of which the contents of its files are the third. */
  const contentsFail = (name: string, failing: (nth: number) => number | undefined): Trouble => {
    let asked = 0;
    return (request) => (request === `POST /${name}.git/git-upload-pack` && ++asked % 3 === 0 ? failing(asked / 3) : undefined);
  };
  const isThere = ({ path }: GithubRequest): GithubReply | undefined => (path.startsWith('/repos/') ? { body: { id: 1 } } : undefined);
  const two = { one: { 'a.py': 'x = 1\n' }, two: { 'b.py': 'y = 2\n' } };

  it('fetches contents again that a server did not give', async () => {
    const { bench } = await publish(two, isThere, contentsFail('two', (nth) => (nth === 1 ? 503 : undefined)));
    const { code } = await bench.run(reading());
    expect((await bench.manifest(code)).meta).toMatchObject({ texts: 2, left_out: {} });
  });

  it('leaves out, and counts, a repository whose contents are never given, and reads the others', async () => {
    const { bench } = await publish(two, isThere, contentsFail('two', () => 503));
    const { code } = await bench.run(reading());
    expect((await bench.manifest(code)).meta).toMatchObject({ texts: 1, left_out: { 'repository-unreachable': 1 } });
  });

  it('leaves out, and counts, a repository that is deleted before its contents are read', async () => {
    const { bench } = await publish(two, undefined, contentsFail('two', () => 404));
    const { code } = await bench.run(reading());
    expect((await bench.manifest(code)).meta).toMatchObject({ texts: 1, left_out: { 'repository-deleted': 1 } });
  });

  it('keeps clones until it has ended, and asks for none of them a second time', async () => {
    let fails = true;
    const { bench, origin } = await publish({ one: { 'a.py': 'x = 1\n' }, two: { 'b.py': 'y = 2\n' } }, ({ path }) =>
      path.startsWith('/repos/') ? (fails ? { status: 403, body: { message: 'odd' } } : { body: [] }) : undefined,
    );
    const clones = join(bench.store.root, 'jobs', 'github');
    await expect(bench.run(reading(', metadata: [pulls]'))).rejects.toThrow('does not answer as it should: odd');
    const before = origin.requests.length;
    expect((await readdir(clones, { recursive: true })).filter((path) => path.endsWith('.git')).length).toBe(2);
    fails = false;
    await bench.run(reading(', metadata: [pulls]'));
    expect(origin.requests.slice(before).filter((request) => request.startsWith('GET')).length).toBeLessThanOrEqual(1);
    expect((await readdir(clones, { recursive: true })).some((path) => path.endsWith('.git'))).toBe(false);
  });

  it('takes so many texts in an order of the seed, the smaller take inside the larger', async () => {
    const { bench } = await publish(
      Object.fromEntries([1, 2, 3].map((at) => [`r${at}`, { [`a${at}.py`]: `x = ${at}\n`, [`b${at}.py`]: `y = ${at}\n` }])),
    );
    const pathsOf = async (take: number) => (await bench.rows((await bench.run(reading(`, take: ${take}`))).code)).map(({ path }) => path);
    const [small, large] = [await pathsOf(3), await pathsOf(5)];
    expect([small.length, large.length]).toEqual([3, 5]);
    expect(large).toEqual(expect.arrayContaining(small));
  });

  it('is foreseen to be reused until a run refreshes it', async () => {
    const { bench } = await publish({ one: { 'a.py': 'x = 1\n' } });
    const plan = planOf(reading());
    const [node] = plan.nodes;
    expect((await foresee(plan, bench.store)).outlookOf(node?.id ?? '')).toBe('to run');
    await bench.run(reading());
    expect((await foresee(plan, bench.store)).outlookOf(node?.id ?? '')).toBe('reused');
    if (node) await renewPin(bench.store, node, 'later');
    expect((await foresee(plan, bench.store)).outlookOf(node?.id ?? '')).toBe('to run');
  });

  it('says that a search found nothing', async () => {
    const { bench } = await publish({});
    await expect(bench.run(reading())).rejects.toThrow('code: the search "topic:x" found no repository. Widen query or languages');
  });
});
