const codeLine =
  /^\s*(?:(?:def|class|import|from|return|if|elif|else|for|while|with|try|except|raise|public|private|static|const|let|var|function|func|fn|package|use|struct|int|void)\b.*[:;({},)\w'"]$|#|\/\/|\/\*|\*|@\w|[\])}])|[;{}[\](),:]\s*$|[\w\])]\s*[-+*/|]?=\s*\S|^\s+\S/;

/** A line that is a comment in most languages. */
export const comment = /^\s*(?:#|\/\/|\/?\*)/;

/** Four words or more up to a full stop, or words alone up to a colon. */
const sentence = /^\s*(?:(?:\S+\s+){3}.*[.!?]|[A-Z][^(){}=;]*:)\s*$/;

/** At least half of the lines that are not blank look like code and not like a sentence. */
export function readsLikeCode(lines: readonly string[]): boolean {
  const written = lines.filter((line) => line.trim() !== '');
  const code = written.filter((line) => codeLine.test(line) && (comment.test(line) || !sentence.test(line)));
  return code.length > 0 && code.length * 2 >= written.length;
}
