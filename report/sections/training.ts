import type { Json, JsonObject, TrainingStep } from '../../plan/index.ts';
import type { ReportInput, TrainingInput } from '../../ports/report.ts';
import type { ReportSection, ReportTable, TableRow } from '../../schemas/index.ts';
import { column, count, detailTable, foldedIfLong, number, row, text } from '../document.ts';
import { trainingFigures } from '../figures/training.ts';

/** The runs in numbers, their curves, and their settings as resolved. */
export function trainingSection(input: ReportInput): ReportSection | null {
  const { training } = input;
  if (training.length === 0) return null;
  const first = input.metrics.length;
  const { figures, left } = trainingFigures(training, first);
  const settings = training.some(({ config }) => config !== undefined && Object.keys(config).length > 0);
  return {
    id: 'training',
    heading: 'Training',
    short: 'Training',
    paragraphs: left > 0 ? [`The curves of ${left} more trainings are not drawn here: codepmp inspect shows them.`] : [],
    blocks: [runsTable(training, first), ...figures, ...(settings ? [settingsTable(training, first)] : [])],
  };
}

/** So many runs have a row; a sweep can have a thousand. */
const MOST_RUNS = 120;

function runsTable(training: readonly TrainingInput[], first: number): ReportTable {
  const shown = training.slice(0, MOST_RUNS);
  const left = training.length - shown.length;
  const ends = (level: string) => [column([level, 'first']), column([level, 'last'])];
  return foldedIfLong(
    detailTable({
      id: 'training-runs',
      caption: 'Training runs. Losses are means over the first and the last tenth of the steps (at least one).',
      columns: [
        column(['', 'Run'], 'left'),
        column(['', 'Steps']),
        column(['', 'Pairs']),
        column(['', 'Tokens']),
        ...ends('Ranking loss'),
        ...ends('Language-model loss'),
        column(['', 'Highest learning rate']),
      ],
      groups: [{ heading: null, rows: shown.map((run, index) => runRow(run, first + index)) }],
      notes: [...(left > 0 ? [`${left} more runs are not shown.`] : []), ...shown.flatMap(cutNote)],
    }),
  );
}

/** What the cut to `max_length` took from a run; nothing where that is nothing. */
function cutNote({ step, curve }: TrainingInput): string[] {
  const pairs = sumOver(curve, (line) => line.pairs);
  const equal = sumOver(curve, (line) => line.equal);
  const cut = sumOver(curve, (line) => line.cut);
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
  const highest = steps.reduce((most, { lr }) => Math.max(most, lr), 0);
  return row(
    [
      text(step),
      count(steps.length),
      count(sumOver(steps, ({ pairs }) => pairs)),
      count(sumOver(steps, ({ tokens }) => tokens)),
      ...[...ends((line) => line.rank_loss), ...ends((line) => line.lm_loss)].map((value) => number(value)),
      text(steps.length === 0 ? '—' : rate(highest)),
    ],
    { sources: [source] },
  );
}

/** Trainings with the same settings share a column, and so many columns are shown; a sweep has its own table of settings. */
const MOST_COLUMNS = 8;

function settingsTable(training: readonly TrainingInput[], first: number): ReportTable {
  const groups = new Map<string, { steps: string[]; sources: number[]; settings: Map<string, string> }>();
  for (const [index, { step, config = {} }] of training.entries()) {
    const settings = flatten(config);
    const key = JSON.stringify([...settings]);
    const group = groups.get(key) ?? { steps: [], sources: [], settings };
    group.steps.push(step);
    group.sources.push(first + index);
    groups.set(key, group);
  }
  const shown = [...groups.values()].slice(0, MOST_COLUMNS);
  const names = [...new Set(shown.flatMap(({ settings }) => [...settings.keys()]))];
  const heads = shown.map(({ steps: [name = '', ...more] }) => (more.length === 0 ? name : `${name} and ${more.length} more`));
  const hidden = groups.size - shown.length;
  return detailTable({
    id: 'training-settings',
    caption: 'Settings of the trainings, as resolved from the pipeline.',
    columns: [column('Setting', 'left'), ...unique(heads).map((head) => column(head))],
    groups: [
      {
        heading: null,
        rows: names.map((name) =>
          row([text(name), ...shown.map(({ settings }) => text(settings.get(name) ?? '—'))], {
            sources: shown.map(({ sources: [source = 0] }) => source),
          }),
        ),
      },
    ],
    notes: hidden > 0 ? [`${hidden} more sets of settings are not shown.`] : [],
    folded: true,
  });
}

function unique(heads: readonly string[]): string[] {
  return heads.map((head, index) => (heads.indexOf(head) === index ? head : `${head} (${index + 1})`));
}

/** Settings by their dotted names; what a schedule does not use is a dash. */
function flatten(settings: JsonObject, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(settings))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, leaf] of flatten(value, `${prefix}${name}.`)) flat.set(inner, leaf);
    else flat.set(`${prefix}${name}`, setting(value));
  if (flat.get('schedule.kind') === 'wcd' && flat.has('schedule.decay')) flat.set('schedule.decay', '—');
  return flat;
}

function setting(value: Json): string {
  if (typeof value === 'number') return value !== 0 && Math.abs(value) < 0.001 ? rate(value) : `${value}`;
  return typeof value === 'string' ? value : value === null ? '—' : JSON.stringify(value);
}

/** `1e−4`. */
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
