import { readFile, stat } from 'node:fs/promises';
import { decodeText, notebookScript } from '../../../items/index.ts';
import { hasCode } from '../../../ports/failure.ts';

/** Bytes of a file that may still be code. */
const largest = 64 * 1024 * 1024;

/** The text of a file, or why it has none; a notebook as a script in the language of its kernel. */
export async function readText(path: string): Promise<{ text: string; language?: string } | { reason: string }> {
  try {
    if ((await stat(path)).size > largest) return { reason: 'too-large' };
    const decoded = decodeText(await readFile(path));
    if ('reason' in decoded || !path.endsWith('.ipynb')) return decoded;
    return notebookScript(decoded.text) ?? { reason: 'broken-notebook' };
  } catch (error) {
    return { reason: hasCode(error, 'ENOENT') ? 'vanished' : 'unreadable' };
  }
}
