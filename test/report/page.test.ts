import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportInput } from '../../report/index.ts';
import { renderReport } from '../../report/index.ts';
import { launchBrowser } from './browser.ts';
import { sampleInput } from './sample-input.ts';
import { sampleViews } from './sample-views.ts';

let browser: Browser;
let folder: string;
let address: string;
let measureDrawings: string;
let axe: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
  address = await write('index.html', { ...sampleInput(), views: sampleViews() });
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  measureDrawings = await readFile(new URL('./measure-drawings.js', import.meta.url), 'utf8');
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  ['light', 1600],
  ['dark', 1600],
  ['light', 400],
  ['dark', 400],
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
    expect(drawings.length).toBe(4 + 3 + 1 + 3 + 2);
    for (const drawing of drawings) {
      expect(drawing).toMatchObject({ outside: [] });
      expect(drawing.width).toBeGreaterThan(150);
      expect(drawing.height).toBeGreaterThan(100);
      expect(drawing.labels).toBeGreaterThan(4);
      expect(drawing.lines.length).toBeGreaterThan(0);
      for (const line of drawing.lines) expect(line).toBeGreaterThanOrEqual(3);
      expect(drawing.contrast).toBeGreaterThan(4.5);
    }
    await page.close();
  });

  test('has no fault that axe knows, with everything folded open', async () => {
    const page = await open({ colorScheme, width });
    await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
    await page.evaluate(axe);
    const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>('axe.run().then(({ violations }) => violations)');
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await page.close();
  });

  test('shows by a shadow at its edge that a table scrolls, as long as it does', async () => {
    const page = await open({ colorScheme, width: 400 });
    const table = page.locator('#table-1 .scroll');
    expect(await table.evaluate((each) => each.scrollWidth > each.clientWidth)).toBe(true);
    const before = await rightEdge(await table.screenshot());
    await table.evaluate((each) => {
      each.scrollLeft = each.scrollWidth;
    });
    expect(await rightEdge(await table.screenshot()) - before).toBeGreaterThan(3);
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
  for (const width of [400, 1600]) {
    const page = await open({ colorScheme: 'light', width, url });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.locator('#best-of-n-curves .legend').innerText()).toContain(`${long}rm-base`);
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
  /** Of each of its lines with the paper. */
  lines: number[];
}

/** How light the last column of pixels of a picture is, from 0 to 255. */
async function rightEdge(png: Buffer): Promise<number> {
  const page = await browser.newPage();
  const lightness = await page.evaluate<number>(`(async () => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(image.width - 1, 0, 1, image.height);
    return data.reduce((sum, value, index) => sum + (index % 4 === 3 ? 0 : value), 0) / (image.height * 3);
  })()`);
  await page.close();
  return lightness;
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
