import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withoutTemplate } from '../../items/index.ts';
import type { PlanNode, PromptTemplate } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { openSource } from '../run/sources.ts';
import type { Chunk } from './work.ts';

type TemplateSources = Pick<Dependencies, 'home' | 'config' | 'compiler'>;

/**
 * The prompt template of a node: a file of `templates/`, or of the source folder `templates` where the node names one. What it sends is
 * part of the generation key. Throws `invalid` where the folder lacks the file, or the file has mistakes.
 */
export async function readTemplate(dependencies: TemplateSources, node: PlanNode): Promise<PromptTemplate> {
  const file = templateFile(node);
  if (file === null) return { file, body: withoutTemplate, examples: [], stop: [], extract: 'text' };
  const path = node.resources['templates'] ? await ownTemplate(dependencies, node, file) : shippedTemplate(dependencies, node, file);
  const { template, rendered } = dependencies.compiler.readTemplate(await readFile(path), { file: path, kind: node.kind });
  if (!template) throw classified('invalid', `${node.id}: its prompt template has mistakes. Correct ${path}\n\n${rendered.join('\n\n')}`);
  return template;
}

/** A chunk whose model also stops where its template says so. */
export function stoppingAt<C extends Chunk>(chunk: C, { stop }: PromptTemplate): C {
  const { model } = chunk.node.models;
  if (stop.length === 0 || !model) return chunk;
  const stopping = { ...model, stop: [...model.stop, ...stop] };
  return { ...chunk, node: { ...chunk.node, models: { ...chunk.node.models, model: stopping } } };
}

/** The file of a node's template; null where the item itself is the message. */
function templateFile({ kind, settings }: Pick<PlanNode, 'kind' | 'settings'>): string | null {
  return kindOf(kind).template?.(settings) ?? null;
}

function shippedTemplate({ home }: TemplateSources, node: PlanNode, file: string): string {
  if (basename(file) !== file) throw classified('invalid', `${node.id}: codepmp has no template ${file}. Correct template of ${node.id}`);
  return join(home, 'templates', file);
}

async function ownTemplate(dependencies: TemplateSources, node: PlanNode, file: string): Promise<string> {
  const { name, folder, paths } = await openSource(dependencies, node, 'templates');
  if (!paths.includes(file))
    throw classified('invalid', `${node.id}: the folder of source ${name} has no file ${file}: ${folder}. Correct template of ${node.id}`);
  return join(folder, file);
}
