import { describe, expect, it } from 'vitest';
import { createStallWatch } from '../../../activities/process/stall.ts';

/** Looks at a process four times a second that says with every line that the next one is due within five seconds. */
function listening() {
  const watch = createStallWatch();
  let at = 0;
  return (seconds: number, look: { lines?: number; within?: number | null; isRunning?: boolean } = {}): number | null => {
    const { lines = 1, within = 5, isRunning = true } = look;
    let found: number | null = null;
    for (const end = at + seconds * 1000; at < end; at += 250) found = watch({ at, isRunning, lines, within });
    return found;
  };
}

describe('a process that has said when its next line is due', () => {
  it('counts as stalled two seconds later, in which it writes its stacks', () => {
    const listen = listening();
    expect(listen(7.25)).toBeNull();
    expect(listen(0.25)).toBe(7.25);
  });

  it('does not with each new line, nor while it waits for its turn', () => {
    const listen = listening();
    for (const lines of [1, 2, 3]) expect(listen(6, { lines })).toBeNull();
    expect(listen(60, { lines: 3, isRunning: false })).toBeNull();
    expect(listen(6, { lines: 3 })).toBeNull();
  });

  it('does not after a line that says nothing about the next one', () => {
    const listen = listening();
    expect(listen(3600, { within: null })).toBeNull();
  });

  it('is not blamed for a time in which nobody has listened', () => {
    const watch = createStallWatch();
    const look = { isRunning: true, lines: 1, within: 5 };
    expect(watch({ ...look, at: 0 })).toBeNull();
    expect(watch({ ...look, at: 600_000 })).toBeNull();
    expect(watch({ ...look, at: 600_250, lines: 2 })).toBeNull();
  });
});
