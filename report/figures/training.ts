import type { TrainingStep } from '../../plan/index.ts';
import type { TrainingInput } from '../../ports/report.ts';
import type { FigurePanel, FigureSeries, ReportFigure } from '../../schemas/index.ts';
import { MOST_SERIES } from '../series-of.ts';

/** More steps than this are drawn as means of equal stretches. */
const POINTS = 120;

/** Figures of curves at most. */
const MOST_FIGURES = 4;

/** Curves are drawn on one axis where their lengths differ less than this. */
const SPAN = 4;

interface Run extends TrainingInput {
  source: number;
}

/** Curves of trainings of like length together, and how many trainings no figure shows. */
export function trainingFigures(training: readonly TrainingInput[], first: number): { figures: ReportFigure[]; left: number } {
  const runs = training.map((run, index) => ({ ...run, source: first + index })).filter(({ curve }) => curve.length > 0);
  const groups: Run[][] = [];
  for (const run of runs) {
    const group = groups.find((each) => each.length < MOST_SERIES && isLike(each[0]?.curve.length ?? 0, run.curve.length));
    if (group) group.push(run);
    else groups.push([run]);
  }
  const drawn = groups.slice(0, MOST_FIGURES);
  return { figures: drawn.map(trainingFigure), left: runs.length - drawn.flat().length };
}

function isLike(one: number, other: number): boolean {
  return Math.max(one, other) <= SPAN * Math.min(one, other);
}

/** Terms of the loss and the learning rate against the step, one panel each. */
function trainingFigure(runs: readonly Run[], index: number): ReportFigure {
  const stretches = runs.map(({ curve }) => Math.ceil(curve.length / POINTS));
  const widest = Math.max(...stretches);
  return {
    block: 'figure',
    id: `training-curves-${index + 1}`,
    name: '',
    view: null,
    caption: `Training of ${runs.map(({ step, curve }) => `${step} (${curve.length} steps)`).join(', ')}.`,
    notes: [
      'Ranking loss, thin line: ln 2, the loss of a model that cannot tell the two answers apart.',
      ...(widest > 1 ? [`Points are means of up to ${widest} steps.`] : []),
    ],
    panels: termsOf(runs).map((term) => termPanel(term, runs, stretches)),
    sources: runs.map(({ source }) => source),
  };
}

interface CurveTerm {
  title: string;
  value: (line: TrainingStep) => number | null;
  reference: { label: string; value: number } | null;
  zero: boolean;
}

function termsOf(runs: readonly Run[]): CurveTerm[] {
  const lines = runs.flatMap(({ curve }) => curve);
  const language = lines.some(({ lm_loss }) => lm_loss !== null);
  const verdict = lines.some(({ verdict_loss }) => verdict_loss !== undefined);
  const highest = lines.reduce((most, { lr }) => Math.max(most, lr), 1e-12);
  const power = Math.floor(Math.log10(highest) + 1e-9);
  const rate = `Learning rate, in 1e${power < 0 ? '−' : ''}${Math.abs(power)}`;
  return [
    { title: 'Ranking loss', value: ({ rank_loss }) => rank_loss, reference: { label: 'ln 2', value: Math.LN2 }, zero: false },
    ...(language ? [{ title: 'Language-model loss', value: ({ lm_loss }: TrainingStep) => lm_loss, reference: null, zero: false }] : []),
    ...(verdict ? [{ title: 'Verdict loss', value: ({ verdict_loss }: TrainingStep) => verdict_loss ?? null, reference: null, zero: false }] : []),
    { title: rate, value: ({ lr }) => lr / 10 ** power, reference: null, zero: true },
  ];
}

function termPanel({ title, value, reference, zero }: CurveTerm, runs: readonly Run[], stretches: readonly number[]): FigurePanel {
  const curves: FigureSeries[] = runs.map(({ step, curve, source }, index) => ({
    label: step,
    role: 'series',
    style: index,
    points: binned(curve, value, stretches[index] ?? 1).map(({ x, mean }) => point(x, mean, [source])),
  }));
  const last = Math.max(...runs.map(({ curve }) => curve.at(-1)?.step ?? 1));
  const flat: FigureSeries[] = reference
    ? [{ label: reference.label, role: 'reference', style: 0, points: [point(1, reference.value, [])] }]
    : [];
  return {
    title,
    x: { label: 'Step', scale: 'linear', ticks: roundTicks(last) },
    y: { label: '', zero },
    series: [...curves.filter(({ points }) => points.some(({ estimate }) => estimate.value !== null)), ...flat],
    whiskers: false,
  };
}

function point(x: number, value: number | null, sources: number[]): FigureSeries['points'][number] {
  return { x, estimate: { value, interval: null, n: 1, method: 'exact' }, sources };
}

function binned(steps: readonly TrainingStep[], value: CurveTerm['value'], stretch: number): { x: number; mean: number | null }[] {
  const points: { x: number; mean: number | null }[] = [];
  for (let from = 0; from < steps.length; from += stretch) {
    const bin = steps.slice(from, from + stretch);
    const known = bin.map(value).filter((each) => each !== null);
    const mean = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length;
    points.push({ x: bin.at(-1)?.step ?? 0, mean });
  }
  return points;
}

/** About four round numbers up to the last step. */
function roundTicks(last: number): FigurePanel['x']['ticks'] {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, last / 4)));
  const width = [1, 2, 5, 10].map((each) => each * power).find((each) => last / each <= 5) ?? last;
  const ticks = Array.from({ length: Math.floor(last / width) + 1 }, (_, index) => Math.max(1, Math.round(index * width)));
  return [...new Set(ticks)].map((at) => ({ at, label: at >= 10_000 ? `${at / 1000}k` : `${at}` }));
}
