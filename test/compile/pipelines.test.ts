import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile, isError, loadConfig } from '../../compile/index.ts';
import type { Plan } from '../../plan/index.ts';
import { planHash } from '../../plan/keys.ts';
import { kindOf } from '../../schemas/index.ts';
import { golden } from './rig.ts';

const folder = new URL('../../pipelines/', import.meta.url);
const { config } = loadConfig({ folder: folder.pathname, file: `${folder.pathname}paper.config.yaml`, home: '/home-of-codepmp' });
const names = readdirSync(folder).filter((name) => /^(?!quickstart|.*\.config\.).*\.yaml$/.test(name)).map((name) => name.slice(0, -'.yaml'.length));

const compiled = (name: string, toRun = false) => compile({ source: readFileSync(new URL(`${name}.yaml`, folder)), file: `${name}.yaml`, config, toRun });

function planOf(name: string): Plan {
  const { plan, rendered } = compiled(name);
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan;
}

/** What a person can look through: cells by sweep, and for each step its nodes and how often it stands in a cell. */
function summaryOf(plan: Plan): string {
  const sweeps = [...new Set(plan.cells.flatMap((cell) => cell.sweeps))].sort();
  const steps = [...new Set(plan.nodes.map(({ step }) => step))];
  const rows = steps.map((step) => {
    const nodes = plan.nodes.filter((node) => node.step === step);
    const cells = plan.cells.filter((cell) => step in cell.nodes).length;
    const reads = [...new Set(nodes.flatMap(({ inputs }) => Object.values(inputs).flat().map(({ node }) => node.split('@')[0])))];
    return `  ${step.padEnd(18)} ${(nodes[0]?.kind ?? '').padEnd(26)} ${String(nodes.length).padStart(4)} nodes in ${String(cells).padStart(4)} cells${reads.length === 0 ? '' : `, reads ${reads.join(', ')}`}`;
  });
  return [
    `${plan.name}: ${plan.cells.length} cells, ${plan.nodes.length} nodes, hash ${planHash(plan)}`,
    ...sweeps.map((sweep) => `  sweep ${sweep}: ${plan.cells.filter((cell) => cell.sweeps.includes(sweep)).length} cells`),
    '',
    ...rows,
    '',
    ...plan.claims.map(({ id, of, relation, to }) => `  claim ${id}: ${of.text} (${of.nodes.length}) ${relation} ${typeof to === 'number' ? to : `${to.text} (${to.nodes.length})`}`),
    '',
  ].join('\n');
}

/** Its claims by what they compare, whatever they are called. */
function sentencesOf({ nodes, claims }: Plan): string[] {
  const keys = new Map(nodes.map(({ id, key }) => [id, key]));
  const side = (ids: string[]) => ids.map((id) => keys.get(id)).sort();
  return claims.map(({ metric, n, of, relation, to }) => JSON.stringify([metric, n, side(of.nodes), relation, typeof to === 'number' ? to : side(to.nodes)]));
}

describe('a shipped pipeline of the paper', () => {
  test.each(names)('%s compiles to its golden plan', (name) => {
    const text = summaryOf(planOf(name));
    expect(text).toBe(golden(new URL(`${name}.plan.txt`, folder), text));
  });

  test.each(names)('%s holds no mistake and nothing unused, only weights without a digest', (name) => {
    expect(compiled(name).diagnostics.filter(({ code }) => code !== 'E0162')).toEqual([]);
  });

  test.each(names)('%s is refused to run as long as kinds of it do not, each step by name', (name) => {
    const { plan, diagnostics } = compiled(name, true);
    const declared = new Set(planOf(name).nodes.filter(({ kind }) => kindOf(kind).runnable === false).map(({ step }) => step));
    expect(plan).toBeUndefined();
    expect(diagnostics.filter(isError).map(({ code }) => code)).toEqual([...declared].map(() => 'E0220'));
  });
});

describe('the paper as one graph', () => {
  const paper = planOf('paper');
  const distinct = (kind: string) => paper.nodes.filter((node) => node.kind === kind).length;
  const alone = (kind: string) => {
    const ids = new Set(paper.nodes.filter((node) => node.kind === kind).map(({ id }) => id));
    return paper.cells.reduce((sum, { nodes }) => sum + Object.values(nodes).filter((id) => ids.has(id)).length, 0);
  };

  test('holds all that the other files generate, train and measure', () => {
    const keys = new Set(paper.nodes.map(({ key }) => key));
    for (const name of names) {
      const missing = planOf(name).nodes.filter(({ key, kind }) => kind !== 'report' && !keys.has(key));
      expect([name, missing.map(({ step }) => step)]).toEqual([name, []]);
    }
  });

  test('claims all that the other files claim, of the same measurements', () => {
    const known = new Set(sentencesOf(paper));
    for (const name of names) expect([name, sentencesOf(planOf(name)).filter((sentence) => !known.has(sentence))]).toEqual([name, []]);
  });

  test('pretrains once what its cells share', () => {
    expect({ merged: distinct('train/pmp'), alone: alone('train/pmp') }).toEqual({ merged: 11, alone: 153 });
  });

  test('asks for descriptions and answers once, for all six constructions', () => {
    expect([distinct('summarize'), distinct('respond'), distinct('pair')]).toEqual([1, 3, 6]);
  });
});
