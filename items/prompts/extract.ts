/**
 * The code of an answer, for every model alike, so that habits of markup do not tell the sides of a pair apart: the first
 * fenced block that holds anything, up to the end where its fence is never closed; the whole answer where there is no
 * fence and it reads like code; else nothing. Lines keep their indentation; blank lines around the code and spaces at line
 * ends are taken off. The result is empty where there is no code, and extracting from unfenced code gives it again.
 */
export function extractCode(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const block = firstBlock(lines);
  if (block) return tidyCode(block.join('\n'));
  return !lines.some((line) => fenceOf(line)) && readsLikeCode(lines) ? tidyCode(lines.join('\n')) : '';
}

/** Code without blank lines around it and without spaces at line ends. */
export function tidyCode(code: string): string {
  return code
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .replace(/^\n+/, '')
    .trimEnd();
}

interface Fence {
  /** Its run of backticks or tildes. */
  mark: string;
  /** Only a fence without an info string closes a block. */
  info: string;
}

function firstBlock(lines: readonly string[]): string[] | null {
  let open: { mark: string; from: number } | null = null;
  for (const [at, line] of lines.entries()) {
    const fence = fenceOf(line);
    if (!fence) continue;
    if (!open) open = { mark: fence.mark, from: at + 1 };
    else if (fence.info === '' && fence.mark.startsWith(open.mark)) {
      const block = lines.slice(open.from, at);
      if (block.some((each) => each.trim() !== '')) return block;
      open = null;
    }
  }
  return open && lines.slice(open.from);
}

function fenceOf(line: string): Fence | null {
  const [, mark = '', info = ''] = /^\s*(`{3,}|~{3,})([^`]*)$/.exec(line) ?? [];
  return mark === '' ? null : { mark, info: info.trim() };
}

const codeLine =
  /^\s*(?:(?:def|class|import|from|return|if|elif|else|for|while|with|try|except|raise|public|private|static|const|let|var|function|func|fn|package|use|struct|int|void)\b.*[:;({},)\w'"]$|#|\/\/|\/\*|\*|@\w|[\])}])|[;{}[\](),:]\s*$|[\w\])]\s*[-+*/|]?=\s*\S|^\s+\S/;

const comment = /^\s*(?:#|\/\/|\/?\*)/;

/** Four words or more up to a full stop, or words alone up to a colon. */
const sentence = /^\s*(?:(?:\S+\s+){3,}.*[.!?]|[A-Z][^(){}=;]*:)\s*$/;

/** At least half of the lines that are not blank look like code and not like a sentence. */
export function readsLikeCode(lines: readonly string[]): boolean {
  const written = lines.filter((line) => line.trim() !== '');
  const code = written.filter((line) => codeLine.test(line) && (comment.test(line) || !sentence.test(line)));
  return code.length > 0 && code.length * 2 >= written.length;
}
