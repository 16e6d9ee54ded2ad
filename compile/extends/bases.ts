import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { shippedFile, type BaseName } from './names.ts';

/** A file: its name in diagnostics and its content, as bytes or as text. */
export interface NamedFile {
  file: string;
  source: Uint8Array | string;
}

/** Where the pipelines that a file extends come from. */
export interface Bases {
  /** The file with this name; null if there is none. */
  read(base: BaseName): NamedFile | null;
  /** What could be written in the file `from`, for suggestions. */
  names(from: string): string[];
}

interface BasesOptions {
  /** Texts by path, relative to the same folder as the name of the own file; these are searched first. */
  files?: { [file: string]: string };
  /** Folder of the shipped pipelines. Default: that of this installation. */
  folder?: URL;
  /** Reads another file by its path. Default: there are no others. */
  open?: (path: string) => Uint8Array | null;
  /** Paths of files in the folder of another one, for suggestions. Default: none. */
  list?: (from: string) => string[];
}

/** The shipped pipelines and the files given with a submission. Nothing else is read, except through `open`. */
export function createBases({ files = {}, folder = installed, open = () => null, list = () => [] }: BasesOptions = {}): Bases {
  const shipped = (): string[] => {
    const found = existsSync(folder) ? readdirSync(folder) : [];
    return found.filter((name) => isPipeline.test(name)).map((name) => name.slice(0, -'.yaml'.length));
  };
  return {
    read(base) {
      const file = base.kind === 'shipped' ? shippedFile(base.name) : base.path;
      const text: unknown = Object.hasOwn(files, file) ? files[file] : undefined;
      if (typeof text === 'string') return { file, source: text };
      if (base.kind === 'shipped')
        return shipped().includes(base.name) ? { file, source: readFileSync(new URL(`${base.name}.yaml`, folder)) } : null;
      const source = open(base.path);
      return source === null ? null : { file, source };
    },
    names: (from) => [
      ...shipped(),
      ...[...Object.keys(files), ...list(from)].filter((file) => file !== from).map((file) => pathTo(file, from)),
    ],
  };
}

/** A path as `extends` writes it in the file `from`. */
function pathTo(file: string, from: string): string {
  const path = posix.relative(posix.dirname(from), file);
  return path.startsWith('../') ? path : `./${path}`;
}

/** A name with another dot is a different file, such as a configuration. */
const isPipeline = /^[a-z0-9-]+\.yaml$/;

const installed = new URL('../../pipelines/', import.meta.url);
