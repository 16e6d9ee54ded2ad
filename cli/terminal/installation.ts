import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the installation. */
export const home = process.env['CODEPMP_HOME'] ?? dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Version of the installation. */
export function versionOf(): string {
  return (JSON.parse(readFileSync(`${home}/package.json`, 'utf8')) as { version: string }).version;
}
