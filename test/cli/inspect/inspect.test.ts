import { request } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArtifacts } from '../../../adapters/index.ts';
import type { RunProgress } from '../../../plan/index.ts';
import { hashOf } from '../../../plan/keys.ts';
import { placeChunk } from '../../../records/chunk.ts';
import { runNoteName } from '../../../records/names.ts';
import { readRun } from '../../../records/run.ts';
import { launchBrowser } from '../../report/browser.ts';
import { recordedFolder } from '../recorded-runs.ts';
import type { RecordedFolder } from '../recorded-runs.ts';
import { artifactsOf, inspecting, originOf, pipeline } from './rig.ts';
import type { Content } from './rig.ts';

const calm: Content = {
  pairs: 120,
  dropped: 30,
  text: (n, column) => `def ${column.replaceAll(' ', '_')}_${n}(number, factor):\n    shared = ${n}\n    return shared * ${column.length}\n`,
  language: (n) => (n % 4 === 0 ? 'Go' : 'Python'),
  reason: (n) => (n % 3 === 0 ? 'near-equal' : 'chosen-unusable'),
};

let browser: Browser;
let folder: RecordedFolder;
let server: Awaited<ReturnType<typeof inspecting>>;

beforeAll(async () => {
  folder = await recordedFolder();
  await folder.record('browsed-1', pipeline, { artifact: artifactsOf(calm) });
  [browser, server] = await Promise.all([launchBrowser(), inspecting(folder)]);
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** A page at an address below the server's, in a browser with scripts. */
async function open(path: string, options: { width?: number; colorScheme?: 'light' | 'dark' } = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: options.width ?? 1200, height: 900 }, colorScheme: options.colorScheme ?? 'light' });
  await page.goto(server.url + path);
  return page;
}

const texts = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allInnerTexts();

describe('the pages of a run', () => {
  it('begin with its steps, and lead to what each of them made', async () => {
    await using page = await open('');
    expect(await texts(page, 'tbody th')).toEqual(['code', 'prompts', 'chosen', 'rejected', 'pairs', 'arithmetic', 'rm', 'samples', 'graded', 'bon', 'choice']);
    expect(await texts(page, '.output')).toContain('120 pairs');
    await page.getByRole('link', { name: '120 pairs', exact: true }).click();
    expect(await page.title()).toBe('pairs · browsed-1');
    await page.getByRole('link', { name: 'browsed-1' }).click();
    expect(page.url()).toBe(server.url);
  });

  it('show pairs side by side, fifty a page, with what only one answer has marked', async () => {
    await using page = await open('step?node=pairs');
    expect(await page.locator('article').count()).toBe(50);
    const first = page.locator('article').first();
    expect(await first.locator('.chosen .text').innerText()).toBe(calm.text(0, 'chosen'));
    expect(await first.locator('.chosen mark').allInnerTexts()).toEqual(['chosen_0', '6']);
    expect(await first.locator('.rejected mark').allInnerTexts()).toEqual(['rejected_0', '8']);
    const box = async (side: string) => (await first.locator(side).boundingBox())?.y;
    expect(await box('.chosen')).toBe(await box('.rejected'));
    expect(await texts(page, '.pager b')).toEqual(['1 to 50 of 120', '1 to 50 of 120']);
    await page.getByRole('link', { name: 'last' }).first().click();
    expect(await texts(page, '.pager b')).toEqual(['101 to 120 of 120', '101 to 120 of 120']);
    expect((await texts(page, 'article header b')).slice(-1)).toEqual(['Row 119']);
  });

  it('narrow pairs by language and length, and order them', async () => {
    await using page = await open('step?node=pairs');
    await page.getByLabel('language').selectOption({ label: 'Go (30)' });
    await page.getByLabel('chosen, tokens from').fill('150');
    await page.getByLabel('rejected, tokens to').fill('230');
    await page.getByLabel('order').selectOption('longest chosen');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await texts(page, 'article header b')).toEqual(Array.from({ length: 12 }, (_, at) => `Row ${116 - 4 * at}`));
    expect(await page.getByLabel('chosen, tokens from').inputValue()).toBe('150');
    expect(await page.getByLabel('language').inputValue()).toBe('Go');
  });

  it('list the items that made no pair by their reason, below the way from the source to the pairs', async () => {
    await using page = await open('step?node=pairs');
    expect(await texts(page, '.waterfall tbody tr')).toEqual(['source\t150\t', 'pairs\t120\t', '− near-equal\t30\t']);
    const width = (row: number) => page.locator('.waterfall rect').nth(row).getAttribute('width');
    expect([await width(0), await width(1), await width(2)]).toEqual(['100.00', '80.00', '20.00']);
    await page.getByRole('link', { name: 'Items without a pair' }).click();
    expect(await page.getByLabel('reason').locator('option').allInnerTexts()).toEqual(['all', 'chosen-unusable (20)', 'near-equal (10)']);
    await page.getByLabel('reason').selectOption('near-equal');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await texts(page, '.pager b')).toEqual(['1 to 10 of 10', '1 to 10 of 10']);
  });

  it('rank candidates by score, with their verdicts', async () => {
    await using page = await open('step?node=graded');
    expect(await texts(page, 'tbody tr')).toEqual([0, 1].map((n) => expect.stringMatching(new RegExp(`^${n}\tdef question_${n}.*\t11\t20 of 60\t✗ wrong$`))));
    await page.getByRole('link', { name: '1', exact: true }).click();
    const heads = await texts(page, '.pager ~ article header');
    expect(heads).toHaveLength(50);
    expect(heads.slice(0, 3).map((head) => head.split('\n').join(' '))).toEqual([
      '1. Candidate 59 score 59.000 ✗ wrong status ok graded by rules/1',
      `2. Candidate 58 score 58.000 ✗ wrong answer ${calm.text(58, 'answer').replaceAll(/\s+/g, ' ').trim()} status ok graded by rules/1`,
      '3. Candidate 57 score 57.000 ✓ right answer 11 status ok graded by rules/1',
    ]);
    await page.getByLabel('verdict').selectOption('right');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await texts(page, '.pager b')).toEqual(['1 to 20 of 20', '1 to 20 of 20']);
  });

  it('show the questions that the model got right', async () => {
    await using page = await open('step?node=arithmetic&output=choices&verdict=right');
    expect(await texts(page, '.pager b')).toEqual(['1 to 2 of 2', '1 to 2 of 2']);
    await page.goto(`${server.url}step?node=arithmetic&output=choices&verdict=wrong`);
    expect(await texts(page, 'main p')).toContain('Nothing to show.');
  });

  it('draw the curves of a training', async () => {
    await using page = await open('step?node=rm');
    expect(await texts(page, 'figcaption')).toEqual(['Ranking loss', 'Learning rate, in 1e−3']);
    expect(await page.locator('figure svg').count()).toBe(2);
    expect(await texts(page, '.facts')).toContain('steps\n30 of 30\npairs\n120\ntokens\n15,000\nrows cut\n30');
  });

  it('follow an item back to its source, with the place of each step in the file and the model that was asked', async () => {
    await using page = await open('item?node=pairs&row=7');
    expect(await texts(page, '.lineage h3 > a')).toEqual(['chosen', 'prompts', 'rejected', 'code']);
    expect(await page.locator('.lineage').first().innerText()).toContain(`origin ${originOf(7)}`);
    const chosen = await page.locator('.lineage').nth(1).innerText();
    expect(chosen).toContain('def chosen_answer_7(');
    expect(chosen).toContain('in the file\nline 9, column 3');
    expect(chosen).toMatch(/model\nstrong \(.*\), temperature 0\.3, top_p 0\.95, at most 256 tokens/);
    expect(await page.locator('.lineage').last().innerText()).toContain('def source_7(');
    await page.goto(`${server.url}item?node=graded&row=61`);
    expect(await texts(page, '.lineage h3 > a')).toEqual(['samples', 'arithmetic']);
    expect(await page.locator('.lineage').nth(1).innerText()).toContain('def candidate_1(');
  });

  it('say what is wrong with an address', async () => {
    const page = await browser.newPage();
    for (const [path, status, message] of [
      ['step?node=nothing', 404, 'browsed-1 has no step nothing'],
      ['step?node=arithmetic&output=more', 404, 'browsed-1 has no step arithmetic with an output more'],
      ['item?node=pairs&row=120', 404, 'pairs has no row 120: it has 120 rows'],
      ['item?node=pairs&row=x', 404, 'pairs has no row x: it has 120 rows'],
      ['question?node=pairs&question=1', 404, 'pairs has no questions'],
      ['elsewhere', 404, 'there is no such page'],
    ] as const) {
      const response = await page.goto(server.url + path);
      expect([response?.status(), await page.locator('main').innerText()]).toEqual([status, message]);
    }
    await page.close();
  });
});

const pages = [
  '',
  'step?node=pairs',
  'step?node=pairs&part=dropped',
  'step?node=graded',
  'question?node=graded&question=0',
  'item?node=pairs&row=0',
  'step?node=rm',
];

describe.each([
  ['light', 400],
  ['dark', 1600],
] as const)('in a window, %s, %i pixels wide', (colorScheme, width) => {
  it('no word of a table is broken', async () => {
    await using page = await open('step?node=graded', { colorScheme, width });
    const heights = await page.evaluate<number[]>('[...document.querySelectorAll("thead th")].map((head) => head.offsetHeight)');
    expect(Math.max(...heights)).toBeLessThan(60);
  });

  it.each(pages)('the page %j fits and every field has a label', async (path) => {
    await using page = await open(path, { colorScheme, width });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const fields = '[...document.querySelectorAll("input:not([type=hidden]), select")]';
    expect(await page.evaluate(`${fields}.filter((field) => field.labels.length === 0).length`)).toBe(0);
    expect(await page.locator('h1').count()).toBe(1);
  });
});

describe('the server', () => {
  interface Answer {
    status: number;
    headers: NodeJS.Dict<string | string[]>;
  }

  /** What the server answers to a request. */
  function ask(options: { path?: string; method?: string; host?: string }): Promise<Answer> {
    const { port, pathname } = new URL(server.url);
    return new Promise((resolve, reject) => {
      const { path = pathname, method = 'GET', host = `127.0.0.1:${port}` } = options;
      request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
      })
        .on('error', reject)
        .end();
    });
  }

  it('shows nothing without the secret of its address, nor under another name than this machine', async () => {
    const { pathname } = new URL(server.url);
    expect(pathname).toMatch(/^\/[0-9a-f]{32}\/$/);
    const statuses = [];
    for (const path of ['/', '/style.css', `/${'0'.repeat(32)}/`, pathname.slice(0, -2)]) statuses.push((await ask({ path })).status);
    statuses.push((await ask({ host: 'example.org' })).status, (await ask({ method: 'POST' })).status, (await ask({})).status);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 405, 200]);
  });

  it('forbids pages everything but their style sheet', async () => {
    const { headers } = await ask({});
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it('ends with Ctrl-C, and leaves nothing in the store', async () => {
    const before = await folder.codepmp('list', '--json');
    const other = await inspecting(folder, 'browsed-1');
    expect((await fetch(other.url)).status).toBe(200);
    expect(await other.stop()).toBe(0);
    expect(await folder.codepmp('list', '--json')).toEqual(before);
  });
});

it('shows what is made while the run is in progress', async () => {
  await using running = await recordedFolder();
  const { store } = running;
  const plan = await running.record('running-1', pipeline, { fail: { code: 'stopped' } });
  const record = (await readRun(store, 'running-1')) as RunProgress;
  const group = plan.groups.find(({ members }) => members.includes('pairs'));
  const unit = hashOf('the unit of the group');
  const place = { group: unit, table: hashOf('table'), member: group?.members.indexOf('pairs') ?? 0 };
  const artifacts = createArtifacts(store);
  const answers = { prompt: 'add one', chosen: 'n + 1', rejected: 'n + 2' };
  const row = (n: number, status: string) => ({ origin: originOf(n), ordinal: 0, language: 'Python', status, ...answers });
  const units = record.units.map((each) => {
    const nodes = each.nodes.map(({ id, kind }) => ({ id, kind }));
    return nodes.some(({ id }) => id === 'pairs') ? { ...each, nodes, state: 'running', key: unit } : each;
  });
  await store.note(runNoteName('running-1'), new TextEncoder().encode(JSON.stringify({ ...record, status: 'running', units })));
  await using live = await inspecting(running);
  await using page = await browser.newPage();
  await page.goto(`${live.url}step?node=pairs`);
  expect(await page.locator('main').innerText()).toContain('Nothing to show.');
  for (const [chunk, rows] of [[row(0, 'ok'), row(1, 'equal')], [row(2, 'ok')]].entries())
    await placeChunk(store, { ...place, chunk }, { ...(await artifacts.writeJsonl(rows)), statuses: {} });
  await page.reload();
  expect(await page.locator('.pager b').first().innerText()).toBe('1 to 2 of 2');
  await page.getByRole('link', { name: 'Items without a pair' }).click();
  expect(await page.locator('article header').innerText()).toContain('status equal');
});
