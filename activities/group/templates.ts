import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withoutTemplate } from '../../items/index.ts';
import type { PromptTemplate } from '../../items/index.ts';
import type { PlanNode } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { openSource } from '../run/sources.ts';

/**
 * The prompt template of a node: a file of `templates/`, or of the source folder `templates` where the node names one. It is part
 * of the generation key. Throws `invalid` where the folder lacks the file, or the file the
 * variable for the item.
 */
export async function readTemplate(dependencies: Pick<Dependencies, 'home' | 'config'>, node: PlanNode): Promise<PromptTemplate> {
  const file = templateFile(node);
  if (file === null) return { file, text: withoutTemplate };
  const isOwn = node.resources['templates'] !== undefined;
  if (!isOwn && basename(file) !== file) throw classified('invalid', `${node.id}: codepmp has no template ${file}. Correct template of ${node.id}`);
  const text = isOwn ? ownTemplate(dependencies, node, file) : readFile(join(dependencies.home, 'templates', file), 'utf8');
  return { file, text: await text };
}

/** The file of a node's template; null where the item itself is the message. */
function templateFile({ kind, settings }: Pick<PlanNode, 'kind' | 'settings'>): string | null {
  return kindOf(kind).template?.(settings) ?? null;
}

async function ownTemplate(dependencies: Pick<Dependencies, 'config'>, node: PlanNode, file: string): Promise<string> {
  const { name, folder, paths } = await openSource(dependencies, node, 'templates');
  if (!paths.includes(file))
    throw classified('invalid', `${node.id}: the folder of source ${name} has no file ${file}: ${folder}. Correct template of ${node.id}`);
  const text = await readFile(join(folder, file), 'utf8');
  const { variable = '' } = kindOf(node.kind);
  if (text.includes(`{${variable}}`)) return text;
  const found = [...new Set(text.match(/\{\w+\}/g))].join(', ');
  throw classified(
    'invalid',
    `${node.id}: the template ${join(folder, file)} has no {${variable}}${found === '' ? '' : `, but ${found}`}. Write {${variable}} where the ${variable} goes`,
  );
}
