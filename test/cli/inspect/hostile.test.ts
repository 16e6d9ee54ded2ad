import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../report/browser.ts';
import { recordedFolder } from '../recorded-runs.ts';
import type { RecordedFolder } from '../recorded-runs.ts';
import { artifactsOf, inspecting, pipeline } from './rig.ts';
import type { Inspection } from './rig.ts';

/** What a text does that wants to act, and where it believes to be. */
const acts = ['<script>hit()</script>', '<img src=x onerror=hit()>', '<svg onload=hit()>', '<iframe src=//example.org/x></iframe>', '<base href=//example.org/>'];
const escapes = ['', '"', "'", '">', "'>", '</div>', '</title>', '</textarea>', '</style>', '-->', ']]>', '&quot;>', '\u0000', '\u202e', '\ud800', '`', '</script>', '</svg>', '\\">', '%22>'];
const others = ['javascript:hit()', "' or 1=1 --", '$v0', '{{7*7}}', '${hit()}', '__proto__', '../../../etc/passwd', '\u2028\u200b\ufeff', '&lt;script&gt;', 'x'.repeat(20_000)];
const texts = [...escapes.flatMap((escape) => acts.flatMap((act) => [`${escape}${act}`, `a\n${escape} ${act}\n`, `${escape}x onmouseover=hit() ${act}`])), ...others];

let browser: Browser;
let folder: RecordedFolder;
let server: Inspection;

beforeAll(async () => {
  folder = await recordedFolder();
  const text = (n: number, column: string): string => texts[(n * 7 + column.length) % texts.length] ?? '';
  const value = (n: number): string => texts[n % 90] ?? '';
  const content = { pairs: texts.length, dropped: texts.length, text, language: value, reason: value };
  await folder.record('hostile-1', pipeline, { artifact: artifactsOf(content) });
  [browser, server] = await Promise.all([launchBrowser(), inspecting(folder)]);
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

it('knows 300 texts', () => {
  expect(new Set(texts).size).toBeGreaterThanOrEqual(300);
});

const language = encodeURIComponent(texts[4] ?? '');

it.each([
  '',
  ...[0, 50, 100, 150, 200, 250, 300].map((from) => `step?node=pairs&from=${from}`),
  `step?node=pairs&language=${language}`,
  ...[0, 100, 200, 300].map((from) => `step?node=pairs&part=dropped&from=${from}`),
  `step?node=chosen&status=${language}`,
  'step?node=code&from=300',
  'step?node=graded',
  'question?node=graded&question=1',
  'step?node=arithmetic&output=choices',
  ...[3, 77, 140, 222].map((row) => `item?node=pairs&row=${row}`),
  'item?node=graded&row=61',
  `step?node=${language}`,
  `item?node=pairs&row=${language}`,
])('on the page %s no script runs, no request leaves, and every hostile text is text', async (path) => {
  await using page = await browser.newPage();
  const requests: string[] = [];
  const alarms: string[] = [];
  page.on('request', (request) => requests.push(request.url().split('?')[0] ?? ''));
  page.on('console', (message) => alarms.push(message.text()));
  page.on('pageerror', (error) => alarms.push(error.message));
  await page.exposeFunction('hit', () => alarms.push('a script ran'));
  await page.goto(server.url + path);
  expect([...new Set(requests)]).toEqual([server.url + (path.split('?')[0] ?? ''), `${server.url}style.css`]);
  const tags = await page.evaluate<string[]>('[...new Set([...document.querySelectorAll("*")].map((each) => each.localName))]');
  expect(tags.filter((tag) => ['script', 'img', 'iframe', 'base', 'object', 'textarea', 'style'].includes(tag))).toEqual([]);
  const handlers = '[...document.querySelectorAll("*")].flatMap((each) => [...each.attributes].filter(({ name }) => name.startsWith("on")))';
  expect(await page.evaluate(`${handlers}.length`)).toBe(0);
  const shown = await page.evaluate<string>('document.documentElement.outerHTML');
  // oxlint-disable-next-line no-control-regex -- what must not be there
  expect(shown).not.toMatch(/[\u0000\u200b\u202a-\u202e\ufeff]/u);
  expect(alarms.filter((each) => !each.includes('404'))).toEqual([]);
});

it('finds pairs by a hostile language, which is a value and never SQL', async () => {
  await using page = await browser.newPage();
  await page.goto(`${server.url}step?node=pairs&language=${language}`);
  expect(await page.getByLabel('language').inputValue()).toBe(texts[4]);
  expect(await page.locator('.pager b').first().innerText()).toBe('1 to 4 of 4');
  await page.goto(`${server.url}step?node=pairs&language=${encodeURIComponent("' or 1=1 --")}`);
  expect(await page.locator('main').innerText()).toContain('Nothing to show.');
});
