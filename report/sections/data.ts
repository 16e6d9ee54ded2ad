import type { DataStatistics, Estimate, LanguageStatistics } from '../../plan/index.ts';
import type { ReportInput } from '../../ports/report.ts';
import type { ReportSection, ReportTable, TableCell, TableRow } from '../../schemas/index.ts';
import { column, count, detailTable, estimated, foldedIfLong, number, row, text } from '../document.ts';

/** The amount of pairs and what else is to be known about them: length bias, keep-rates, what was filtered. */
export function dataSection(input: ReportInput): ReportSection | null {
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

function amounts(sets: readonly DataEntry[]): ReportTable {
  const sides = (level: string) => [column([level, 'chosen']), column([level, 'rejected'])];
  return foldedIfLong(
    detailTable({
      id: 'pairs',
      caption: 'Amount and average length of the pairs, in tokens as the endpoints counted them.',
      columns: [
        column(['', 'Language'], 'left'),
        column(['', 'Pairs']),
        ...sides('Tokens of answers'),
        ...sides('Mean length'),
        column(['', 'n counted']),
      ],
      groups: sets.map(({ heading, statistics, source }) => ({
        heading,
        rows: [...statistics.languages.map((each) => amountRow(each, source, 'plain')), amountRow(statistics.total, source, 'model')],
      })),
      notes: ['Tokens are those of the answers alone; a prompt, which both answers of a pair share, is not counted.'],
    }),
  );
}

function amountRow({ language, pairs, chosen, rejected }: LanguageStatistics, source: number, tone: TableRow['tone']): TableRow {
  const counted = chosen.n === rejected.n ? count(chosen.n) : text(`${chosen.n} / ${rejected.n}`);
  const tokens = ({ n, total }: typeof chosen): TableCell => count(n === 0 ? null : total);
  const cells = [text(language === '' ? 'unknown' : language), count(pairs), tokens(chosen), tokens(rejected)];
  return row([...cells, number(chosen.mean, 1), number(rejected.mean, 1), counted], { sources: [source], tone });
}

function biases(sets: readonly DataEntry[]): ReportTable {
  const scale = { low: 0, high: 1, reference: 0.5, label: '0 to 1, dashed: 0.5' };
  return foldedIfLong(
    detailTable({
      id: 'length-bias',
      caption: 'What length alone gives away, and the share of answers of each side that were kept, with 95 % intervals.',
      columns: [column('Quantity', 'left'), { ...column('Value [95 %]'), scale }, column('n')],
      groups: sets.map(({ heading, statistics, source }) => ({ heading, rows: biasRows(statistics, source) })),
      notes: ['0.5 means that length says nothing about which answer is the chosen one. A pair of equal lengths counts one half.'],
    }),
  );
}

function biasRows({ chosen_longer, length_auc, length_unit, keep }: DataStatistics, source: number): TableRow[] {
  const line = (label: string, estimate: Estimate): TableRow =>
    row([text(label), estimated(estimate), count(estimate.n)], { sources: [source] });
  return [
    line(`P(chosen longer), in ${length_unit}`, chosen_longer),
    line('AUC of length alone', length_auc),
    ...(keep ? [line('Kept, chosen side', keep.chosen), line('Kept, rejected side', keep.rejected)] : []),
  ];
}

function waterfall(sets: readonly DataEntry[]): ReportTable {
  return foldedIfLong(
    detailTable({
      id: 'waterfall',
      caption: 'From the source to the pairs: what each stage dropped, by reason, and what remained after it.',
      rowHeads: 2,
      columns: [column('Stage', 'left'), column('What became of them', 'left'), column('Dropped'), column('Remaining')],
      groups: sets.map(({ heading, statistics, source }) => ({
        heading,
        rows: inOrder(statistics.waterfall).map(({ stage, count: items, reason }) => {
          const cells = reason === '' ? [text('remaining'), text(''), count(items)] : [text(reason), count(items), text('')];
          return row([text(stage), ...cells], { sources: [source], tone: reason === '' ? 'model' : 'plain' });
        }),
      })),
    }),
  );
}

/** Stages as they come; of a stage first what it dropped, then what remained. */
function inOrder(stages: DataStatistics['waterfall']): DataStatistics['waterfall'] {
  const names = [...new Set(stages.map(({ stage }) => stage))];
  return names.flatMap((name) => {
    const own = stages.filter(({ stage }) => stage === name);
    return [...own.filter(({ reason }) => reason !== ''), ...own.filter(({ reason }) => reason === '')];
  });
}
