import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { siblingPattern } from '../../schemas/index.ts';
import { decode } from '../read/decode.ts';
import { parse } from '../read/parse.ts';
import { readBounded } from '../read/read-file.ts';
import { entryOf, textOfLeaf } from '../read/tree.ts';

/**
 * The path of the configuration that a pipeline names under `config`, a file beside it. Null if the path is not a file, or if the
 * pipeline names none; a name that is not a plain file name gives null as well, and the compiler reports it.
 */
export function configBeside(pipeline: string): string | null {
  if (!statSync(pipeline, { throwIfNoEntry: false })?.isFile()) return null;
  const { text, problem } = decode(readBounded(pipeline));
  if (problem || !/config["']?\s*:/.test(text)) return null;
  const { tree } = parse(text);
  const name = textOfLeaf(entryOf(tree ?? undefined, 'config')?.value);
  return new RegExp(siblingPattern).test(name) ? join(dirname(pipeline), name) : null;
}
