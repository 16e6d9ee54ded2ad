import type { DataStatistics, Estimate, LanguageStatistics } from '../../plan/metrics.ts';
import type { TableCell, TableRow, Section, Table } from '../document.ts';
import { count, number, text } from '../document.ts';
import type { ReportInput } from '../../ports/report.ts';
import { row } from './cells.ts';

/** Table 4 and what else is to be known about the pairs: length bias, keep-rates, what was filtered. */
export function dataSection(input: ReportInput): Section | null {
  if (input.data.length === 0) return null;
  const first = input.metrics.length + input.training.length;
  const sets = input.data.map(({ step, statistics }, index) => ({
    heading: input.data.length > 1 ? step : null,
    statistics,
    source: first + index,
  }));
  const waterfalls = sets.filter(({ statistics }) => statistics.waterfall.length > 0);
  return {
    id: 'data',
    heading: 'Preference pairs',
    short: 'Data',
    paragraphs: [],
    blocks: [amounts(sets), biases(sets), ...(waterfalls.length > 0 ? [waterfall(waterfalls)] : [])],
  };
}

interface DataEntry {
  heading: string | null;
  statistics: DataStatistics;
  source: number;
}

function amounts(sets: readonly DataEntry[]): Table {
  return {
    block: 'table',
    id: 'table-4',
    name: 'Table 4',
    caption: 'Amount and average length of the pairs, in tokens as the endpoints counted them.',
    columns: [
      { label: 'Language', align: 'left' },
      ...['Pairs', 'Tokens, chosen', 'Tokens, rejected', 'Mean length, chosen', 'Mean length, rejected', 'n counted'].map((label) => ({
        label,
        align: 'right' as const,
      })),
    ],
    groups: sets.map(({ heading, statistics, source }) => ({
      heading,
      rows: [
        ...statistics.languages.map((each) => amountRow(each, source, 'plain')),
        ...(statistics.languages.length === 1 ? [] : [amountRow(statistics.total, source, 'model')]),
      ],
    })),
    notes: [],
  };
}

function amountRow({ language, pairs, chosen, rejected }: LanguageStatistics, source: number, tone: TableRow['tone']): TableRow {
  const counted = chosen.n === rejected.n ? count(chosen.n) : text(`${chosen.n} / ${rejected.n}`);
  const tokens = ({ n, total }: typeof chosen): TableCell => count(n === 0 ? null : total);
  const cells = [text(language === '' ? 'unknown' : language), count(pairs), tokens(chosen), tokens(rejected)];
  return row([...cells, number(chosen.mean, 1), number(rejected.mean, 1), counted], { sources: [source], tone });
}

function biases(sets: readonly DataEntry[]): Table {
  return {
    block: 'table',
    id: 'table-s6',
    name: 'Table S6',
    caption: 'What length alone gives away, and the share of answers of each side that were kept, with 95 % intervals.',
    columns: [
      { label: 'Quantity', align: 'left' },
      { label: 'Value [95 %]', align: 'right' },
      { label: '0 to 1', align: 'left', scale: { low: 0, high: 1, reference: 0.5 } },
      { label: 'n', align: 'right' },
    ],
    groups: sets.map(({ heading, statistics, source }) => ({ heading, rows: biasRows(statistics, source) })),
    notes: ['0.5 means that length says nothing about which answer is the chosen one. A pair of equal lengths counts one half.'],
  };
}

function biasRows({ chosen_longer, length_auc, length_unit, keep }: DataStatistics, source: number): TableRow[] {
  const line = (label: string, estimate: Estimate): TableRow =>
    row([text(label), { cell: 'estimate', estimate }, { cell: 'drawn', estimate }, count(estimate.n)], { sources: [source] });
  return [
    line(`P(chosen longer), in ${length_unit}`, chosen_longer),
    line('AUC of length alone', length_auc),
    ...(keep ? [line('Kept, chosen side', keep.chosen), line('Kept, rejected side', keep.rejected)] : []),
  ];
}

function waterfall(sets: readonly DataEntry[]): Table {
  return {
    block: 'table',
    id: 'table-s7',
    name: 'Table S7',
    caption: 'From the source to the pairs: what remained after each stage and what was dropped there, by reason.',
    columns: [
      { label: 'Stage', align: 'left' },
      { label: 'Remaining', align: 'right' },
      { label: 'Dropped', align: 'right' },
      { label: 'Reason', align: 'left' },
    ],
    groups: sets.map(({ heading, statistics, source }) => ({
      heading,
      rows: statistics.waterfall.map(({ stage, count: items, reason }) => {
        const cells = reason === '' ? [count(items), text(''), text('')] : [text(''), count(items), text(reason)];
        return row([text(stage), ...cells], { sources: [source], tone: reason === '' ? 'model' : 'baseline' });
      }),
    })),
    notes: [],
  };
}
