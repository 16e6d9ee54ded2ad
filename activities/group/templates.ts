import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutTemplate } from '../../items/index.ts';
import type { PlanNode } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';

/** The prompt template of a node, `templates/<name>.md` by its kind and settings. It is part of the generation key. */
export async function readTemplate(
  { home }: Pick<Dependencies, 'home'>,
  { kind, settings }: Pick<PlanNode, 'kind' | 'settings'>,
): Promise<string> {
  const name = kindOf(kind).template?.(settings);
  return name === undefined ? withoutTemplate : readFile(join(home, 'templates', `${name}.md`), 'utf8');
}
