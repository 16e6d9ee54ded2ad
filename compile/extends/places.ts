import { createBases, type Bases, type NamedFile } from './bases.ts';
import { readWhole } from './extends.ts';
import { paramNameOf } from '../check/param-values.ts';
import type { Place } from '../diagnostics/source.ts';
import { entryOf, locate, placeOfTree, type Tree } from '../read/tree.ts';

/** The place of a value in a pipeline, 1-based. */
interface Spot {
  /** The pipeline's own file, or one that it extends. */
  file: string;
  line: number;
  column: number;
  /** The value as written, if it is neither a list nor a mapping. */
  value?: string | number | boolean | null;
  /** The param it is written as: `$name`. */
  param?: string;
}

/** Finds values of a pipeline by their path, for example `['steps', 'pmp', 'with', 'lr']`. */
interface ValuePlaces {
  /** The value at a path, or the param on the way there; null if no file writes it. */
  find(path: string[]): Spot | null;
}

/** Places of a file and those it extends; one that cannot be read has none. */
export function placesOf(file: NamedFile, bases: Bases = createBases()): ValuePlaces {
  const { tree, sources } = readWhole(file, bases);
  return {
    find(path) {
      const found = tree && nearestIn(tree, path);
      if (!found) return null;
      const { at, value, param } = found;
      const spot = { file: sources.main.file, ...sources.positionOf(at) };
      return { ...spot, ...(value !== undefined && { value }), ...(param !== null && { param }) };
    },
  };
}

/** The value at a path, or the `$name` on the way there. */
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
