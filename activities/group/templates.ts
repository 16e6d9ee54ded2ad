import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withoutTemplate } from '../../items/index.ts';
import type { Digest, PlanNode, PromptTemplate } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import { digestOfText, hasOwnTemplate, pathOfTemplate, templateFile } from '../run/own-template.ts';
import type { Chunk } from './work.ts';

type TemplateSources = Pick<Dependencies, 'home' | 'config' | 'compiler'>;

/**
 * The prompt template of a node: a file of `templates/`, or of the source folder `templates` where the node names one. What it sends is
 * part of the generation key. Throws `invalid` where the folder lacks the file, the file has mistakes, or its text is not the one in the
 * key of the node.
 */
export async function readTemplate(
  dependencies: TemplateSources,
  { node, content }: Pick<Chunk, 'node' | 'content'>,
): Promise<PromptTemplate> {
  const file = templateFile(node);
  if (file === null) return { file, body: withoutTemplate, examples: [], stop: [], extract: 'text' };
  const path = hasOwnTemplate(node) ? await pathOfTemplate(dependencies, node) : shippedTemplate(dependencies, node, file);
  const bytes = await readFile(path);
  if (content !== null) checkText(node, { path, expected: content, got: digestOfText(bytes) });
  const { template, rendered } = dependencies.compiler.readTemplate(bytes, { file: path, kind: node.kind });
  if (!template) throw classified('invalid', `${node.id}: its prompt template has mistakes. Correct ${path}\n\n${rendered.join('\n\n')}`);
  return template;
}

function checkText({ id }: PlanNode, { path, expected, got }: { path: string; expected: Digest; got: Digest }): void {
  if (got === expected) return;
  const digests = `expected SHA-256 ${expected.slice(0, 12)}, got ${got.slice(0, 12)}`;
  throw classified(
    'invalid',
    `${id}: its prompt template is not the text that the step began with: ${path} (${digests}). It was edited, or another worker has another file. Give all workers the same file, then retry the step or start the run again: all items are asked with one text`,
  );
}

/** A chunk whose model also stops where its template says so. */
export function stoppingAt<C extends Chunk>(chunk: C, { stop }: PromptTemplate): C {
  const { model } = chunk.node.models;
  if (stop.length === 0 || !model) return chunk;
  const stopping = { ...model, stop: [...model.stop, ...stop] };
  return { ...chunk, node: { ...chunk.node, models: { ...chunk.node.models, model: stopping } } };
}

function shippedTemplate({ home }: TemplateSources, node: PlanNode, file: string): string {
  if (basename(file) !== file) throw classified('invalid', `${node.id}: codepmp has no template ${file}. Correct template of ${node.id}`);
  return join(home, 'templates', file);
}
