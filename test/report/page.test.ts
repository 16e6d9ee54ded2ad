import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportInput } from '../../report/index.ts';
import { renderReport } from '../../report/index.ts';
import { launchBrowser } from './browser.ts';
import { sampleInput } from './sample-input.ts';

let browser: Browser;
let folder: string;
let address: string;
let measureDrawings: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
  address = await write('index.html', sampleInput());
  measureDrawings = await readFile(new URL('./measure-drawings.js', import.meta.url), 'utf8');
  browser = await launchBrowser();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  ['light', 1200],
  ['dark', 1200],
  ['light', 375],
  ['dark', 375],
] as const)('the page in a real browser, %s, %i pixels wide', (colorScheme, width) => {
  test('asks for nothing but itself and fits the window', async () => {
    const requests: string[] = [];
    const messages: string[] = [];
    const page = await open({ colorScheme, width, requests, messages });
    expect(requests).toEqual([address]);
    expect(messages).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.close();
  });

  test('shows every figure with its labels inside and in a colour that can be read', async () => {
    const page = await open({ colorScheme, width });
    const drawings = await page.evaluate<Drawing[]>(measureDrawings);
    expect(drawings.length).toBe(1 + 4 + 2 + 2);
    for (const drawing of drawings) {
      expect(drawing).toMatchObject({ outside: [] });
      expect(drawing.width).toBeGreaterThan(150);
      expect(drawing.height).toBeGreaterThan(100);
      expect(drawing.labels).toBeGreaterThan(4);
      expect(drawing.contrast).toBeGreaterThan(4.5);
    }
    await page.close();
  });
});

test('a source link opens the folded provenance and leads there', async () => {
  const page = await open({ colorScheme: 'light', width: 1200 });
  const source = page.locator('#source-1');
  expect(await source.isVisible()).toBe(false);
  await page.locator('a[href="#source-1"]').first().click();
  await source.waitFor({ state: 'visible' });
  expect(await source.textContent()).toContain('accuracy-pmp');
  await page.close();
});

test('long names of models wrap: none is cut and the page keeps its width', async () => {
  const long = 'a-reward-model-with-a-very-long-name-'.repeat(4);
  const input = sampleInput();
  const metrics = input.metrics.map((entry) => ({ ...entry, model: `${long}${entry.model}` }));
  const url = await write('long.html', { ...input, title: long, metrics });
  for (const width of [375, 1200]) {
    const page = await open({ colorScheme: 'light', width, url });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.locator('.legend').innerText()).toContain(`${long}rm-base`);
    await page.close();
  }
});

test('printed, everything folded is open', async () => {
  const page = await open({ colorScheme: 'light', width: 800 });
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('#source-10').isVisible()).toBe(true);
  expect((await page.pdf()).length).toBeGreaterThan(20_000);
  await page.close();
});

async function write(name: string, input: ReportInput): Promise<string> {
  const { files } = await renderReport(input);
  const path = join(folder, name);
  await writeFile(path, files.find((file) => file.name === 'index.html')?.content ?? '');
  return pathToFileURL(path).href;
}

interface Drawing {
  width: number;
  height: number;
  labels: number;
  /** Texts that reach out of the figure. */
  outside: string[];
  /** Of its text with the paper. */
  contrast: number;
}

interface OpenOptions {
  colorScheme: 'light' | 'dark';
  width: number;
  url?: string;
  requests?: string[];
  messages?: string[];
}

async function open({ colorScheme, width, url = address, requests = [], messages = [] }: OpenOptions): Promise<Page> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => messages.push(message.text()));
  await page.goto(url);
  return page;
}
