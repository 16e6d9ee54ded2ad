import type { Kind } from '../plan/index.ts';
import { isKind, pipelineSchemaInParts } from '../schemas/index.ts';
import type { SchemaObject } from '../schemas/index.ts';
import type { Problem } from './diagnostic.ts';
import { entriesOf, entryOf } from './tree.ts';
import type { Tree } from './tree.ts';
import { checkTree } from './validate.ts';

let parts: ReturnType<typeof pipelineSchemaInParts> | null = null;
const contents = new Map<Kind, SchemaObject>();

/**
 * Second pass: the published schema, in parts of which only those are compiled that a file needs. It knows every key and
 * type but no names; params stand for any value until they are resolved.
 */
export function checkSchema(tree: Tree): Problem[] {
  parts ??= pipelineSchemaInParts();
  const problems = checkTree(tree, parts.shell);
  for (const [id, { key, value }] of entriesOf(tree, 'steps')) {
    const uses = entryOf(value, 'uses')?.value;
    const kind = uses?.kind === 'leaf' ? uses.value : null;
    if (isKind(kind)) problems.push(...checkTree(value, contentOf(kind, parts), { path: ['steps', id], key }));
  }
  return problems;
}

function contentOf(kind: Kind, { content }: NonNullable<typeof parts>): SchemaObject {
  const schema = contents.get(kind) ?? content(kind);
  contents.set(kind, schema);
  return schema;
}
