/**
 * The code of an answer, for every model alike, so that habits of markup do not tell the sides of a pair apart: the first
 * fenced block; from an opening fence to the end where it is never closed; the whole text where there is no fence.
 * Blank lines around it and spaces at line ends are taken off.
 */
export function extractCode(text: string): string {
  const fenced = /^[ \t]*(?:```|~~~)[^\n]*\n([\s\S]*?)(?:^[ \t]*(?:```|~~~)[ \t]*$|$(?![\s\S]))/m.exec(text);
  const code = fenced?.[1] ?? text.replaceAll(/^[ \t]*(?:```|~~~).*$/gm, '');
  return code.replaceAll(/[ \t]+$/gm, '').replace(/^\n+/, '').trimEnd();
}
