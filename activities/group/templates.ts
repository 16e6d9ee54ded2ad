import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dependencies } from '../dependencies.ts';

/** The text of a shipped prompt template: `templates/<name>.md`. It is part of the generation key. */
export function readTemplate({ home }: Dependencies, name: string): Promise<string> {
  return readFile(join(home, 'templates', `${name}.md`), 'utf8');
}
