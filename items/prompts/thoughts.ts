import { fencedBlocks } from './fences.ts';

/** Words in the tags that models put around their thoughts. */
const words = 'think|thinking|thought|thoughts|reasoning|reflection|scratchpad|seed:think';

/** What begins thoughts, at the head of an answer. */
const opening = new RegExp(
  `^\\s*(?:<(?:${words})>|\\[THINK\\]|◁think▷|<\\|(?:begin_of_thought|START_THINKING)\\|>|(?:<\\|start\\|>assistant)?<\\|channel\\|>(?:analysis|commentary)<\\|message\\|>)`,
  'i',
);

/** What ends them. */
const closing = new RegExp(
  `<\\/(?:${words})>|\\[\\/THINK\\]|◁\\/think▷|<\\|(?:end_of_thought|END_THINKING)\\|>|<\\|channel\\|>final[^<]*<\\|message\\|>`,
  'gi',
);

/** A tag around the answer itself, which some models write behind their thoughts. */
const wrapped = /^\s*<(answer|response|solution)>([\s\S]*?)(?:<\/\1>\s*)?$/i;

/** A mark that ends a turn in the template of a model, and that some servers leave in. */
const turnEnd = /(?:<\|[\w▁｜]{1,40}\|>|<｜[\w▁]{1,40}｜>|<\/s>|<end_of_turn>|<eos>)$/;

/**
 * What of a text is the answer: what follows the last tag that ends thoughts, or the whole text where there is none, without
 * the marks that end the turn. Null where the text ends inside its thoughts.
 */
export function withoutThoughts(text: string): string | null {
  const said = withoutTurnEnds(text);
  const end = endOfThoughts(said);
  const answer = said.slice(end);
  if (opening.test(answer)) return null;
  const [, , inside = answer] = (end > 0 && wrapped.exec(answer)) || [];
  return inside;
}

function withoutTurnEnds(text: string): string {
  let rest = text;
  for (;;) {
    const trimmed = rest.trimEnd();
    const tail = trimmed.slice(-50);
    const mark = turnEnd.exec(tail);
    if (!mark) return rest;
    rest = trimmed.slice(0, trimmed.length - tail.length + mark.index);
  }
}

/** Where the last closing tag ends that is no part of code; 0 without one. */
function endOfThoughts(text: string): number {
  const lines = text.split('\n');
  const code = fencedBlocks(lines).filter(({ closed }) => closed);
  let last = 0;
  for (const { 0: tag, index } of text.matchAll(closing)) {
    const line = text.slice(0, index).split('\n').length - 1;
    const isCode = code.some(({ from, to }) => from < line && line < to - 1) || /["'`]$/.test(text.slice(0, index));
    if (lines[line]?.trim() === tag || !isCode) last = index + tag.length;
  }
  return last;
}
