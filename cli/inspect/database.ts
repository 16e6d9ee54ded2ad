import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Values of a query's parameters, by name. */
export interface QueryValues {
  [name: string]: string | number;
}

/** Answers SQL over the files of one folder. */
export interface Database {
  /** The rows of the answer. Whole numbers of 64 bits come as text: cast them in the query, or read them with `Number`. */
  query<T extends object>(sql: string, values?: QueryValues): Promise<T[]>;
  close(): void;
}

/** Opens a DuckDB in memory that reads files below `folder` (an absolute path) and nothing else: no network, no extensions, no file of its own. */
export async function openDatabase(folder: string): Promise<Database> {
  const { DuckDBInstance: Instance } = await import('@duckdb/node-api');
  const instance: DuckDBInstance = await Instance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: '',
    memory_limit: '2GB',
  });
  const first = await instance.connect();
  await first.run(`set allowed_directories = [${sqlText(`${folder}/`)}, ${sqlPath(`${folder}/`)}]`);
  await first.run('set enable_external_access = false');
  await first.run('set lock_configuration = true');
  first.closeSync();
  return {
    query: async <T extends object>(sql: string, values: QueryValues = {}) => {
      const connection: DuckDBConnection = await instance.connect();
      try {
        return (await connection.runAndReadAll(sql, values)).getRowObjectsJson() as T[];
      } finally {
        connection.closeSync();
      }
    },
    close: () => instance.closeSync(),
  };
}

/** A text as SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The path of one file as SQL that reads files takes it: as a pattern that only this path matches. */
export function sqlPath(path: string): string {
  return sqlText(path.replace(/[*?[]/g, (character) => `[${character}]`));
}
