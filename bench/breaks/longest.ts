/** Milliseconds between two looks. */
const lookEvery = 5;

/**
 * Watches how long this thread computes without a turn for anything else. What counts is its own time of the processor: unlike the
 * delay of a timer, that is not longer where other work has the processor.
 */
export function watchBreaks(): { longest(): number; end(): number } {
  let longest = 0;
  let last = computed();
  const look = (): number => {
    const now = computed();
    longest = Math.max(longest, now - last);
    last = now;
    return longest;
  };
  const timer = setInterval(look, lookEvery).unref();
  return {
    longest: look,
    end() {
      clearInterval(timer);
      return look();
    },
  };
}

/** Milliseconds that this thread has computed. */
function computed(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
