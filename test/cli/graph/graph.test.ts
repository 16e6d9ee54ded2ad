import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dotOf } from '../../../cli/graph/dot.ts';
import { mermaidOf } from '../../../cli/graph/mermaid.ts';
import { drawingOf } from '../../../cli/graph/model.ts';
import type { Drawing } from '../../../cli/graph/model.ts';
import { svgOf } from '../../../cli/graph/svg.ts';
import { planOf, quickstart } from '../../compile/rig.ts';
import { launchBrowser } from '../../report/browser.ts';
import { recordedFolder } from '../recorded-runs.ts';
import { checkout } from '../supervisor/services-rig.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const study = `codepmp: 1
name: study
params:
  seed: {type: integer, default: 1}
  init: {type: checkpoint, default: pmp}
models:
  strong: {endpoint: local-strong, max_tokens: 256}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: code}}
  pmp: {uses: train/pmp, with: {base: smollm2-135m-instruct, pairs: pairs}}
  sums: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: $init, pairs: sums.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: sums.test}}
  report: {uses: report, with: {metrics: [accuracy]}}
sweeps:
  seeds: {grid: {init: [pmp, smollm2-135m-instruct]}, seeds: [1, 2, 3]}
`;

/** Names that would end, open or break a label if they were taken as they are. */
const hostile = [
  '<script>alert(1)</script>',
  '"]; n9["x',
  '--> end',
  '"> <b',
  '&lt;&#35;',
  '`x`',
  '\\\\N\\"',
  '</text></svg>',
  ']]>',
  'a\nb\u0000\u202e',
  '#quot;',
  '%%{init: {}}%%',
  '-->',
  '<BR/>',
  '😀 𝒳',
];

/** A drawing of two boxes and an arrow that hold a text wherever text can stand. */
function drawingWith(text: string): Drawing {
  const box = (id: string) => ({ id, step: text, kind: text, family: 'items' as const, details: [text], states: null });
  return {
    name: text,
    boxes: [box('n0'), box('n1')],
    arrows: [{ from: 'n0', to: 'n1', artifact: text }],
    clusters: [['n0', 'n1']],
    isCollapsed: false,
  };
}

describe('a drawing', () => {
  it('has a box for each node, arrows with what they carry, and the streamed steps together', () => {
    const { boxes, arrows, clusters } = drawingOf(planOf(quickstart), { collapse: false });
    expect(boxes).toHaveLength(19);
    expect(boxes[0]).toEqual({ id: 'n0', step: 'code', kind: 'source/files', family: 'data', details: [], states: null });
    const idOf = (step: string) => boxes.find((box) => box.step === step)?.id ?? '';
    expect(arrows).toContainEqual({ from: idOf('arithmetic'), to: idOf('rm-pmp'), artifact: 'train pairs' });
    expect(clusters).toEqual([['prompts', 'half', 'chosen', 'rejected', 'pairs'].map(idOf)]);
  });

  it('of a sweep has a box for each step with the number of its nodes', () => {
    const plan = planOf(study);
    const { boxes, arrows, isCollapsed } = drawingOf(plan, { collapse: true });
    expect(isCollapsed).toBe(true);
    expect(boxes.map(({ step, details }) => [step, ...details].join(' '))).toEqual([
      'code',
      'prompts',
      'chosen',
      'pairs',
      'pmp',
      'sums',
      'rm 6 nodes',
      'accuracy 6 nodes',
      'report',
    ]);
    expect(arrows.filter(({ artifact }) => artifact === 'metrics')).toHaveLength(1);
    expect(drawingOf(plan, { collapse: false }).boxes.find(({ step }) => step === 'rm')?.details).toEqual(['init=pmp', 'seed=1']);
  });

  it('of very many nodes of one step takes no longer than it has to', { timeout: 10_000 }, () => {
    const plan = planOf(study);
    const [node] = plan.nodes;
    if (!node) throw new Error('a plan without nodes');
    const wide = { ...plan, groups: [], nodes: Array.from({ length: 40_000 }, (_, index) => ({ ...node, id: `${node.step}@${index}` })) };
    expect(drawingOf(wide, { collapse: true }).boxes.map(({ details }) => details)).toEqual([['40,000 nodes']]);
    expect(mermaidOf(drawingOf(wide, { collapse: false })).split('\n')).toHaveLength(40_004);
  });
});

describe('an SVG', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchBrowser()));
  afterAll(() => browser.close());

  it('keeps every text inside its box, in the letters of a browser', async () => {
    const page = await browser.newPage();
    await page.setContent(await svgOf(drawingOf(planOf(quickstart), { collapse: false })));
    const outside = await page.evaluate(`[...document.querySelectorAll('g.node')].flatMap((node) => {
      const box = node.querySelector('path, polygon').getBoundingClientRect();
      return [...node.querySelectorAll('text')].filter((text) => {
        const { left, right } = text.getBoundingClientRect();
        return left < box.left || right > box.right;
      }).map((text) => text.textContent);
    })`);
    expect(outside).toEqual([]);
    const titles = await page.evaluate(`[...document.querySelectorAll('g.edge title')].map(({ textContent }) => textContent)`);
    expect(titles).toContain('rm-pmp → bon-pmp');
    await page.close();
  });

  it('holds hostile names as text and nothing else', async () => {
    const page = await browser.newPage();
    for (const text of hostile) {
      const svg = await svgOf(drawingWith(text));
      const found = await page.evaluate(
        `(() => {
          const parsed = new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml');
          const names = [...new Set([...parsed.querySelectorAll('*')].map(({ tagName }) => tagName))].sort();
          return { error: parsed.querySelector('parsererror')?.textContent ?? null, names, nodes: parsed.querySelectorAll('g.node').length };
        })()`,
      );
      expect(found).toEqual({ error: null, names: ['g', 'path', 'polygon', 'svg', 'text', 'title'], nodes: 2 });
    }
    await page.close();
  });

  it('is the same every time, and names nothing outside itself', async () => {
    const drawing = drawingOf(planOf(study), { collapse: true });
    const svg = await svgOf(drawing);
    expect(await svgOf(drawing)).toBe(svg);
    expect(svg.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:|href|<script|<style|url\(/);
  });
});

describe('Mermaid text', () => {
  /** The lines that a flow chart of ours may have; words stand between quotes, without any that ends or opens something. */
  const quoted = String.raw`"(?:[^"\x60<>&\\{}[\]|]|<br/>)*"`;
  const line = new RegExp(
    `^(flowchart TD|  subgraph g\\d+\\[${quoted}\\]|  end| {2,4}n\\d+\\[${quoted}\\]|  n\\d+ -- ${quoted} --> n\\d+|  classDef is-\\w+ [\\w:#,. -]+|  class n\\d+(,n\\d+)* is-\\w+|  style g\\d+ [\\w:#,. -]+)$`,
  );

  it('has one statement a line, whatever the names are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' })), (text) => {
        const lines = mermaidOf(drawingWith(text)).trimEnd().split('\n');
        expect(lines.filter((each) => !line.test(each))).toEqual([]);
        expect(lines).toHaveLength(9);
      }),
    );
  });

  it('writes what it would read as its own by number', () => {
    expect(mermaidOf(drawingWith('"end" #1 <b>'))).toContain('n0["#34;end#34; #35;1 #60;b#62;<br/>');
  });
});

describe('Graphviz text', () => {
  it('has as many lines as it has statements, whatever the names are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' })), (text) => {
        expect(dotOf(drawingWith(text)).split('\n')).toHaveLength(12);
      }),
    );
  });
});

describe('the command', () => {
  it('chooses the format by the name of the file, and says what it drew', async () => {
    await using user = await recordedFolder();
    await user.write('study.yaml', study);
    const { exitCode, stderr } = await user.codepmp('graph', 'study.yaml', '--out', 'study.mmd', '--collapse');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'study.mmd: 9 steps, each with the number of its nodes (--nodes draws them all)',
    });
    expect(await readFile(join(user.path, 'study.mmd'), 'utf8')).toContain('n6["rm<br/>train/rm<br/>6 nodes"]');
    expect((await user.codepmp('graph', join(checkout, 'pipelines', 'quickstart.yaml'))).stdout).toMatch(/^<svg role="img"/);
  });

  it('draws a run with the state of each step in words', async () => {
    await using user = await recordedFolder();
    await user.record('first', study.replace('seeds: [1, 2, 3]', 'seeds: [1]'));
    await user.record('second', study, { fail: { pmp: 'no memory' } });
    const { stdout } = await user.codepmp('graph', 'second', '--collapse', '--format', 'mermaid');
    expect(stdout).toContain('n0["code<br/>source/files<br/>reused"]');
    expect(stdout).toContain('classDef is-failed');
    const drawn = JSON.parse((await user.codepmp('graph', 'second', '--collapse', '--json')).stdout) as Drawing;
    expect(drawn.boxes.find(({ step }) => step === 'rm')?.states).toEqual({ reused: 1, done: 2, waiting: 3 });
  });
});
