import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, PlanNode } from '../../plan/index.ts';
import { digestOf } from '../../plan/keys.ts';
import { classified } from '../../ports/failure.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { openSource } from './sources.ts';

/** The file of a node's template; null where the item itself is the message. */
export function templateFile({ kind, settings }: Pick<PlanNode, 'kind' | 'settings'>): string | null {
  return kindOf(kind).template?.(settings) ?? null;
}

/** Whether a node asks with a template of the user's own. */
export function hasOwnTemplate(node: PlanNode): boolean {
  return node.resources['templates'] !== undefined && templateFile(node) !== null;
}

/** Path of such a template. Throws `invalid` where its folder lacks it. */
export async function pathOfTemplate(dependencies: Pick<Dependencies, 'config'>, node: PlanNode): Promise<string> {
  const file = templateFile(node) ?? '';
  const { name, folder, paths } = await openSource(dependencies, node, 'templates');
  if (!paths.includes(file))
    throw classified('invalid', `${node.id}: the folder of source ${name} has no file ${file}: ${folder}. Correct template of ${node.id}`);
  return join(folder, file);
}

/** What stands for the digest of a template that cannot be read. */
const unreadable = 'unreadable';

/** Digest of the text of such a template. One that cannot be read fails its step alone, once that asks by it. */
export async function digestOfTemplate(dependencies: Pick<Dependencies, 'config'>, node: PlanNode): Promise<Digest> {
  const text = await pathOfTemplate(dependencies, node).then((path) => readFile(path)).catch(() => null);
  return text === null ? unreadable : digestOfText(text);
}

/** The same for texts that differ in their line ends alone. */
export function digestOfText(bytes: Uint8Array): Digest {
  return digestOf(Buffer.from(Buffer.from(bytes).toString().replaceAll('\r\n', '\n')));
}
