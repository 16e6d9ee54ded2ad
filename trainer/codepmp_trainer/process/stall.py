"""Noticing that nothing moves any more: how long a step may take, and the stacks of a process that took longer."""

import faulthandler
import statistics
import time
from collections import deque

FACTOR = 3
KNOWN = 10  # steps that are needed for a median
LATEST = 101  # steps that it is taken of
SLOW = 1800.0  # seconds for the first steps, for those with more to do than the others, and for what is no step
STDERR = 2


class Watch:
    """
    Says within how many seconds the next step is due: three times the median of the latest steps, and at least `floor`.
    Where it takes longer, the stacks of all threads go to stderr. Ending the process is left to its launcher, since a
    process that stands still does nothing about itself.
    """

    def __init__(self, floor: float) -> None:
        self._floor = floor
        self._last = time.monotonic()
        self._steps: deque[float] = deque(maxlen=LATEST)

    def begin(self) -> float:
        """Call it before the first step, and after the last one before all that still takes its time."""
        self._last = time.monotonic()
        return self._armed(max(SLOW, self._floor))

    def step(self, *, more: bool = False, work: float = 1.0) -> float:
        """
        Call it after each step; `more`: before the next one there is more to do, such as writing a checkpoint. `work`:
        all that is computed until then, in steps.
        """
        now = time.monotonic()
        self._steps.append(now - self._last)
        self._last = now
        return self._armed(limit(self._steps, self._floor, more=more, work=work))

    def end(self) -> None:
        """Call it when nothing is due any more."""
        faulthandler.cancel_dump_traceback_later()

    def _armed(self, seconds: float) -> float:
        faulthandler.dump_traceback_later(seconds, file=STDERR)
        return round(seconds, 3)


def limit(steps: deque[float], floor: float, *, more: bool = False, work: float = 1.0) -> float:
    """Seconds for the next step after steps that took so long."""
    seconds = max(FACTOR * work * statistics.median(steps or [0.0]), floor)
    return max(SLOW, seconds) if more or len(steps) < KNOWN else seconds
