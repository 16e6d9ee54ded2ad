import { join } from 'node:path';
import { classified, messageOfError } from '../../ports/failure.ts';
import type { PublishedRow, Tables } from '../../ports/tables.ts';
import { jsonRows } from './json-rows.ts';
import { parquetRows } from './parquet-rows.ts';
import { xmlRows } from './xml-rows.ts';

/** Data files of the machine. */
export function createTables(): Tables {
  return {
    async *rows(folder, paths) {
      for (const path of paths) yield* rowsOfFile(folder, path);
    },
  };
}

function readerOf(path: string): (file: string) => AsyncIterable<unknown> {
  if (path.endsWith('.parquet')) return parquetRows;
  return path.endsWith('.xml') ? xmlRows : jsonRows;
}

async function* rowsOfFile(folder: string, path: string): AsyncGenerator<PublishedRow> {
  const file = join(folder, path);
  let row = 0;
  try {
    for await (const value of readerOf(path)(file)) yield { at: `${path}:${++row}`, value };
  } catch (error) {
    const why = messageOfError(error);
    const read = row === 0 ? '' : ` after row ${row}`;
    throw classified('invalid', `${file} cannot be read${read}: ${why}. Download it again, or declare another file`, { cause: error });
  }
}
