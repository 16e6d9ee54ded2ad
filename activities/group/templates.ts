import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutTemplate } from '../../items/index.ts';
import type { PlanNode } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { openSource } from '../run/sources.ts';

/**
 * The prompt template of a node: a file of `templates/`, or of the source folder `templates` where the node names one. It is part
 * of the generation key. Throws `invalid` where the folder lacks the file.
 */
export async function readTemplate(dependencies: Pick<Dependencies, 'home' | 'config'>, node: PlanNode): Promise<string> {
  const file = templateFile(node);
  if (file === null) return withoutTemplate;
  const isOwn = node.resources['templates'] !== undefined;
  return readFile(isOwn ? await ownTemplate(dependencies, node, file) : join(dependencies.home, 'templates', file), 'utf8');
}

/** The file of a node's template; null where the item itself is the message. */
export function templateFile({ kind, settings }: Pick<PlanNode, 'kind' | 'settings'>): string | null {
  return kindOf(kind).template?.(settings) ?? null;
}

async function ownTemplate(dependencies: Pick<Dependencies, 'config'>, node: PlanNode, file: string): Promise<string> {
  const { name, folder, paths } = await openSource(dependencies, node, 'templates');
  if (paths.includes(file)) return join(folder, file);
  throw classified('invalid', `${node.id}: the folder of source ${name} has no file ${file}: ${folder}. Correct template of ${node.id}`);
}
