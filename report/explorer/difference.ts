import { diffArrays, diffWordsWithSpace } from 'diff';

/** A stretch of a text; `own`: the other text does not have it. */
export interface TextStretch {
  text: string;
  own: boolean;
}

export interface TextDifference {
  left: TextStretch[];
  right: TextStretch[];
}

/** Lines that may be taken out and put in before two texts count as different throughout: beyond, nobody reads marks. */
const mostLines = 1_000;

/** Share of a line, in characters, that must be in both for its words to be compared. */
const sharedInLine = 0.4;

/** Share of a text that must be in both for marks to say anything. */
const sharedInText = 0.1;

/**
 * What each of two texts has that the other lacks: by lines, and by words where as many lines stand against each other. Null
 * where they differ in more than 1,000 lines, or share less than a tenth.
 */
export function differenceOf(left: string, right: string): TextDifference | null {
  const changes = diffArrays(linesOf(left), linesOf(right), { maxEditLength: mostLines });
  if (!changes) return null;
  const difference: TextDifference = { left: [], right: [] };
  for (let at = 0; at < changes.length; at++) {
    const [change, next] = [changes[at], changes[at + 1]];
    if (!change) continue;
    if (!change.removed && !change.added) {
      add(difference.left, change.value.join(''), false);
      add(difference.right, change.value.join(''), false);
    } else if (change.removed && next?.added && change.value.length === next.value.length) {
      change.value.forEach((line, index) => addLines(difference, line, next.value[index] ?? ''));
      at++;
    } else add(change.removed ? difference.left : difference.right, change.value.join(''), true);
  }
  return sharedLength(difference) < sharedInText * Math.max(left.trim().length, right.trim().length) ? null : difference;
}

function sharedLength({ left }: TextDifference): number {
  return left.reduce((sum, { text, own }) => sum + (own ? 0 : text.trim().length), 0);
}

/** Two lines that stand against each other. */
function addLines({ left, right }: TextDifference, ours: string, theirs: string): void {
  const words = diffWordsWithSpace(ours, theirs, { maxEditLength: mostLines }) ?? [];
  const shared = words.reduce((sum, { added, removed, value }) => sum + (added || removed ? 0 : value.trim().length), 0);
  if (shared < sharedInLine * Math.max(ours.trim().length, theirs.trim().length)) {
    add(left, ours, true);
    add(right, theirs, true);
    return;
  }
  for (const { value, added, removed } of words) {
    if (!added) add(left, value, removed);
    if (!removed) add(right, value, added);
  }
}

function add(side: TextStretch[], text: string, own: boolean): void {
  const last = side.at(-1);
  if (last?.own === own) last.text += text;
  else if (text !== '') side.push({ text, own });
}

/** Lines with their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
