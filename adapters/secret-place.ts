import { readFile } from 'node:fs/promises';
import type { SecretPlace } from '../ports/configuration.ts';

/** The secret at a place, without the white space around it; null: there is none. */
export async function secretAt(place: SecretPlace): Promise<string | null> {
  const value = 'env' in place ? process.env[place.env] : await readFile(place.file, 'utf8').catch(() => undefined);
  return value?.trim() || null;
}

/** A place in the words of a message. */
export function placeText(place: SecretPlace): string {
  return 'env' in place ? `the environment variable ${place.env}` : `the file ${place.file}`;
}

/** Whether a header can carry a text; one that was copied may have a space without width or a typographic quote. */
export function fitsHeader(text: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(text);
}
