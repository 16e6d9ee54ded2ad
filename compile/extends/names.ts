import { posix } from 'node:path';

/** What `extends` names: a shipped pipeline, or a file by its path, relative to the same folder as the name of the own file. */
export type BaseName = { kind: 'shipped'; name: string } | { kind: 'file'; path: string };

/** The folder name of the shipped pipelines in diagnostics and submissions, wherever they are installed. */
export const shippedFolder = 'codepmp/pipelines';

/** The file name of a shipped pipeline in diagnostics and submissions. */
export function shippedFile(name: string): string {
  return `${shippedFolder}/${name}.yaml`;
}

/** What a file name in diagnostics and submissions refers to. */
export function baseNamed(file: string): BaseName {
  const name = posix.basename(file, '.yaml');
  return shippedFile(name) === file ? { kind: 'shipped', name } : { kind: 'file', path: file };
}

/**
 * The file that contains an `extends`. Whether it is shipped does not follow from its name, since a user's folder may have the same
 * name as that of the shipped pipelines.
 */
export interface Reader {
  file: string;
  isShipped: boolean;
}

/**
 * Reads what `extends` names in the file `from`; null if it is neither the name of a shipped pipeline nor a relative path to a YAML
 * file. A shipped pipeline extends only shipped ones.
 */
export function readBaseName(written: string, from: Reader): BaseName | null {
  if (isShippedName.test(written)) return { kind: 'shipped', name: written };
  if (!isPath.test(written) || written.includes('//')) return null;
  if (!from.isShipped) return { kind: 'file', path: posix.join(posix.dirname(from.file), written) };
  const beside = isBeside.exec(written)?.[1];
  return beside === undefined ? null : { kind: 'shipped', name: beside };
}

const isShippedName = /^[a-z0-9][a-z0-9-]{0,63}$/;
const isPath = /^\.\.?\/[^\\\p{Cc}]{0,400}\.ya?ml$/u;
const isBeside = /^\.\/([a-z0-9][a-z0-9-]{0,63})\.yaml$/;
