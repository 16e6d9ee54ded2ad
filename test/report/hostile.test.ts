import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportView, ViewCell } from '../../ports/report.ts';
import type { ReportInput } from '../../report/index.ts';
import { renderReport } from '../../report/index.ts';
import { launchBrowser } from './browser.ts';
import { renderTexts } from './files.ts';
import { hostileTexts } from './hostile-texts.ts';
import { sampleInput } from './sample-input.ts';
import { sampleViews } from './sample-views.ts';

const [first = ''] = hostileTexts;
const few = hostileTexts.filter((_, index) => index % 25 === 0);

const calmTexts = renderTexts(hostile(() => 'calm'));

describe.each(few.map((payload) => [payload.slice(0, 40), payload]))('the text %j', (_name, payload) => {
  test('is shown as text on the page, never as markup', async () => {
    const page = (await renderTexts(hostile(() => payload)))['index.html'] ?? '';
    const calm = (await calmTexts)['index.html'] ?? '';
    expect(tagsOf(page)).toEqual(tagsOf(calm));
    expect(page).not.toMatch(/<script|<iframe|<img|<base|javascript:"/iu);
    expect(page).not.toMatch(hidden);
  });

  test('cannot leave its place in Markdown, LaTeX and CSV', async () => {
    const files = await renderTexts(hostile(() => payload));
    const calm = await calmTexts;
    for (const name of ['report.md', 'tables.tex', 'figures.tex', 'tables.csv'])
      expect([name, files[name]?.split('\n').length]).toEqual([name, calm[name]?.split('\n').length]);
    expect(files['report.md']?.replace(/`[^`\n]*`|!\[Figure [^\]]*\]\([a-z0-9-]+\.svg\)/gu, '')).not.toMatch(/<\w|(?<!\\)\]\(|(?<!\\)!\[/u);
    for (const name of ['tables.tex', 'figures.tex']) expect(files[name]).not.toMatch(/\\input|\\write|\\end\{tabular\}%|[^\n\u0020-\u007e]/u);
    expect(files['tables.csv']).not.toMatch(/(?:^|,)"?[=@+]/mu);
    for (const name of ['report.md', 'tables.csv']) expect(files[name]).not.toMatch(hidden);
  });
});

describe('in a real browser', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hostile-'));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('300 hostile texts in every place a text can come from run no script and ask for nothing', async () => {
    expect(new Set(hostileTexts).size).toBeGreaterThanOrEqual(300);
    let turn = 0;
    const { files } = await renderReport(hostile(() => hostileTexts[turn++ % hostileTexts.length] ?? first, 6));
    expect(turn).toBeGreaterThan(hostileTexts.length);
    for (const { name, content } of files) if (/\.(?:html|svg)$/.test(name)) await writeFile(join(folder, name), content);
    for (const name of ['index.html', ...files.map((file) => file.name).filter((file) => file.endsWith('.svg'))]) {
      const address = pathToFileURL(join(folder, name)).href;
      const seen: string[] = [];
      const page = await browser.newPage();
      page.on('request', (request) => seen.push(request.url()));
      page.on('dialog', (dialog) => seen.push(`dialog ${dialog.message()}`));
      page.on('console', (message) => seen.push(`console ${message.text()}`));
      page.on('pageerror', (error) => seen.push(`error ${error.message}`));
      await page.goto(address);
      for (const details of await page.locator('summary').all()) await details.click();
      expect(await page.evaluate('document.querySelectorAll("script, iframe, img, object, embed, base, form, a:not([href^=\'#\'])").length')).toBe(0);
      expect(await page.evaluate('[...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length')).toBe(0);
      expect(await page.evaluate('typeof globalThis.hacked')).toBe('undefined');
      expect(seen).toEqual([address]);
      await page.close();
    }
  });
});

// oxlint-disable-next-line no-control-regex -- what must not be there
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** A text in every place a text can come from; `copies` times as many results. */
function hostile(text: () => string, copies = 1): ReportInput {
  const input = sampleInput();
  const named = <T extends { step: string }>(entry: T): T => ({ ...entry, step: text(), key: text(), artifact: text(), at: { file: text(), line: 3 } });
  const many = <T>(entries: readonly T[]): T[] => Array.from({ length: copies }, () => entries).flat();
  return {
    title: text(),
    run: text(),
    created: text(),
    plan: text(),
    toyNote: text(),
    missing: many([0]).map(() => ({ step: text(), why: text() })),
    metrics: many(input.metrics).map((entry) => ({
      ...named(entry),
      model: text(),
      dataset: text(),
      metrics: { ...entry.metrics, ...kindsOf(entry.metrics, text) },
    })),
    training: many(input.training).map((entry) => ({ ...named(entry), config: { [text()]: text(), list: [text()] } })),
    data: many(input.data).map((entry) => ({
      ...named(entry),
      statistics: {
        ...entry.statistics,
        languages: entry.statistics.languages.map((each) => ({ ...each, language: text() })),
        waterfall: [
          { stage: text(), count: 1, reason: text() },
          { stage: text(), count: 1, reason: '', flags: { [text()]: 1 } },
        ],
      },
    })),
    views: sampleViews().map((view) => hostileView(view, text)),
  };
}

function kindsOf(metrics: ReportInput['metrics'][number]['metrics'], text: () => string): object {
  return metrics.kind === 'eval/accuracy' ? { kinds: metrics.kinds.map((each) => ({ ...each, kind: text() })) } : {};
}

function hostileView(view: ReportView, text: () => string): ReportView {
  const base = { name: text(), label: '', title: text(), footnotes: [text()], folded: text() };
  const cell = (each: ViewCell): ViewCell => ({ ...each, published: text(), ...(each.value === null && { reason: text() }) });
  if (view.form === 'table')
    return {
      ...view,
      ...base,
      rowHeads: view.rowHeads.map(text),
      columnHeads: view.columnHeads.map((heads) => heads.map(text)),
      rows: view.rows.map(({ heads, cells }) => ({ heads: heads.map(text), cells: cells.map(cell) })),
    };
  return {
    ...view,
    ...base,
    panels: view.panels.map((panel) => ({
      ...panel,
      title: text(),
      x: { ...panel.x, label: text(), ticks: panel.x.ticks.map(({ at }) => ({ at, label: text() })) },
      y: { label: text() },
      lines: panel.lines.map((line) => ({ ...line, label: text(), points: line.points.map(({ x, cell: each }) => ({ x, cell: cell(each) })) })),
    })),
  };
}

/** Names and attribute names of all tags, in order, without what the attributes hold. */
function tagsOf(page: string): string[] {
  return [...page.replace(/<style>.*?<\/style>/su, '').matchAll(/<\/?([a-zA-Z!][^\s>]*)((?:\s+[^\s=>"']+(?:="[^"]*")?)*)\s*\/?>/gu)].map(
    ([, name, attributes]) => `${name} ${(attributes ?? '').replace(/="[^"]*"/gu, '').trim()}`,
  );
}
