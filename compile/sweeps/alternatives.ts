import type { Problem } from '../diagnostics/diagnostic.ts';
import { listedNames } from '../diagnostics/near.ts';
import { unknownParam, type Params } from '../names/params.ts';
import { isSound } from '../check/sound.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Binding } from './binding.ts';
import { entriesOf, entryOf, type Tree } from '../read/tree.ts';

/** A group of named choices; each binds several params. */
interface Group {
  at: Place;
  choices: Map<string, { at: Place; values: Binding }>;
}

export type Alternatives = Map<string, Group>;

/** The groups of a file. A group and a param cannot share a name, because both can be axes. */
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
        { at: entry.key, values: valuesOfChoice(entry.value, { params, earlier, problems }) },
      ]),
    );
    alternatives.set(name, { at: key, choices });
    problems.push(...boundUnequally(name, value, { params, earlier }));
  }
  return { alternatives, problems };
}

function valuesOfChoice(tree: Tree, { params, earlier, problems }: { params: Params; earlier: Problem[]; problems: Problem[] }): Binding {
  const values: Binding = new Map();
  if (tree.kind !== 'map') return values;
  for (const [name, { key, value: leaf }] of tree.entries) {
    const param = params.get(name);
    if (!isSound({ at: key }, { earlier })) continue;
    if (!param) problems.push(unknownParam(name, key, params.keys()));
    if (!param || leaf.kind !== 'leaf' || leaf.value === null || !isSound(leaf, { earlier })) continue;
    const problem = param.check(leaf.value, leaf.at);
    if (problem) problems.push(problem);
    else values.set(name, { value: leaf.value, at: leaf.at });
  }
  return values;
}

/** Reports choices that do not bind a param that another choice binds: its value would depend on something else. */
function boundUnequally(group: string, tree: Tree, { params, earlier }: { params: Params; earlier: Problem[] }): Problem[] {
  if (tree.kind !== 'map' || !isSound(tree, { earlier })) return [];
  const first = new Map<string, { choice: string; at: Place }>();
  for (const [choice, { value }] of tree.entries)
    for (const [param, { key }] of value.kind === 'map' ? value.entries : [])
      if (params.has(param) && !first.has(param)) first.set(param, { choice, at: key });
  return [...tree.entries].flatMap(([choice, { key, value }]) => {
    const missing = [...first].filter(([param]) => entryOf(value, param) === undefined);
    if (missing.length === 0) return [];
    const names = listedNames(missing.map(([param]) => param));
    return [{
      code: 'E0182',
      at: key,
      message: `the choice ${choice} of ${group} does not bind ${names}`,
      expected: `a value for each of ${listedNames(first.keys())}`,
      hint: `give ${names} a value in ${choice} too, or in no choice of ${group}`,
      related: missing.map(([param, { choice: other, at }]) => ({ message: `${other} binds ${param}`, at })),
    }];
  });
}

function sameName(name: string, at: Place, earlier: Place): Problem {
  return {
    code: 'E0135',
    at,
    message: `${name} is the name of a group of alternatives and of a param`,
    hint: 'rename one of the two',
    related: [{ message: `the param ${name} is declared here`, at: earlier }],
  };
}

/** A binding with the params that its choices bind. */
export function openGroups(binding: Binding, alternatives: Alternatives): Binding {
  if (alternatives.size === 0) return binding;
  const bound: Binding = new Map();
  for (const [name, value] of binding) {
    bound.set(name, value);
    const choice = alternatives.get(name)?.choices.get(String(value.value));
    for (const [param, given] of choice?.values ?? []) if (!binding.has(param)) bound.set(param, given);
  }
  return bound;
}
