import { isKind, pipelineSchemaInParts, type SchemaObject } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { entryOf, type Entry, type Tree } from '../read/tree.ts';
import { checkTree } from './validate.ts';

let parts: ReturnType<typeof pipelineSchemaInParts> | null = null;
const contents = new Map<string, SchemaObject>();

/** The keys that a file can have. */
export function sectionNames(): string[] {
  parts ??= pipelineSchemaInParts();
  return Object.keys(parts.shell['properties'] as object);
}

/**
 * Second pass: the published schema, in parts of which only those are compiled that a file needs. It knows every key and
 * type but no names; params stand for any value until they are resolved. The tree is what later passes read.
 */
export function checkSchema(written: Tree): { tree: Tree; problems: Problem[] } {
  parts ??= pipelineSchemaInParts();
  const { tree, problems } = checkTree(written, parts.shell);
  const steps = entryOf(tree, 'steps');
  if (tree.kind !== 'map' || steps?.value.kind !== 'map') return { tree, problems };
  const read = new Map<string, Entry>();
  for (const [id, { key, value }] of steps.value.entries) {
    const uses = entryOf(value, 'uses')?.value;
    const kind = uses?.kind === 'leaf' ? uses.value : null;
    const checked = isKind(kind) ? checkTree(value, contentOf(kind, parts), { path: ['steps', id], key }) : { tree: value, problems: [] };
    problems.push(...checked.problems);
    read.set(id, { key, value: checked.tree });
  }
  const entries = new Map(tree.entries).set('steps', { key: steps.key, value: { ...steps.value, entries: read } });
  return { tree: { ...tree, entries }, problems };
}

function contentOf(kind: string, { content }: NonNullable<typeof parts>): SchemaObject {
  const schema = contents.get(kind) ?? content(kind);
  contents.set(kind, schema);
  return schema;
}
