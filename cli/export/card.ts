import { nodesBefore, titleOf, type DataStatistics, type LanguageStatistics, type Plan, type PlanNode, type WaterfallStage } from '../../plan/index.ts';
import type { Estimate } from '../../plan/metrics.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import { versionOf } from '../terminal/installation.ts';
import { featuresOf, noteColumns, type ColumnTypes } from './features.ts';
import type { ExportedPart, ExportFormat } from './parts.ts';

/** Name of the file of the data card. */
export const cardName = 'README.md';

/** What is exported, and how. */
export interface CardInput {
  run: string;
  plan: Plan;
  node: PlanNode;
  format: ExportFormat;
  parts: ExportedPart[];
  /** Random name by which the folder is known again; undefined: the card says none. */
  copy: string | undefined;
}

/** The data card: what `datasets.load_dataset` needs, and where the rows come from. */
export async function cardOf(artifacts: Artifacts, input: CardInput): Promise<string> {
  const { run, plan, node, parts, copy } = input;
  const { counts, types } = await readRows(artifacts, parts);
  const steps = nodesBefore(plan.nodes, node);
  return [
    ...frontMatter(input, counts, types),
    `# ${plan.name}: ${titleOf(node)}`,
    '',
    `Exported by codepmp ${versionOf()} from the run \`${run}\`.${copy === undefined ? '' : ` This copy is \`${copy}\`.`}`,
    '',
    ...table(['split', 'rows', 'artifact'], parts.map(({ split, artifact, manifest }) => [split, String(manifest.rows), `\`${artifact}\``])),
    ...section('Made by', table(['step', 'kind', 'model', 'temperature'], steps.map(stepCells))),
    ...parts.flatMap(({ split, manifest }) => {
      const { waterfall = [], languages = [], total } = (manifest.meta['statistics'] ?? {}) as Partial<DataStatistics>;
      const measured = total?.bias ? [...languages, total] : [];
      return [
        ...section(`From source to ${split}`, table(['stage', 'reason', 'items'], waterfall.map(stageCells))),
        ...section(`Lengths in ${split}`, table(lengthHead, measured.map(lengthCells))),
        ...section(`What trivial features give away in ${split}`, biasLines(measured)),
      ];
    }),
    ...section('Languages', countTable('language', counts.language)),
    ...section('Licences', countTable('licence', counts.licence)),
    ...section('Repositories', countTable('repository', counts.repository)),
  ].join('\n');
}

/** Rows by where they come from. */
type OriginCounts = { [column in (typeof counted)[number]]: Map<string, number> };

const counted = ['language', 'licence', 'repository'] as const;

async function readRows(artifacts: Artifacts, parts: ExportedPart[]): Promise<{ counts: OriginCounts; types: ColumnTypes }> {
  const counts: OriginCounts = { language: new Map(), licence: new Map(), repository: new Map() };
  const types: ColumnTypes = new Map();
  for (const { artifact } of parts)
    for await (const row of artifacts.rows(artifact)) {
      noteColumns(types, row);
      for (const column of counted) {
        const value = row[column];
        if (typeof value === 'string') counts[column].set(value, (counts[column].get(value) ?? 0) + 1);
      }
    }
  return { counts, types };
}

/** Columns are named for JSON Lines alone: `datasets` looks for them in the first 10 MB, and in parquet files they are named. */
function frontMatter({ format, parts }: CardInput, { licence }: OriginCounts, types: ColumnTypes): string[] {
  const [only = ''] = [...licence.keys()];
  const path = (split: string): string => (format === 'jsonl' ? `${split}.jsonl` : `data/${split}-*.parquet`);
  return [
    '---',
    `license: ${licence.size === 1 && /^[A-Za-z0-9.+-]+$/.test(only) ? only.toLowerCase() : 'other'}`,
    'tags: [code, preference]',
    'configs:',
    '- config_name: default',
    '  data_files:',
    ...parts.flatMap(({ split }) => [`  - split: ${split}`, `    path: ${path(split)}`]),
    ...(format === 'jsonl' ? [`dataset_info: ${JSON.stringify({ features: featuresOf(types) })}`] : []),
    '---',
    '',
  ];
}

function stepCells(node: PlanNode): string[] {
  const models = Object.values(node.models);
  const temperatures = models.map(({ sampling }) => sampling.temperature);
  return [titleOf(node), node.kind, models.map(({ identity }) => identity).join(', '), temperatures.join(', ')];
}

function stageCells({ stage, reason, count, flags = {} }: WaterfallStage): string[] {
  const flagged = Object.entries(flags).map(([flag, items]) => `, ${items} ${flag}`);
  return [stage, reason === '' ? `kept${flagged.join('')}` : reason, String(count)];
}

const lengthHead = ['language', 'pairs', 'tokens of prompts', 'of chosen', 'of rejected', 'mean chosen', 'mean rejected'];

function lengthCells({ language, pairs, prompt, chosen, rejected }: LanguageStatistics): string[] {
  const means = [chosen, rejected].map(({ mean }) => mean?.toFixed(1) ?? '');
  return [language || 'unknown', String(pairs), ...[prompt, chosen, rejected].map(({ n, total }) => (n === 0 ? '' : String(total))), ...means];
}

const biasHead = ['language', 'P(chosen longer)', 'AUC of length', 'of lines', 'of comments', 'of fences'];

function biasLines(measured: LanguageStatistics[]): string[] {
  const lines = table(biasHead, measured.map(biasCells));
  return lines.length === 0 ? [] : ['With 95 % intervals; 0.5 says nothing. Lengths are those of the paired texts, in characters.', '', ...lines];
}

function biasCells({ language, bias: { chosen_longer, length, lines, comments, fences } }: LanguageStatistics): string[] {
  return [language || 'unknown', ...[chosen_longer, length, lines, comments, fences].map(estimateCell)];
}

/** `0.512 [0.463, 0.561], n 400`; empty where it is not known of any pair. */
function estimateCell({ n, value, interval }: Estimate): string {
  if (value === null) return '';
  const bounds = interval === null ? '' : ` [${interval.map((bound) => bound.toFixed(3)).join(', ')}]`;
  return `${value.toFixed(3)}${bounds}, n ${n}`;
}

/** The most values of a table of counts; the rest is one line. */
const mostCounted = 50;

function countTable(name: string, counts: Map<string, number>): string[] {
  const sorted = [...counts].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  const rest = sorted.slice(mostCounted).reduce((sum, [, rows]) => sum + rows, 0);
  const rows = sorted.slice(0, mostCounted).map(([value, rows]) => [value === '' ? 'unknown' : value, String(rows)]);
  return table([name, 'rows'], [...rows, ...(rest > 0 ? [[`${sorted.length - mostCounted} others`, String(rest)]] : [])]);
}

/** A heading with a table; nothing where the table is empty. */
function section(heading: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`## ${heading}`, '', ...lines];
}

function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll(/[|\n]/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}
