import { createBases, type Bases, type NamedFile } from './bases.ts';
import { readWhole } from './extends.ts';
import { paramNameOf } from '../check/param-values.ts';
import { createSource, createSourceFiles, type Place, type SourceFiles } from '../diagnostics/source.ts';
import { entryOf, locate, placeOfTree, type Tree } from '../read/tree.ts';

/** Where a value stands in a pipeline, 1-based. */
interface Spot {
  /** The pipeline's own file, or one that it extends. */
  file: string;
  line: number;
  column: number;
  /** The value as written, where it is neither a list nor a mapping. */
  value?: string | number | boolean | null;
  /** The param it is written as: `$name`. */
  param?: string;
}

/** Finds values of a pipeline by their path, for example `['steps', 'pmp', 'with', 'lr']`. */
export interface ValuePlaces {
  /** The value at a path, or the param on the way there; null where nothing writes it. */
  find(path: string[]): Spot | null;
}

/** Places of a file and those it extends; one that cannot be read has none. */
export function placesOf(file: NamedFile, bases: Bases = createBases()): ValuePlaces {
  return valuePlaces(readWhole(file, bases));
}

/** A file over those it extends, as one process hands it to another; `texts` are those of the others, by name. */
export interface ReadFile {
  tree: Tree | null;
  text: string;
  texts: { [file: string]: string };
}

export function readFile(file: NamedFile, bases: Bases): ReadFile {
  const { tree, sources } = readWhole(file, bases);
  return { tree, text: sources.main.text, texts: sources.others() };
}

/** Places of a file that another process has read. */
export function placesOfRead(file: string, { tree, text, texts }: ReadFile): ValuePlaces {
  const sources = createSourceFiles(createSource(file, text));
  for (const [name, other] of Object.entries(texts)) sources.add(createSource(name, other));
  return valuePlaces({ tree, sources });
}

function valuePlaces({ tree, sources }: { tree: Tree | null; sources: SourceFiles }): ValuePlaces {
  return {
    find(path) {
      const found = tree && nearestIn(tree, path);
      if (!found) return null;
      const { at, value, param } = found;
      return {
        file: sources.main.file,
        ...sources.positionOf(at),
        ...(value !== undefined && { value }),
        ...(param !== null && { param }),
      };
    },
  };
}

/** What stands at a path, or the `$name` on the way there. */
function nearestIn(root: Tree, path: string[]): { at: Place; value: Spot['value']; param: string | null } | null {
  let tree: Tree | undefined = root;
  for (const part of path) {
    if (tree.kind === 'leaf') break;
    const next: Tree | undefined = entryOf(tree, part)?.value ?? (tree.kind === 'list' ? tree.items[Number(part)] : undefined);
    if (!next) return null;
    tree = next;
  }
  const param = tree.kind === 'leaf' ? paramNameOf(tree.value) : null;
  const whole = locate(root, path);
  if (!whole && param === null) return null;
  return { at: whole ? placeOfTree(whole) : tree.at, value: tree.kind === 'leaf' ? tree.value : undefined, param };
}
