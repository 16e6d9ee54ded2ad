/**
 * The head of a text: its first words or characters, rounded up, so that something always stays. Words are cut after a
 * word, white space between those that stay is kept. The paper does not say which part it removes; the head keeps the
 * purpose and loses the details.
 */
export function clipText(text: string, { keep, unit }: { keep: number; unit: 'words' | 'characters' }): string {
  if (unit === 'characters') {
    const characters = [...text];
    return characters.slice(0, Math.ceil(characters.length * keep)).join('');
  }
  const words = [...text.matchAll(/\S+/g)];
  const last = words[Math.ceil(words.length * keep) - 1];
  return last ? text.slice(0, last.index + last[0].length) : text;
}
