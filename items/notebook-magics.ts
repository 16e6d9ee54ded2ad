/** Cell magics whose cell is Python of the notebook itself. */
const ownCell = /^%%(time|timeit|capture|prun)\b/;

/** A line for IPython, with those that it goes on in. */
const magic = /[ \t]*[%!](?:.*\\\n)*.*\n?/y;

/** Pieces of Python: outside of strings, in a string of one line, and in one of several. */
const outside = /#.*|"""|'''|\\\n|[^#"'\\()[\]{}\n]+|[^]/y;
const inLine = /[^\\"'\n]+|\\[^]|[^]/y;
const inLines = /[^\\"']+|\\[^]|"""|'''|[^]/y;

/**
 * Code of an IPython cell without its magics: lines where a statement begins with `%` or `!`. Such a line inside brackets, in a string or
 * behind a backslash is code. Empty for a cell of another language (`%%bash`).
 */
export function withoutMagics(code: string): string {
  if (code.startsWith('%%') && !ownCell.test(code)) return '';
  const kept: string[] = [];
  let [depth, quote, begins] = [0, '', true];
  for (let at = 0; at < code.length; ) {
    const dropped = begins ? matchAt(magic, code, at) : '';
    const piece = dropped === '' ? matchAt(quote === '' ? outside : quote.length === 1 ? inLine : inLines, code, at) : '';
    kept.push(piece);
    at += dropped.length + piece.length;
    if (quote !== '') quote = piece === quote || (piece === '\n' && quote.length === 1) ? '' : quote;
    else if (/^["']/.test(piece)) quote = piece;
    else if (/^[([{]/.test(piece)) depth += 1;
    else if (/^[)\]}]/.test(piece)) depth = Math.max(0, depth - 1);
    begins = dropped !== '' || (piece === '\n' && quote === '' && depth === 0);
  }
  return kept.join('').trim();
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
