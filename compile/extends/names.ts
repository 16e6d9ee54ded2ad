import { posix } from 'node:path';

/** What `extends` names: a pipeline that is shipped, or a file by its path from where the own file's name is counted. */
export type BaseName = { kind: 'shipped'; name: string } | { kind: 'file'; path: string };

/** Folder under whose name the shipped pipelines appear in diagnostics and submissions, wherever they are installed. */
export const shippedFolder = 'codepmp/pipelines';

/** Name of the file that holds a shipped pipeline, as diagnostics and submissions call it. */
export function shippedFile(name: string): string {
  return `${shippedFolder}/${name}.yaml`;
}

/** What the name of a file in diagnostics and submissions stands for. */
export function baseNamed(file: string): BaseName {
  const name = posix.basename(file, '.yaml');
  return shippedFile(name) === file ? { kind: 'shipped', name } : { kind: 'file', path: file };
}

/**
 * The file that a name is read in. Its kind is told apart from its name: a user's folder may be called like the one of the shipped
 * pipelines.
 */
export interface Reader {
  file: string;
  isShipped: boolean;
}

/**
 * Reads what `extends` names in the file `from`; null where it is neither the name of a shipped pipeline nor a relative path
 * to a YAML file. A shipped pipeline extends shipped ones only.
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
