import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile, isError, loadConfig } from '../../../compile/index.ts';
import type { ClaimNodes, ClaimSide, Plan } from '../../../plan/index.ts';
import { planHash } from '../../../plan/keys.ts';
import { golden } from '../rig.ts';

const folder = new URL('../../../pipelines/', import.meta.url);
/** The configuration of a file: the paper's, or that of the paper in small. */
function configOf(name: string) {
  const file = `${folder.pathname}${name === 'paper-toy' ? name : 'paper'}.config.yaml`;
  return loadConfig({ folder: folder.pathname, file, home: '/home-of-codepmp' }).config;
}

const names = readdirSync(folder)
  .filter((name) => /^(?!quickstart|.*\.config\.).*\.yaml$/.test(name))
  .map((name) => name.slice(0, -'.yaml'.length));

const compiled = (name: string, toRun = false) =>
  compile({ source: readFileSync(new URL(`${name}.yaml`, folder)), file: `${name}.yaml`, config: configOf(name), toRun });

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
    const amounts = `${String(nodes.length).padStart(4)} nodes in ${String(cells).padStart(4)} cells`;
    return `  ${step.padEnd(18)} ${(nodes[0]?.kind ?? '').padEnd(26)} ${amounts}${reads.length === 0 ? '' : `, reads ${reads.join(', ')}`}`;
  });
  return [
    `${plan.name}: ${plan.cells.length} cells, ${plan.nodes.length} nodes, hash ${planHash(plan)}`,
    ...sweeps.map((sweep) => `  sweep ${sweep}: ${plan.cells.filter((cell) => cell.sweeps.includes(sweep)).length} cells`),
    '',
    ...rows,
    '',
    ...plan.claims.map(({ id, text, comparisons }) => {
      const measurements = comparisons[0]?.of.cells.flat().length;
      return `  claim ${id}: ${text}; ${comparisons.length} comparison${comparisons.length === 1 ? '' : 's'} of ${measurements} measurements`;
    }),
    '',
  ].join('\n');
}

/** Its claims by what they compare, whatever they are called. */
function sentencesOf({ nodes, claims }: Plan): string[] {
  const keys = new Map(nodes.map(({ id, key }) => [id, key]));
  const keysOf = (each?: ClaimNodes) => each && [each.n, each.cells.flat().map((id) => keys.get(id)).sort()];
  const side = (each: ClaimSide | number) => (typeof each === 'number' ? each : [keysOf(each), keysOf(each.minus)]);
  return claims.flatMap(({ metric, relation, margin, comparisons }) =>
    comparisons.map(({ of, to }) => JSON.stringify([metric, side(of), relation, margin, side(to)])),
  );
}

describe('a shipped pipeline of the paper', () => {
  test.each(names)('%s compiles to its golden plan', (name) => {
    const text = summaryOf(planOf(name));
    expect(text).toBe(golden(new URL(`${name}.plan.txt`, folder), text));
  });

  test.each(names)('%s holds no mistake and nothing unused, only weights without a digest', (name) => {
    expect(compiled(name).diagnostics.filter(({ code }) => code !== 'E0162')).toEqual([]);
  });

  test.each(names)('%s can be run', (name) => {
    const { plan, diagnostics } = compiled(name, true);
    expect(diagnostics.filter(isError)).toEqual([]);
    expect(plan).toBeDefined();
  });
});

describe('what a shipped pipeline of the paper learns from before a reward model', () => {
  /** Published data sets, by the names of their folders, that lie behind what is measured. MathShepherd is of the training parts of two. */
  function measuredBy({ nodes }: Plan): string[] {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const behind = (id: string): string[] => {
      const { kind = '', inputs = {}, resources = {} } = byId.get(id) ?? {};
      if (!kind.startsWith('dataset/')) return Object.values(inputs).flatMap((refs) => refs.flatMap(({ node }) => behind(node)));
      return kind === 'dataset/math-shepherd' ? ['gsm8k.train', 'math.train'] : [resources['source']?.name ?? ''];
    };
    const evals = nodes.filter(({ kind }) => kind.startsWith('eval/'));
    const read = evals.flatMap(({ inputs }) => Object.entries(inputs).flatMap(([name, refs]) => (name === 'model' ? [] : refs)));
    return [...new Set(read.flatMap(({ node }) => behind(node)))].sort();
  }

  test.each(names)('has nothing of what is measured in %s, nor of HumanEval and MBPP, from whatever source its pairs are', (name) => {
    const plan = planOf(name);
    const byId = new Map(plan.nodes.map((node) => [node.id, node]));
    const pretrained = plan.nodes.filter(({ kind }) => kind.startsWith('train/pmp'));
    const learned = [...new Set(pretrained.flatMap(({ inputs }) => inputs['pairs'] ?? []).map(({ node }) => node))];
    expect(learned.length).toBeGreaterThan(0);
    for (const each of [...learned, ...plan.nodes.filter(({ kind }) => kind === 'clean').map(({ id }) => id)]) {
      const searched = (byId.get(each)?.inputs['decontaminate'] ?? []).flatMap(({ node, output }) => {
        const { resources = {}, settings = {} } = byId.get(node) ?? {};
        const set = resources['source']?.name ?? '';
        return [set, `${set}.${output}`, `${set}: ${String(settings['column'])}`];
      });
      const named = ['gsm8k.test', 'math.test', 'human-eval: prompt', 'human-eval: canonical_solution', 'mbpp: text', 'mbpp: code'];
      expect(searched).toEqual(expect.arrayContaining([...measuredBy(plan), ...named]));
    }
  });
});

describe('the paper as one graph', () => {
  const paper = planOf('paper');
  /** All but the paper in small, and the pairs of appendix D.2.2, which no table or figure shows. */
  const shown = names.filter((name) => !['paper-toy', 'logiqa2-sampled'].includes(name));
  const distinct = (kind: string) => paper.nodes.filter((node) => node.kind === kind).length;
  const alone = (kind: string) => {
    const ids = new Set(paper.nodes.filter((node) => node.kind === kind).map(({ id }) => id));
    return paper.cells.reduce((sum, { nodes }) => sum + Object.values(nodes).filter((id) => ids.has(id)).length, 0);
  };

  test('holds all that the other files generate, train and measure', () => {
    const keys = new Set(paper.nodes.map(({ key }) => key));
    for (const name of shown) {
      const missing = planOf(name).nodes.filter(({ key, kind }) => kind !== 'report' && !keys.has(key));
      expect([name, missing.map(({ step }) => step)]).toEqual([name, []]);
    }
  });

  test('claims all that the other files claim, of the same measurements', () => {
    const known = new Set(sentencesOf(paper));
    for (const name of shown) expect([name, sentencesOf(planOf(name)).filter((sentence) => !known.has(sentence))]).toEqual([name, []]);
  });

  test('pretrains once what its cells share', () => {
    const counts = (['train/pmp', 'train/pmp-stable', 'train/pmp-decay'] as const).map((kind) => [distinct(kind), alone(kind)]);
    expect(counts).toEqual([[11, 159], [2, 90], [30, 90]]);
  });

  test('asks for descriptions and answers once, for all six constructions', () => {
    expect([distinct('summarize'), distinct('respond'), distinct('pair')]).toEqual([1, 3, 6]);
  });
});

describe('Table 3 of the paper', () => {
  const rates: { [base: string]: { pmp: number; math: number; logic: number } } = {
    'Qwen/Qwen2-1.5B': { pmp: 3e-6, math: 1e-6, logic: 1e-5 },
    'Qwen/Qwen2-7B': { pmp: 1e-6, math: 3e-7, logic: 1e-5 },
    'google/gemma-2b': { pmp: 3e-6, math: 1e-6, logic: 1e-5 },
  };
  const { nodes, cells } = planOf('paper');
  const settings = new Map(nodes.map((node) => [node.id, node.settings]));

  /** What a step is trained with over all cells with these weights, as `expected` names it. */
  function trained(step: string, base: string): object[] {
    const found = cells.filter((cell) => cell.values['base'] === base).map((cell) => settings.get(cell.nodes[step] ?? ''));
    return found.filter((each) => each !== undefined);
  }

  test.each(Object.entries(rates))('gives the hyper-parameters of every training from %s', (base, { pmp, math, logic }) => {
    const reward = { epochs: 1, batch_size: 64, weight_decay: 0, max_length: 1024 };
    const expected = {
      pmp: {
        epochs: 1,
        batch_size: 1024,
        weight_decay: 0.1,
        max_length: 1024,
        loss: { rank: 1, lm: 1 },
        schedule: { lr: pmp, warmup: 0.03, decay: 0.1 },
      },
      stable: { batch_size: 1024, weight_decay: 0.1, max_length: 1024, loss: { rank: 1, lm: 1 }, lr: pmp },
      'rm-math': { ...reward, schedule: { kind: 'wcd', lr: math, warmup: 0.03 } },
      'rm-reclor': { ...reward, schedule: { kind: 'wcd', lr: logic, warmup: 0.25 } },
      'rm-logiqa2': { ...reward, schedule: { kind: 'wcd', lr: logic, warmup: 0.25 } },
    };
    for (const [step, each] of Object.entries(expected)) {
      const found = trained(step, base);
      if (step !== 'stable' || base !== 'google/gemma-2b') expect(found.length).toBeGreaterThan(0);
      expect(found).toMatchObject(found.map(() => each));
    }
  });

  test('warms the stable run up for that share of the smallest size that branches from it', () => {
    const { warmup, batch_size: batch } = settings.get(nodes.find(({ step }) => step === 'stable')?.id ?? '') ?? {};
    const sizes = nodes.filter(({ kind }) => kind === 'train/pmp-decay').map((node) => Number(node.settings['at']));
    expect(Number(warmup)).toBe(Math.floor((0.03 * Math.min(...sizes)) / Number(batch)));
  });

  test('has the decay of WSD wherever no other schedule is what is compared', () => {
    const kinds = cells.map((cell) => [
      cell.values['scheduler'],
      (settings.get(cell.nodes['pmp'] ?? '')?.['schedule'] as { kind: string } | undefined)?.kind,
    ]);
    expect(kinds.filter(([asked, kind]) => kind !== undefined && kind !== asked)).toEqual([]);
    expect(new Set(cells.filter((cell) => cell.sweeps.some((name) => name !== 'design')).map((cell) => cell.values['scheduler']))).toEqual(
      new Set(['wsd']),
    );
  });
});
