import { pipelineSchema } from '../schemas/index.ts';
import type { Problem } from './diagnostic.ts';
import type { Tree } from './tree.ts';
import { checkTree } from './validate.ts';

let schema: ReturnType<typeof pipelineSchema> | null = null;

/**
 * Second pass: the published schema. It knows every key and type but no names; params stand for any value until they are
 * resolved.
 */
export function checkSchema(tree: Tree): Problem[] {
  schema ??= pipelineSchema();
  return checkTree(tree, schema);
}
