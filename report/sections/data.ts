import type { DataStatistics, LanguageStatistics } from '../../plan/index.ts';
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
  const kept = sets.filter(({ statistics }) => statistics.keep !== null);
  const waterfalls = sets.filter(({ statistics }) => statistics.waterfall.length > 0);
  return {
    id: 'data',
    heading: 'Preference pairs',
    short: 'Data',
    paragraphs: [],
    blocks: [
      amounts(sets),
      biases(sets),
      ...(kept.length > 0 ? [keepRates(kept)] : []),
      ...(waterfalls.length > 0 ? [waterfall(waterfalls)] : []),
    ],
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
      caption: 'Amount and average length of the pairs, in tokens.',
      columns: [
        column(['', 'Language'], 'left'),
        column(['', 'Pairs']),
        column(['Tokens', 'prompt']),
        ...sides('Tokens'),
        ...sides('Mean length'),
        column(['', 'n counted']),
      ],
      groups: sets.map(({ heading, statistics, source }) => ({
        heading,
        rows: [...statistics.languages.map((each) => amountRow(each, source, 'plain')), amountRow(statistics.total, source, 'model')],
      })),
      notes: [
        'Tokens of a prompt, which both answers of a pair share, are those of its description and count once.',
        'A text that is a part of an answer has its share, by characters, of the tokens that the endpoint counted for the answer.',
      ],
    }),
  );
}

function amountRow({ language, pairs, prompt, chosen, rejected }: LanguageStatistics, source: number, tone: TableRow['tone']): TableRow {
  const counted = chosen.n === rejected.n ? count(chosen.n) : text(`${chosen.n} / ${rejected.n}`);
  const tokens = ({ n, total }: typeof chosen): TableCell => count(n === 0 ? null : total);
  const cells = [text(nameOfLanguage(language)), count(pairs), tokens(prompt), tokens(chosen), tokens(rejected)];
  return row([...cells, number(chosen.mean, 1), number(rejected.mean, 1), counted], { sources: [source], tone });
}

function nameOfLanguage(language: string): string {
  return language === '' ? 'unknown' : language;
}

const shareScale = { low: 0, high: 1, reference: 0.5, label: '0 to 1, dashed: 0.5' };

function biases(sets: readonly DataEntry[]): ReportTable {
  const features = ['length', 'lines', 'comments', 'fences'];
  return foldedIfLong(
    detailTable({
      id: 'length-bias',
      caption: 'What length, lines, comments and fences alone give away, with 95 % intervals.',
      columns: [
        column(['', 'Language'], 'left'),
        { ...column(['', 'P(chosen longer)']), scale: shareScale },
        ...features.map((feature) => ({ ...column(['AUC of', feature]), scale: shareScale })),
      ],
      groups: sets.map(({ heading, statistics: { languages, total }, source }) => ({
        heading,
        rows: [...languages.map((each) => biasRow(each, source, 'plain')), biasRow(total, source, 'model')],
      })),
      notes: [
        '0.5 means that the feature says nothing about which answer is the chosen one. Equal values count one half.',
        'Lengths are in characters. Comments are measured as their share of the code, in languages with a grammar; fences in answers of models.',
      ],
    }),
  );
}

function biasRow({ language, bias }: LanguageStatistics, source: number, tone: TableRow['tone']): TableRow {
  const { chosen_longer, length, lines, comments, fences } = bias;
  const cells = [chosen_longer, length, lines, comments, fences].map((each) => estimated(each));
  return row([text(nameOfLanguage(language)), ...cells], { sources: [source], tone });
}

function keepRates(sets: readonly DataEntry[]): ReportTable {
  return foldedIfLong(
    detailTable({
      id: 'keep-rates',
      caption: 'Share of the answers of each side that were kept, with 95 % intervals.',
      columns: [column('Side', 'left'), { ...column('Kept [95 %]'), scale: shareScale }, column('n')],
      groups: sets.map(({ heading, statistics: { keep }, source }) => ({
        heading,
        rows: (['chosen', 'rejected'] as const).flatMap((side) => {
          const kept = keep?.[side];
          return kept ? [row([text(side), estimated(kept), count(kept.n)], { sources: [source] })] : [];
        }),
      })),
    }),
  );
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
        rows: inOrder(statistics.waterfall).map(({ stage, count: items, reason, flags = {} }) => {
          const flagged = Object.entries(flags).map(([flag, some]) => `, ${some} ${flag}`);
          const cells = reason === '' ? [text(`remaining${flagged.join('')}`), text(''), count(items)] : [text(reason), count(items), text('')];
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
