import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the installation. */
export const home = process.env['CODEPMP_HOME'] ?? dirname(dirname(fileURLToPath(import.meta.url)));
