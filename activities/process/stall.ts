import type { ProcessProgress } from './progress.ts';

/** Milliseconds beyond the time that a process has given itself: it writes the stacks of its threads then. */
const forStacks = 2000;

/** Milliseconds that one look adds to a silence at most: when this worker stood still, it has not listened. */
const atMost = 1000;

/** What a process is doing at a moment, milliseconds on a clock that only moves on. */
interface Look extends Pick<ProcessProgress, 'lines' | 'within'> {
  at: number;
  isRunning: boolean;
}

/**
 * Listens to a process that says with each line of its progress within how many seconds the next one is due. Each call is a look at it;
 * returns the seconds of its silence once it is longer than that, and null until then.
 */
export function createStallWatch(): (look: Look) => number | null {
  let silent = 0;
  let before: Look | null = null;
  return (look) => {
    const isQuiet = before !== null && look.isRunning && look.lines === before.lines;
    silent = isQuiet ? silent + Math.min(look.at - (before?.at ?? look.at), atMost) : 0;
    before = look;
    return look.within !== null && silent > look.within * 1000 + forStacks ? silent / 1000 : null;
  };
}
