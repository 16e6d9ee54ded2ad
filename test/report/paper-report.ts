import { readFileSync } from 'node:fs';
import { cellsOfView } from '../../plan/index.ts';
import type { Metrics, Plan, PlanNode, PlanViewCell, TrainingCurve } from '../../plan/index.ts';
import type { ReportInput } from '../../ports/report.ts';
import { compile, loadConfig } from '../../compile/index.ts';
import { resolveViews } from '../../report/views/resolve.ts';
import {
  createPairLengths,
  createRandom,
  describePairs,
  evaluateAccuracy,
  evaluateBon,
  evaluateChoice,
  evaluateRewardbench,
} from '../../stats/index.ts';
import { rewardbenchSections } from '../../plan/benchmarks.ts';
import { digest } from './sample-input.ts';

/** The report of `pipelines/paper.yaml`, every measurement of which has been made up: it shows what the file's views are, not what is true. */
export function paperReport(): ReportInput {
  const plan = planOfPaper();
  const node = plan.nodes.find(({ kind }) => kind === 'report');
  if (!node) throw new Error('the paper has no report');
  const nodes = new Map(plan.nodes.map((each) => [each.id, each]));
  const published = publishedOf(node);
  const inputsOf = (name: string): PlanNode[] => (node.inputs[name] ?? []).flatMap(({ node: id }) => nodes.get(id) ?? []);
  const sourceOf = ({ id, key }: PlanNode) => ({ step: id, key, artifact: digest(id) });
  const measure = createMeasure();
  const metrics = inputsOf('metrics').map((each, seed) => ({
    ...sourceOf(each),
    metrics: measure(each.kind, { skill: published.get(each.id) ?? 0.6 + (seed % 20) / 100, seed: seed % 3 }),
  }));
  const data = inputsOf('data').map((each) => ({ ...sourceOf(each), statistics: statistics() }));
  const curve = longCurve();
  const training = inputsOf('training').map((each) => ({ ...sourceOf(each), curve, config: each.settings }));
  const results = { metrics, training, data };
  return {
    title: 'paper',
    plan: plan.name,
    created: '2026-11-23T09:14:05.000Z',
    ...results,
    views: resolveViews(node.views ?? [], { node, results, missing: {} }),
    missing: [],
  };
}

/** Of 1,000 steps, which is no small run. */
function longCurve(): TrainingCurve {
  const learned = { loss: 0.6, rank_loss: 0.6, lm_loss: null, accuracy: 0.7, lr: 1e-6 };
  const line = { steps: 1000, ...learned, pairs: 64, equal: 0, tokens: 40_000, cut: 0 };
  return Array.from({ length: 1000 }, (_, index) => ({ ...line, step: index + 1 }));
}

function planOfPaper(): Plan {
  const file = new URL('../../pipelines/paper.yaml', import.meta.url).pathname;
  const folder = new URL('../../pipelines', import.meta.url).pathname;
  const { config } = loadConfig({ folder, file: 'paper.config.yaml', home: '/home-of-codepmp' });
  const { plan, rendered } = compile({ source: readFileSync(file), file, config });
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan;
}

function publishedOf({ views = [] }: PlanNode): Map<string, number> {
  const cells = views.flatMap((view) => cellsOfView(view));
  const valuesOf = ({ nodes, published }: PlanViewCell) => nodes.map((id) => [id, Number.parseFloat(published ?? '')] as const);
  return new Map(cells.flatMap(valuesOf).filter(([, value]) => !Number.isNaN(value)));
}

interface Made {
  /** Chance that one item is decided rightly. */
  skill: number;
  seed: number;
}

/** Metrics of a kind, the same for the same skill and seed. */
function createMeasure(): (kind: string, made: Made) => Metrics {
  const known = new Map<string, Metrics>();
  return (kind, { skill, seed }) => {
    const rounded = { skill: Math.round(skill * 20) / 20, seed };
    const name = JSON.stringify([kind, rounded]);
    const metrics = known.get(name) ?? measureOf(kind)(rounded);
    known.set(name, metrics);
    return metrics;
  };
}

function measureOf(kind: string): (made: Made) => Metrics {
  if (kind === 'eval/bon') return bon;
  if (kind === 'eval/choice') return choice;
  const subsets = Object.values(rewardbenchSections).flatMap((section) => Object.keys(section));
  if (kind === 'eval/rewardbench') return (made) => evaluateRewardbench({ rows: pairsOf(subsets, made) });
  return (made) => evaluateAccuracy({ rows: pairsOf([''], made) });
}

function pairsOf(kinds: readonly string[], { skill, seed }: Made) {
  const random = createRandom(seed);
  return Array.from({ length: 400 }, (_, index) => {
    const isRight = random() < skill;
    const scores = { chosen_score: isRight ? 1 : 0, rejected_score: isRight ? 0 : 1 };
    return { ...scores, kind: kinds[index % kinds.length] ?? '', origin: `${index}`, prompt: `${index}`, chosen: 'yes', rejected: 'no' };
  });
}

function choice({ skill, seed }: Made): Metrics {
  const random = createRandom(seed);
  const rows = Array.from({ length: 500 }, (_, index) => {
    const label = index % 4;
    const best = random() < skill ? label : (label + 1) % 4;
    return { label, prompt: `${index}`, options: ['a', 'b', 'c', 'd'], scores: [0, 1, 2, 3].map((option) => (option === best ? 1 : 0)) };
  });
  return evaluateChoice({ rows });
}

function bon({ skill, seed }: Made): Metrics {
  const items = createRandom(7);
  const random = createRandom(seed);
  const rows = Array.from({ length: 40 }, (_, question) =>
    Array.from({ length: 256 }, (__, ordinal) => {
      const correct = items() < 0.02 + (0.4 * question) / 40;
      const answer = correct ? '7' : String(Math.floor(items() * 6));
      const noise = random() + random() + random();
      return { question, ordinal, correct, answer, text: `It is ${answer}.`, score: noise + (correct ? skill - 0.3 : 0) };
    }),
  );
  return evaluateBon({ rows: rows.flat(), n: [1, 2, 4, 8, 16, 32, 64, 128, 256] });
}

function statistics() {
  const rows = Array.from({ length: 200 }, (_, index) => ({
    language: index % 5 === 4 ? 'Jupyter Notebook' : 'Python',
    chosen: '',
    rejected: '',
    chosen_tokens: 150 + (index % 40),
    rejected_tokens: 147 + (index % 41),
  }));
  return describePairs({ lengths: createPairLengths(rows) });
}
