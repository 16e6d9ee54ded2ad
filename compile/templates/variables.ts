import { variablePattern } from '../../plan/index.ts';
import type { KindDefinition } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, oneOf } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';
import { entryOf, type MapTree, type Tree } from '../read/tree.ts';

/** What is sent, and where it begins in its file. */
interface Body {
  text: string;
  at: number;
}

/** Variables that a step of the kind does not have, and the item where the template does not show it; none where the kind's template is shipped. */
export function problemsOfBody({ text, at }: Body, { variables }: KindDefinition): Problem[] {
  if (!variables) return [];
  const [item = ''] = variables;
  const found = variablesIn(text).map(({ name, from, to }) => ({ name, at: { start: at + from, end: at + to } }));
  const unknown = unknownIn(found, variables);
  if (found.some(({ name }) => name === item)) return unknown;
  const message = `the template does not show the ${item}`;
  const place = { start: at, end: at + (text.split('\n', 1)[0]?.length ?? 0) };
  return [...unknown, { code: 'E0145', at: place, message, expected: `{${item}}`, hint: `write {${item}} where the ${item} goes` }];
}

function variablesIn(text: string): { name: string; from: number; to: number }[] {
  return [...text.matchAll(variablePattern)].flatMap(({ 0: written, 2: name, index: from }) =>
    name === undefined ? [] : [{ name, from, to: from + written.length }],
  );
}

function unknownIn(found: { name: string; at: Place }[], variables: readonly string[]): Problem[] {
  return found.filter(({ name }) => !variables.includes(name)).map(({ name, at }) => {
    const hint = didYouMean(name, variables, `write {{${name}}} where the text {${name}} is meant`);
    return { code: 'E0145', at, message: 'the template has an unknown variable', expected: oneOf(braced(variables)), got: `{${name}}`, hint };
  });
}

/** Parts of a head that its file or its kind has no use for, and examples that do not fill the template. */
export function problemsOfHead(head: Tree, { body, file, kind }: { body: Body; file: string; kind: KindDefinition }): Problem[] {
  const extract = entryOf(head, 'extract');
  const examples = entryOf(head, 'examples');
  const system = entryOf(head, 'system');
  const problems: Problem[] = [];
  if (extract && !kind.extracts) {
    const message = `${kind.kind} takes the whole text of an answer`;
    problems.push({ code: 'E0145', at: extract.key, message, hint: 'remove extract' });
  }
  for (const [part, entry] of Object.entries({ system, examples })) {
    if (!entry || !file.endsWith('.txt')) continue;
    const message = `the template is a text for the model to go on with, and has no messages for ${part}`;
    problems.push({ code: 'E0145', at: entry.key, message, hint: 'write it into the text, or name the file .md' });
  }
  if (system?.value.kind === 'leaf' && kind.variables) {
    const { at, value } = system.value;
    problems.push(...unknownIn(variablesIn(String(value)).map(({ name }) => ({ name, at })), kind.variables));
  }
  if (!file.endsWith('.txt') && examples?.value.kind === 'list')
    for (const example of examples.value.items) if (example.kind === 'map') problems.push(...problemsOfExample(example, body));
  return problems;
}

/** An example fills every variable of the template, and has an answer. */
function problemsOfExample(example: MapTree, { text }: Body): Problem[] {
  const used = new Set([...text.matchAll(variablePattern)].flatMap(({ 2: name }) => name ?? []));
  const needed = [...used, 'answer'];
  const missing = needed.filter((name) => !example.entries.has(name)).map((name): Problem => {
    const message = `the example has no ${name}`;
    return { code: 'E0145', at: example.at, message, expected: `the keys ${needed.join(', ')}`, hint: `add ${name}` };
  });
  const unused = [...example.entries].filter(([name]) => !needed.includes(name)).map(([name, { key }]): Problem => {
    const message = 'the template does not use this value of its example';
    return { code: 'E0145', at: key, message, expected: `the keys ${needed.join(', ')}`, got: name, hint: didYouMean(name, needed, `remove ${name}`) };
  });
  return [...missing, ...unused];
}

function braced(names: readonly string[]): string[] {
  return names.map((name) => `{${name}}`);
}
