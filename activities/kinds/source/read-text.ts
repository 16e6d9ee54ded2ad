import { readFile, stat } from 'node:fs/promises';
import { decodeText, notebookScript } from '../../../items/index.ts';
import { hasCode } from '../../../ports/failure.ts';

/** Bytes of a file that may still be code. */
export const largest = 64 * 1024 * 1024;

/** The text of a file, or why it has none; a notebook as a script in the language of its kernel. */
export async function readText(path: string): Promise<{ text: string; language?: string } | { reason: string }> {
  try {
    if ((await stat(path)).size > largest) return { reason: 'too-large' };
    return textOfBytes(path, await readFile(path));
  } catch (error) {
    return { reason: hasCode(error, 'ENOENT') ? 'vanished' : 'unreadable' };
  }
}

/** The text that bytes of a file are, or why they are none; a notebook as a script in the language of its kernel. */
export function textOfBytes(path: string, bytes: Uint8Array): { text: string; language?: string } | { reason: string } {
  const decoded = decodeText(bytes);
  if ('reason' in decoded || !path.endsWith('.ipynb')) return decoded;
  return notebookScript(decoded.text) ?? { reason: 'broken-notebook' };
}
