import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exit } from '../../cli/terminal/failure.ts';
import { loadConfig } from '../../compile/index.ts';
import type { Compiled } from '../../compile/index.ts';
import { mostLevels } from '../../compile/extends/problems.ts';
import { limits } from '../../compile/read/limits.ts';
import { mostCells, mostClaimComparisons, mostClaimed, mostComparisons, mostSteps, mostValues } from '../../compile/sweeps/limits.ts';
import { publishedDocuments } from '../../schemas/published/emit.ts';
import { kindNames, kindOf } from '../../schemas/index.ts';
import { compileText } from '../compile/rig.ts';

const documents = Object.entries(publishedDocuments());
const page = publishedDocuments()['docs/language.md'] ?? '';
const files = blocks(page).filter((text) => /^codepmp: 1$/m.test(text));

test.each(documents)('%s on disk is what the definitions make (node schemas/published/emit.ts writes it)', (path, text) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
});

test.each(files.map((text) => [/^name: (.*)$/m.exec(text)?.[1] ?? '', text]))('the whole example %s is right', (_, text) => {
  expect(problemsOf(compileText(text))).toEqual([]);
});

test.each(kindNames)('the section of %s has every key of its with, and an example', (kind) => {
  const { inputs, models, sources, settings } = kindOf(kind);
  const section = sectionOf(`### ${kind}`);
  for (const keys of [inputs, models, sources, settings.properties])
    for (const key of Object.keys(keys)) expect(section).toContain(`| \`${key}\` |`);
  expect(section).toContain(`uses: ${kind}`);
});

describe('the cells of an example of sweeps are those below it', () => {
  const base = files.find((text) => text.includes('name: examples')) ?? '';
  const examples = [...page.matchAll(/^```yaml\n(sweeps:\n[^`]*)```\n\n((?:\|.*\n)+)/gm)].map(([, yaml = '', table = '']) => [
    /^ {2}(\S+):$/m.exec(yaml)?.[1] ?? '',
    yaml,
    table,
  ]);

  test('there is one for each part of a sweep', () => {
    expect(examples.map(([name]) => name)).toEqual(['both', 'matched', 'ablations', 'scale', 'chosen', 'repeated', 'tasks']);
  });

  test.each(examples)('%s', (_, yaml = '', table = '') => {
    const [columns = [], , ...rows] = table.trim().split('\n').map(cellsOfRow);
    const compiled = compileText(base + yaml);
    expect(problemsOf(compiled)).toEqual([]);
    expect(compiled.plan?.cells.map(({ values }) => columns.map((name) => String(values[name])))).toEqual(rows);
  });
});

test('of a sweep over seeds, only what uses the seed has several nodes', () => {
  const base = files.find((text) => text.includes('name: examples')) ?? '';
  const { plan } = compileText(`${base}sweeps: {repeated: {grid: {scheduler: [wsd]}, seeds: [1, 2, 3]}}\n`);
  const nodesOf = (step: string) => plan?.nodes.filter((node) => node.step === step).length;
  expect([nodesOf('rm'), nodesOf('pmp')]).toEqual([3, 1]);
});

test('the configuration that is shown is right', () => {
  const [text = ''] = blocks(publishedDocuments()['docs/configuration.md'] ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'codepmp-configuration-'));
  writeFileSync(join(folder, 'codepmp.config.yaml'), text);
  const { diagnostics, config } = loadConfig({ folder, home: folder });
  rmSync(folder, { recursive: true });
  expect(diagnostics).toEqual([]);
  expect(Object.keys(config.endpoints)).toContain('deepseek-coder-6.7b-instruct');
  expect(Object.keys(config.weights)).toContain('our-base');
});

test('the limits it tells are those that are checked', () => {
  const section = sectionOf('## Limits');
  const told = (what: string) => new RegExp(`^\\| ${what} \\| (.*) \\|$`, 'm').exec(section)?.[1];
  expect(told('a file and all that it extends, together')).toBe(`${limits.bytes / 1024} KiB`);
  expect(told('lines of a file')).toBe(limits.lines.toLocaleString('en'));
  expect(told('escapes in quoted texts')).toBe(limits.escapes.toLocaleString('en'));
  expect(told('depth')).toBe(`${limits.depth} levels`);
  expect(told('keys and values of a file and all that it extends, together')).toBe(limits.values.toLocaleString('en'));
  expect(page).toContain(`up to ${['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'][mostLevels]} levels`);
  expect(told('cells of all sweeps')).toBe(mostCells.toLocaleString('en'));
  expect(told('steps of all cells, before equal ones are merged')).toBe(mostSteps.toLocaleString('en'));
  expect(told('comparisons of combinations with entries of `exclude` and `include`, in all sweeps')).toBe(
    mostComparisons.toLocaleString('en'),
  );
  expect(told('values of params in all cells')).toBe(mostValues.toLocaleString('en'));
  expect(told('cells that claims look at, counted for each side of each claim')).toBe(mostClaimed.toLocaleString('en'));
  expect(told('comparisons that claims make')).toBe(mostClaimComparisons.toLocaleString('en'));
});

test('the exit codes it tells are those of the commands', () => {
  const told = [...sectionOf('## Exit codes').matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));
  expect(told).toEqual(Object.values(exit));
});

test('every place that its contents name is there', () => {
  const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-'),
  );
  const named = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(named.length).toBeGreaterThan(kindNames.length);
  expect(named.filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
});

/** All problems, but that a step of the other alternatives does not run now. */
function problemsOf({ diagnostics }: Compiled): string[] {
  return diagnostics.filter(({ code }) => code !== 'E0160').map(({ code, message }) => `${code}: ${message}`);
}

function blocks(text: string): string[] {
  return [...text.matchAll(/^```yaml\n([^`]*)```$/gm)].map(([, block = '']) => block);
}

/** A section up to the next heading of any level. */
function sectionOf(heading: string): string {
  const from = page.indexOf(`\n${heading}\n`) + 1;
  const to = page.indexOf('\n#', from);
  return page.slice(from, to === -1 ? undefined : to);
}

function cellsOfRow(row: string): string[] {
  return row.split('|').slice(1, -1).map((cell) => cell.trim());
}
