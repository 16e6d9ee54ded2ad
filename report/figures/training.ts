import type { TrainingStep } from '../../plan/index.ts';
import type { Figure, Panel } from '../document.ts';
import type { TrainingInput } from '../../ports/report.ts';
import { fixed } from '../numbers.ts';
import type { Pen } from './draw.ts';

interface TrainingFigureOptions {
  run: TrainingInput;
  /** Place among the runs, from 1. */
  number: number;
  source: number;
  pen: Pen;
}

/** More steps than this are drawn as means of equal stretches. */
const POINTS = 240;

/** Terms of the loss and the learning rate against the step, one panel each. */
export async function trainingFigure({ run, number, source, pen }: TrainingFigureOptions): Promise<Figure> {
  const steps = run.curve;
  const stretch = Math.ceil(steps.length / POINTS);
  const panels: Panel[] = [];
  for (const { title, value, reference, colour } of termsOf(steps)) {
    const points = binned(steps, value, stretch);
    const drawn = { points, reference, colour, fromZero: title.startsWith('Learning rate') };
    panels.push({
      title,
      description: `${title} of ${run.step} over ${steps.length} steps, from ${fixed(points[0]?.value ?? null)} to ${fixed(points.at(-1)?.value ?? null)}.`,
      wide: await pen(specification(drawn)),
      narrow: null,
    });
  }
  const means = stretch > 1 ? ` Points are means of ${stretch} steps.` : '';
  const chance = 'Dashed: ln 2, the ranking loss of a model that cannot tell the two answers apart.';
  return {
    block: 'figure',
    id: `figure-s${number}`,
    name: `Figure S${number}`,
    caption: `Training of ${run.step}, n = ${steps.length} steps. ${chance}${means}`,
    legend: [],
    panels,
    sources: [source],
  };
}

interface CurveTerm {
  title: string;
  value: (line: TrainingStep) => number | null;
  reference: number | null;
  colour: string;
}

function termsOf(steps: readonly TrainingStep[]): CurveTerm[] {
  const power = Math.floor(Math.log10(Math.max(...steps.map(({ lr }) => lr), 1e-12)) + 1e-9);
  const language = steps.some(({ lm_loss }) => lm_loss !== null);
  const terms: (CurveTerm | null)[] = [
    language ? { title: 'Loss, weighted sum', value: ({ loss }) => loss, reference: null, colour: 'currentColor' } : null,
    { title: 'Ranking loss', value: ({ rank_loss }) => rank_loss, reference: Math.LN2, colour: '#0072B2' },
    language ? { title: 'Language-model loss', value: ({ lm_loss }) => lm_loss, reference: null, colour: '#D55E00' } : null,
    {
      title: `Learning rate, in 1e${power < 0 ? '−' : ''}${Math.abs(power)}`,
      value: ({ lr }) => lr / 10 ** power,
      reference: null,
      colour: '#009E73',
    },
  ];
  return terms.filter((term) => term !== null);
}

interface Point {
  step: number;
  value: number | null;
}

function binned(steps: readonly TrainingStep[], value: CurveTerm['value'], stretch: number): Point[] {
  const points: Point[] = [];
  for (let from = 0; from < steps.length; from += stretch) {
    const bin = steps.slice(from, from + stretch);
    const known = bin.map(value).filter((each) => each !== null);
    const mean = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length;
    points.push({ step: bin.at(-1)?.step ?? 0, value: mean });
  }
  return points;
}

interface Drawn {
  points: Point[];
  reference: number | null;
  colour: string;
  /** The axis starts at 0. */
  fromZero: boolean;
}

function specification({ points, reference, colour, fromZero }: Drawn): Parameters<Pen>[0] {
  const first = points[0]?.step ?? 0;
  const last = points.at(-1)?.step ?? 1;
  const x = {
    field: 'step',
    type: 'quantitative',
    scale: { domain: [Math.min(first, 1), Math.max(last, first + 1)], nice: false },
    axis: { title: 'Step', tickCount: 4, format: last >= 10_000 ? '~s' : 'd', tickMinStep: 1, labelFlush: false },
  };
  const y = { field: 'value', type: 'quantitative', scale: { zero: fromZero, nice: true }, axis: { title: null, tickCount: 4 } };
  const values = points.filter(({ value }) => value !== null);
  const layer = [
    ...(reference === null
      ? []
      : [
          {
            data: { values: [{ value: reference }] },
            mark: { type: 'rule', stroke: 'currentColor', strokeDash: [4, 3], opacity: 0.5 },
            encoding: { y },
          },
        ]),
    {
      data: { values },
      mark: { type: 'line', stroke: colour, strokeWidth: 1.75, strokeJoin: 'round', strokeCap: 'round' },
      encoding: { x, y },
    },
    ...(values.length > 40
      ? []
      : [{ data: { values }, mark: { type: 'point', filled: true, fill: colour, size: 18, opacity: 1 }, encoding: { x, y } }]),
  ];
  // A frame of fixed size, so that panels side by side line up.
  return {
    width: 172,
    height: 124,
    padding: { left: 48, right: 12, top: 12, bottom: 44 },
    autosize: { type: 'none' },
    layer,
  } as Parameters<Pen>[0];
}
