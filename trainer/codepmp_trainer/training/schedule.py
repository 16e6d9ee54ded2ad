"""Learning-rate schedules as plain functions of the step."""

import math
from collections.abc import Callable
from typing import Any

SHAPES: dict[str, Callable[[float], float]] = {
    "linear": lambda done: 1 - done,
    "cosine": lambda done: 0.5 * (1 + math.cos(math.pi * done)),
    "1-sqrt": lambda done: 1 - math.sqrt(done),
}
"""Factor on the rate by the part of a decay that is over."""


def lr_factor(schedule: dict[str, Any], step: int, steps: int) -> float:
    """
    Factor on the highest rate at a step (from 0) of a run of `steps`. Warmup is linear and its last step has factor 1,
    so no step is wasted at 0; the decay of wsd has the shape `decay_shape` and ends above 0, so the last step counts
    too. Lengths of wsd and wcd are fractions, rounded up; a decay that would overlap the warmup is shorter. `stable` is
    a wsd without its end and `decay` that end alone, from the step `begin` on; their lengths are steps.
    """
    if schedule["kind"] == "decay":
        return decayed(schedule["decay_shape"], step, begin=schedule["begin"], steps=steps)
    if schedule["kind"] == "stable":
        return min(1.0, (step + 1) / max(schedule["warmup"], 1))
    warmup = rounded_up(schedule["warmup"] * steps)
    if step < warmup:
        return (step + 1) / warmup
    if schedule["kind"] == "wcd":
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))
    decay = rounded_up(schedule["decay"] * steps)
    stable_end = max(steps - decay, warmup)
    if step < stable_end:
        return 1.0
    return decayed(schedule["decay_shape"], step, begin=stable_end, steps=steps)


def decayed(shape: str, step: int, *, begin: int, steps: int) -> float:
    return SHAPES[shape]((step - begin + 1) / (steps - begin + 1))


def rounded_up(value: float) -> int:
    """Ceiling that ignores the rounding error of a product (0.07 · 100 is 7 steps)."""
    return math.ceil(value - 1e-9)
