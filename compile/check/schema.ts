import { createKept } from '../../plan/index.ts';
import { isKind, pipelineSchemaInParts, type SchemaObject } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { entryOf, type Entry, type Tree } from '../read/tree.ts';
import { checkTree } from './validate.ts';

type SchemaParts = ReturnType<typeof pipelineSchemaInParts>;

let schema: SchemaParts | null = null;
const contents = createKept<string, SchemaObject>();

function schemaParts(): SchemaParts {
  return (schema ??= pipelineSchemaInParts());
}

/** The top-level keys of the language. */
export function sectionNames(): string[] {
  return Object.keys(schemaParts().shell['properties'] as object);
}

/**
 * Second pass: checks against the published schema, of which only the parts that a file needs are compiled. It knows every key and
 * type, but no names; a param is accepted for any value until it is resolved. Later passes read the tree that this returns.
 */
export function checkSchema(written: Tree): { tree: Tree; problems: Problem[] } {
  const { shell, content } = schemaParts();
  const { tree, problems } = checkTree(written, shell);
  const steps = entryOf(tree, 'steps');
  if (tree.kind !== 'map' || steps?.value.kind !== 'map') return { tree, problems };
  const read = new Map<string, Entry>();
  for (const [id, { key, value }] of steps.value.entries) {
    const uses = entryOf(value, 'uses')?.value;
    const kind = uses?.kind === 'leaf' ? uses.value : null;
    const checked = isKind(kind)
      ? checkTree(value, contents(kind, () => content(kind)), { path: ['steps', id], key })
      : { tree: value, problems: [] };
    problems.push(...checked.problems);
    read.set(id, { key, value: checked.tree });
  }
  const entries = new Map(tree.entries).set('steps', { key: steps.key, value: { ...steps.value, entries: read } });
  return { tree: { ...tree, entries }, problems };
}
