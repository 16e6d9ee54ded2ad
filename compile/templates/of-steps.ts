import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../ports/configuration.ts';
import { hasCode } from '../../ports/failure.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { createSource, type SourceFiles } from '../diagnostics/source.ts';
import type { Instances } from '../graph/instances.ts';
import type { Step } from '../names/steps.ts';
import { readBounded } from '../read/read-file.ts';
import { entryOf } from '../read/tree.ts';
import { parseTemplate } from './parse.ts';

/**
 * Mistakes in the templates of the user's own that steps ask with, as far as their folders are on this machine. Templates with mistakes are
 * added to `files`.
 */
export function checkTemplates({ steps, needed }: Instances, { config, files }: { config: Config; files: SourceFiles }): Problem[] {
  const seen = new Set<string>();
  return steps.filter(({ id, isPartial }) => needed.has(id) && !isPartial).flatMap((step) => {
    const path = pathOfTemplate(step, config);
    if (path === null || seen.has(`${step.name} ${path}`)) return [];
    seen.add(`${step.name} ${path}`);
    return problemsOfTemplate(step, { path, files });
  });
}

/** Null where a step asks with a shipped template, or the folder is not on this machine. */
function pathOfTemplate({ kind, settings, resources }: Step, { sources }: Config): string | null {
  const folder = sources[resources['templates']?.name ?? '']?.path;
  const file = kindOf(kind).template?.(settings) ?? null;
  return folder === undefined || file === null || !existsSync(folder) ? null : join(folder, file);
}

function problemsOfTemplate(step: Step, { path, files }: { path: string; files: SourceFiles }): Problem[] {
  const source = readIfThere(path);
  if (!source) {
    const at = entryOf(step.written, 'template')?.value.at ?? step.at;
    const message = `${step.name} asks with a template that does not exist`;
    return [{ code: 'E0145', at, message, expected: `the file ${path}`, hint: 'correct the name, or save the template there' }];
  }
  const { text, problems } = parseTemplate(source, { file: path, kind: kindOf(step.kind) });
  if (problems.length > 0) files.add(createSource(path, text));
  return problems;
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return readBounded(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EISDIR') || hasCode(error, 'EACCES')) return null;
    throw error;
  }
}
