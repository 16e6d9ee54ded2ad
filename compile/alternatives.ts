import type { Problem } from './diagnostic.ts';
import { didYouMean, oneOf } from './near.ts';
import type { Params } from './params.ts';
import { isSound } from './sound.ts';
import type { Place } from './source.ts';
import type { Binding } from './axes.ts';
import { entriesOf } from './tree.ts';
import type { Tree } from './tree.ts';

/** A group of named choices; each binds several params. */
export interface Group {
  at: Place;
  choices: Map<string, { at: Place; values: Binding }>;
}

export type Alternatives = Map<string, Group>;

/** The groups of a file. A group and a param never share a name, because both are axes. */
export function readAlternatives(
  root: Tree,
  { params, earlier }: { params: Params; earlier: Problem[] },
): { alternatives: Alternatives; problems: Problem[] } {
  const problems: Problem[] = [];
  const alternatives: Alternatives = new Map();
  for (const [name, { key, value }] of entriesOf(root, 'alternatives')) {
    const param = params.get(name);
    if (param) problems.push(sameName(name, key, param.at));
    const choices = new Map(
      (value.kind === 'map' ? [...value.entries] : []).map(([choice, entry]) => [
        choice,
        { at: entry.key, values: isSound(entry.value, { earlier }) ? valuesOf(entry.value, { params, problems }) : new Map() },
      ]),
    );
    alternatives.set(name, { at: key, choices });
  }
  return { alternatives, problems };
}

function valuesOf(tree: Tree, { params, problems }: { params: Params; problems: Problem[] }): Binding {
  const values: Binding = new Map();
  if (tree.kind !== 'map') return values;
  for (const [name, { key, value: leaf }] of tree.entries) {
    const param = params.get(name);
    if (!param) problems.push(unknownParam(name, key, params));
    if (!param || leaf.kind !== 'leaf' || leaf.value === null) continue;
    const problem = param.check(leaf.value, leaf.at);
    if (problem) problems.push(problem);
    else values.set(name, { value: leaf.value, at: leaf.at });
  }
  return values;
}

function unknownParam(name: string, at: Place, params: Params): Problem {
  return {
    code: 'E0180',
    at,
    message: `there is no param ${name}`,
    expected: oneOf(params.keys()),
    got: name,
    hint: didYouMean(name, params.keys(), `declare ${name} under params`),
  };
}

function sameName(name: string, at: Place, earlier: Place): Problem {
  return {
    code: 'E0135',
    at,
    message: `${name} is a group of alternatives and also a param`,
    hint: 'rename one of the two',
    related: [{ message: `the param ${name} is declared here`, at: earlier }],
  };
}
