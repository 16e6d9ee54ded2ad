import { notebookScript, rankOf } from '../../../items/index.ts';
import type { Digest } from '../../../plan/index.ts';
import { classified } from '../../../ports/failure.ts';
import type { PublishedRow } from '../../../ports/tables.ts';
import type { Dependencies } from '../../dependencies.ts';
import { bytesOfSource, openSource } from '../../run/sources.ts';
import type { SourceFolder } from '../../run/sources.ts';
import { leaveOut } from '../../run/walk-folder.ts';
import { countsText, type ItemCounts } from '../../keep.ts';
import { writeDrawnCorpus } from '../corpus.ts';
import type { CorpusText } from '../corpus.ts';
import type { NodeOf } from '../kind.ts';

/** Bytes of compressed files whose rows are sorted in memory together. */
const bytesOfPart = 32 * 2 ** 20;

type TableNode = NodeOf<'source/jsonl'> | NodeOf<'source/parquet'>;
type Settings = TableNode['settings'];

/** Reads the rows of declared files into a corpus, a text a row, streamed: a part of them is in memory at a time. */
export async function readTextTable(dependencies: Dependencies, { node }: { node: TableNode }): Promise<{ out: Digest }> {
  const source = await openSource(dependencies, node, 'source');
  if (source.paths.length === 0) throw noFile(node, source);
  const parts = Math.max(1, Math.ceil((await bytesOfSource(source)) / bytesOfPart));
  const { take, seed } = node.settings;
  const leftOut: ItemCounts = { ...source.leftOut };
  const columns = columnsAsked(node.settings);
  async function* texts(): AsyncGenerator<CorpusText> {
    const unseen = new Set(columns);
    let first: PublishedRow | null = null;
    for await (const row of dependencies.tables.rows(source.folder, source.paths)) {
      if (unseen.size > 0 && isRow(row.value)) {
        first ??= row;
        for (const column of unseen) if (column in row.value) unseen.delete(column);
      }
      const text = textOfRow(row, { settings: node.settings, source: source.name });
      if ('reason' in text) leaveOut(leftOut, text.reason);
      else yield text;
    }
    const [missing] = unseen;
    if (first && missing !== undefined) throw noColumn(first, { step: node.id, source: source.name, column: missing });
  }
  const placeOf = ({ path, text }: CorpusText): number => rankOf(seed, path, text);
  const { out, found } = await writeDrawnCorpus(dependencies, texts(), { parts, take, placeOf, leftOut });
  if (found === 0) throw noText(node, source, leftOut);
  return { out };
}

function columnsAsked({ column, path, repository, commit, licence, language }: Settings): string[] {
  return [column, path, repository, commit, licence, language].filter((each) => each !== null);
}

function isRow(value: unknown): value is { [column: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

/** A column that a row does not have is empty in it. */
function textOfRow({ at, value: row }: PublishedRow, { settings, source }: { settings: Settings; source: string }) {
  if (!isRow(row)) return { reason: 'no-row' };
  const text = row[settings.column] ?? null;
  if (typeof text !== 'string') return { reason: text === null ? 'no-text' : 'no-string' };
  const cell = (column: string | null): string => (column === null ? '' : cellText(row[column]));
  const path = cell(settings.path);
  const read = scriptOrText(text, path, cell(settings.language));
  if (!read) return { reason: 'broken-notebook' };
  if (read.text.trim() === '') return { reason: 'empty' };
  return {
    ...read,
    path: path || at,
    repository: cell(settings.repository) || source,
    commit: cell(settings.commit),
    licence: cell(settings.licence),
  };
}

/** A notebook as a script; null for a broken one. Some tables have made scripts of theirs: in Python, where they say no other language. */
function scriptOrText(text: string, path: string, language: string): { text: string; language?: string } | null {
  const isNamed = /^jupyter[- ]notebook$/i.test(language);
  if (!isNamed && !path.endsWith('.ipynb')) return { text, ...(language !== '' && { language }) };
  if (/^\s*\{/.test(text)) return notebookScript(text);
  return { text, language: isNamed || language === '' ? 'Python' : language };
}

/** A list, as of licences, by its members; exports of BigQuery have it as `{list: [{item}]}`, others as `{list: [{element}]}`. */
function cellText(value: unknown): string {
  if (Array.isArray(value)) return value.map(cellText).join(', ');
  if (isRow(value)) return cellText(value['list'] ?? value['item'] ?? value['element']);
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}

function noFile({ id, kind }: TableNode, { name, folder }: SourceFolder): Error {
  const what = kind === 'source/parquet' ? '.parquet' : '.jsonl, .ndjson or .json (also .gz or .zst)';
  return classified('invalid', `${id}: source ${name} (${folder}) has no file ${what}. Correct its path in codepmp.config.yaml`);
}

function noColumn({ at, value }: PublishedRow, { step, source, column }: { step: string; source: string; column: string }): Error {
  const columns = isRow(value) ? Object.keys(value).slice(0, 20).join(', ') : '';
  return classified('invalid', `${step}: no row of source ${source} has a column ${column}; ${at} has ${columns}. Name one of these`);
}

function noText({ id }: TableNode, { name, folder }: SourceFolder, leftOut: ItemCounts): Error {
  const counted = countsText(leftOut);
  const reason = counted === '' ? 'Its files have no rows' : `Left out: ${counted}`;
  return classified('invalid', `${id}: no row of source ${name} (${folder}) has a text. ${reason}`);
}
