import { describeValue } from '../diagnostics/words.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { readForeign } from './extends.ts';
import type { NamedFile } from './bases.ts';
import type { Place, SourceFiles } from '../diagnostics/source.ts';
import { toJson } from '../read/tree.ts';
import type { ParamValues } from '../../plan/index.ts';

/** Values of params, and the places of those that come from files; values given with --set have none. */
interface GivenValues {
  values: ParamValues;
  places: Map<string, Place>;
}

/**
 * Values of params from files of `name: value`, YAML or JSON, read with the limits of a pipeline. A later file wins over an
 * earlier one, and `set` over all of them.
 */
export function readGiven(
  files: NamedFile[],
  { set, sources }: { set: ParamValues; sources: SourceFiles },
): GivenValues & { problems: Problem[] } {
  const problems: Problem[] = [];
  const values: ParamValues = {};
  const places = new Map<string, Place>();
  for (const file of files) {
    const tree = readForeign(file, { sources, problems });
    if (tree && tree.kind !== 'map') problems.push(noValues(tree.at, describeValue(toJson(tree))));
    for (const [name, { key, value }] of tree?.kind === 'map' ? tree.entries : []) {
      if (value.kind === 'leaf' && value.broken) continue;
      if (value.kind === 'leaf' && value.value !== null) {
        values[name] = value.value;
        places.set(name, value.at);
      } else problems.push(noValue(name, key, describeValue(toJson(value))));
    }
  }
  for (const name of Object.keys(set)) places.delete(name);
  return { values: { ...values, ...set }, places, problems };
}

function noValues(at: Place, got: string): Problem {
  return {
    code: 'E0206',
    at,
    message: 'a params file has one name: value per line',
    expected: 'a mapping of params to values',
    got,
    hint: 'write for example seed: 2',
  };
}

function noValue(name: string, at: Place, got: string): Problem {
  return {
    code: 'E0206',
    at,
    message: `${name} is not a single value`,
    expected: 'text, a number, true or false',
    got,
    hint: 'put lists of values in a sweep',
  };
}
