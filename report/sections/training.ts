import type { Json, JsonObject, TrainingStep } from '../../plan/index.ts';
import type { Figure, TableRow, Section, Table } from '../document.ts';
import { count, number, text } from '../document.ts';
import type { Pen } from '../figures/draw.ts';
import { trainingFigure } from '../figures/training.ts';
import type { ReportInput, TrainingInput } from '../../ports/report.ts';
import { row } from './cells.ts';

/** Table 3 (settings as resolved), the runs in numbers, and a figure of curves for each run. */
export async function trainingSection(input: ReportInput, pen: Pen): Promise<Section | null> {
  const { training } = input;
  if (training.length === 0) return null;
  const first = input.metrics.length;
  const figures: Figure[] = [];
  for (const [index, run] of training.entries())
    if (run.curve.length > 0) figures.push(await trainingFigure({ run, number: index + 1, source: first + index, pen }));
  const settings = training.some(({ config }) => config !== undefined && Object.keys(config).length > 0);
  return {
    id: 'training',
    heading: 'Training',
    short: 'Training',
    paragraphs: [],
    blocks: [runsTable(training, first), ...figures, ...(settings ? [settingsTable(training, first)] : [])],
  };
}

function runsTable(training: readonly TrainingInput[], first: number): Table {
  return {
    block: 'table',
    id: 'table-s5',
    name: 'Table S5',
    caption: 'Training runs. Losses are means over the first and the last tenth of the steps (at least one).',
    columns: [
      { label: 'Run', align: 'left' },
      ...['Steps', 'Pairs', 'Tokens', 'Ranking loss, first', 'last', 'LM loss, first', 'last', 'Peak rate'].map((label) => ({
        label,
        align: 'right' as const,
      })),
    ],
    groups: [{ heading: null, rows: training.map((run, index) => runRow(run, first + index)) }],
    notes: training.flatMap(cutNote),
  };
}

/** What the cut to `max_length` took from a run; nothing where that is nothing. */
function cutNote({ step, curve }: TrainingInput): string[] {
  const [pairs, equal, cut] = [
    sumOver(curve, (line) => line.pairs),
    sumOver(curve, (line) => line.equal),
    sumOver(curve, (line) => line.cut),
  ];
  return [
    ...(cut > 0 ? [`${step}: rows cut to max_length: ${cut} of ${2 * pairs}.`] : []),
    ...(equal > 0 ? [`${step}: pairs left out because their answers are equal after the cut: ${equal} of ${pairs + equal}.`] : []),
  ];
}

function runRow({ step, curve: steps }: TrainingInput, source: number): TableRow {
  const tenth = Math.max(1, Math.floor(steps.length / 10));
  const ends = (value: (line: TrainingStep) => number | null): (number | null)[] => [
    meanOf(steps.slice(0, tenth).map(value)),
    meanOf(steps.slice(-tenth).map(value)),
  ];
  const rates = steps.map(({ lr }) => lr);
  return row(
    [
      text(step),
      count(steps.length),
      count(sumOver(steps, ({ pairs }) => pairs)),
      count(sumOver(steps, ({ tokens }) => tokens)),
      ...[...ends((line) => line.rank_loss), ...ends((line) => line.lm_loss)].map((value) => number(value)),
      text(rates.length === 0 ? '—' : rate(Math.max(...rates))),
    ],
    { sources: [source] },
  );
}

function settingsTable(training: readonly TrainingInput[], first: number): Table {
  const flat = training.map(({ config }) => flatten(config ?? {}));
  const names = [...new Set(flat.flatMap((settings) => [...settings.keys()]))];
  return {
    block: 'table',
    id: 'table-3',
    name: 'Table 3',
    caption: 'Hyper-parameters, as resolved from the pipeline.',
    columns: [{ label: 'Setting', align: 'left' }, ...training.map(({ step }) => ({ label: step, align: 'right' as const }))],
    groups: [
      {
        heading: null,
        rows: names.map((name) =>
          row([text(name), ...flat.map((settings) => text(settings.get(name) ?? '—'))], {
            sources: training.map((_, index) => first + index),
          }),
        ),
      },
    ],
    notes: [],
    folded: true,
  };
}

function flatten(settings: JsonObject, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(settings))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, leaf] of flatten(value, `${prefix}${name}.`)) flat.set(inner, leaf);
    else flat.set(`${prefix}${name}`, setting(value));
  return flat;
}

function setting(value: Json): string {
  if (typeof value === 'number') return value !== 0 && Math.abs(value) < 0.001 ? rate(value) : `${value}`;
  return typeof value === 'string' ? value : value === null ? '—' : JSON.stringify(value);
}

function rate(value: number): string {
  return value === 0 ? '0' : value.toExponential().replace('e-', 'e−').replace('e+', 'e');
}

function sumOver(steps: readonly TrainingStep[], value: (line: TrainingStep) => number): number {
  return steps.reduce((sum, line) => sum + value(line), 0);
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
