import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile, loadConfig } from '../../../compile/index.ts';
import { cellsOfView } from '../../../plan/index.ts';
import type { PlanView, PlanViewCell, TableOf } from '../../../plan/index.ts';

const folder = new URL('../../../pipelines/', import.meta.url);
const { config } = loadConfig({ folder: folder.pathname, file: `${folder.pathname}paper.config.yaml`, home: '/home-of-codepmp' });

function viewsOf(name: string, sweeps?: string[]): PlanView[] {
  const { plan, rendered } = compile({ source: readFileSync(new URL(`${name}.yaml`, folder)), file: `${name}.yaml`, config, sweeps });
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan.nodes.find(({ kind }) => kind === 'report')?.views ?? [];
}

const paper = viewsOf('paper');
const tableOf = (name: string) => paper.find((view) => view.name === name) as TableOf<PlanViewCell> & PlanView;

/** The cell of a table by the words of its row and the place of its column. */
function cellOf(name: string, heads: string[], column: number): PlanViewCell | undefined {
  return tableOf(name).rows.find((row) => row.heads.join(' | ') === heads.join(' | '))?.cells[column];
}

describe('the paper', () => {
  test('has each of its tables and figures by its own name', () => {
    expect(paper.map(({ label }) => label).toSorted()).toEqual([
      ...['1', '10', '3', '3 (logic)', '4', '5', '6a', '6b', '7a', '7b', '8'].map((each) => `Figure ${each}`),
      ...['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((each) => `Table ${each}`),
    ]);
  });

  test('has the same views in the files that hold one experiment each', () => {
    const files = ['codepmp', 'benchmarks', 'sample-efficiency', 'data-scaling', 'pair-construction', 'sources', 'eoc', 'scheduler', 'gemma'];
    const names = files.flatMap((name) => viewsOf(name)).map(({ name }) => name);
    expect(names.toSorted()).toEqual(paper.map(({ name }) => name).toSorted());
    expect(viewsOf('cross-validation').map(({ name }) => name)).toEqual(['table-9']);
  });

  test.each([
    ['main', ['figure-3', 'figure-3-logic', 'figure-5', 'table-1', 'table-2', 'table-3', 'table-4', 'table-9']],
    ['efficiency', ['figure-1', 'figure-10', 'figure-4']],
    ['gemma', ['figure-8']],
    ['scaling', ['figure-5']],
    ['constructions', ['figure-6a', 'table-5']],
    ['sources', ['figure-6b', 'table-6']],
    ['design', ['figure-7a', 'figure-7b', 'table-7', 'table-8']],
  ])('runs the sweep %s by itself, with the tables and figures that show its cells', (sweep, names) => {
    expect(viewsOf('paper', [sweep]).map(({ name }) => name).toSorted()).toEqual(names);
  });

  test('finds three seeds for every cell of its measurements, and leaves no cell without a node', () => {
    const measured = paper.filter(({ name }) => !['table-3', 'table-4'].includes(name)).flatMap((view) => cellsOfView<PlanViewCell>(view));
    expect(measured.length).toBeGreaterThan(700);
    expect(measured.filter(({ seeds }) => seeds.join() !== '1,2,3')).toEqual([]);
    const all = paper.flatMap((view) => cellsOfView<PlanViewCell>(view));
    const empty = all.filter(({ nodes, text }) => nodes.length === 0 && text === undefined);
    expect(empty).toEqual([]);
  });

  test('shows one result for the setting that five of its tables print', () => {
    const usual = cellOf('table-9', ['ReClor-pair', '1.5B', '✓'], 1);
    const same = [
      cellOf('table-5', ['ReClor-pair', '6.7B & 1.3B'], 1),
      cellOf('table-6', ['ReClor-pair', 'GitHub'], 1),
      cellOf('table-7', ['ReClor-pair', 'w/o EOC'], 1),
      cellOf('table-8', ['ReClor-pair', 'WSD'], 1),
    ];
    expect(same.map((cell) => cell?.nodes)).toEqual(Array(4).fill(usual?.nodes));
    expect([usual, ...same].map((cell) => cell?.published)).toEqual(['0.4981', '0.5032', '0.4981', '0.4981', '0.4981']);
  });

  test('has settings that are those it prints, the decay that WCD does not use aside', () => {
    const printed = tableOf('table-3').rows.flatMap(({ heads, cells }) => cells.map(({ text, published = '–' }) => [heads[0], text, published]));
    const other = printed.filter(([, text = '', published = '']) => text.toUpperCase() !== published.toUpperCase());
    expect(other).toEqual(Array(4).fill(['decay ratio', '0.1', '–']));
  });
});
