import { rankOf } from '../../../items/index.ts';
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
  async function* texts(): AsyncGenerator<CorpusText> {
    for await (const row of dependencies.tables.rows(source.folder, source.paths)) {
      const text = textOfRow(row, { settings: node.settings, source: source.name, step: node.id });
      if ('reason' in text) leaveOut(leftOut, text.reason);
      else yield text;
    }
  }
  const placeOf = ({ path, text }: CorpusText): number => rankOf(seed, path, text);
  const { out, found } = await writeDrawnCorpus(dependencies, texts(), { parts, take, placeOf, leftOut });
  if (found === 0) throw noText(node, source, leftOut);
  return { out };
}

interface ColumnsAsked {
  settings: Settings;
  source: string;
  step: string;
}

function textOfRow({ at, value }: PublishedRow, { settings, source, step }: ColumnsAsked): CorpusText | { reason: string } {
  if (typeof value !== 'object' || value === null) return { reason: 'no-row' };
  const row = value as { [column: string]: unknown };
  for (const column of [settings.column, settings.path, settings.repository, settings.commit, settings.licence, settings.language])
    if (column !== null && !(column in row)) throw noColumn({ step, at, column, columns: Object.keys(row) });
  const text = row[settings.column];
  if (typeof text !== 'string') return { reason: text === null ? 'no-text' : 'no-string' };
  if (text.trim() === '') return { reason: 'empty' };
  const cell = (column: string | null): string | null => (column === null ? null : cellText(row[column]));
  const language = cell(settings.language);
  return {
    text,
    path: cell(settings.path) ?? at,
    repository: cell(settings.repository) ?? source,
    commit: cell(settings.commit) ?? '',
    licence: cell(settings.licence) ?? '',
    ...(language !== null && language !== '' && { language }),
  };
}

/** A list, as of licences, by its members. */
function cellText(value: unknown): string {
  if (Array.isArray(value)) return value.map(cellText).join(', ');
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}

function noFile({ id, kind }: TableNode, { name, folder }: SourceFolder): Error {
  const what = kind === 'source/parquet' ? '.parquet' : '.jsonl, .ndjson or .json (also .gz or .zst)';
  return classified('invalid', `${id}: source ${name} (${folder}) has no file ${what}. Correct its path in codepmp.config.yaml`);
}

function noColumn({ step, at, column, columns }: { step: string; at: string; column: string; columns: string[] }): Error {
  return classified('invalid', `${step}: ${at} has no column ${column}; it has ${columns.slice(0, 20).join(', ')}. Name one of these`);
}

function noText({ id }: TableNode, { name, folder }: SourceFolder, leftOut: ItemCounts): Error {
  const counted = countsText(leftOut);
  const reason = counted === '' ? 'Its files have no rows' : `Left out: ${counted}`;
  return classified('invalid', `${id}: no row of source ${name} (${folder}) has a text. ${reason}`);
}
