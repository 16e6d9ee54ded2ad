"""Configuration of a process: one JSON file, checked at the start, every problem named at once."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .failures import Invalid


@dataclass(frozen=True)
class Key:
    """What one key takes: a test, its wording, and the value of an absent key (`REQUIRED`: it must be there)."""

    expected: str
    accepts: Callable[[Any], bool]
    default: Any


REQUIRED = object()


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def text(default: Any = REQUIRED) -> Key:
    return Key("a text that is not empty", lambda value: isinstance(value, str) and value != "", default)


def maybe_text() -> Key:
    return Key("a text or null", lambda value: value is None or isinstance(value, str), None)


def texts() -> Key:
    return Key(
        "a list of at least one text",
        lambda value: isinstance(value, list) and value != [] and all(isinstance(item, str) and item for item in value),
        REQUIRED,
    )


def flag(default: Any = REQUIRED) -> Key:
    return Key("true or false", lambda value: isinstance(value, bool), default)


def maybe_flag() -> Key:
    return Key("true, false or null", lambda value: value is None or isinstance(value, bool), None)


def whole(least: int, default: Any = REQUIRED) -> Key:
    return Key(
        f"a whole number of at least {least}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least,
        default,
    )


def maybe_whole(least: int) -> Key:
    inner = whole(least)
    return Key(f"{inner.expected} or null", lambda value: value is None or inner.accepts(value), None)


def number(least: float, most: float = math.inf, default: Any = REQUIRED) -> Key:
    wording = f"a number of at least {least}" if most == math.inf else f"a number from {least} to {most}"
    return Key(wording, lambda value: is_number(value) and least <= value <= most, default)


def positive(default: Any = REQUIRED) -> Key:
    return Key("a number above 0", lambda value: is_number(value) and value > 0, default)


def maybe_positive() -> Key:
    inner = positive()
    return Key(f"{inner.expected} or null", lambda value: value is None or inner.accepts(value), None)


def one_of(*names: Any, default: Any = REQUIRED) -> Key:
    return Key(" or ".join(json.dumps(name) for name in names), lambda value: value in names, default)


Shape = dict[str, Any]

PLACES: Shape = {"progress": text(), "result": text()}

TRAIN: Shape = {
    "format": one_of(1),
    "task": one_of("pmp", "rm"),
    "init": {"path": text(), "layers": maybe_whole(1)},
    "pairs": texts(),
    "prompt_format": text(),
    "loss": {"rank": number(0, default=1.0), "lm": number(0, default=0.0)},
    "eoc": maybe_flag(),
    "schedule": {
        "kind": one_of("wsd", "wcd"),
        "lr": positive(),
        "warmup": number(0, 1, default=0.03),
        "decay": number(0, 1, default=0.1),
        "decay_shape": one_of("linear", "cosine", "1-sqrt", default="linear"),
    },
    "head_lr": maybe_positive(),
    "weight_decay": number(0, default=0.0),
    "batch_size": whole(1),
    "micro_batch": whole(1, default=2),
    "max_length": whole(8, default=1024),
    "epochs": whole(1, default=1),
    "presentations": maybe_whole(1),
    "seed": whole(0, default=1),
    "checkpoint": {"dir": text(), "every": whole(1, default=100)},
    "output": text(),
    **PLACES,
}

SCORE: Shape = {
    "format": one_of(1),
    "task": one_of("pairs", "choices", "candidates"),
    "model": text(),
    "input": texts(),
    "prompt_format": text(),
    "batch_tokens": whole(1, default=4096),
    "max_length": maybe_whole(8),
    "output": text(),
    **PLACES,
}

GRADE: Shape = {
    "format": one_of(1),
    "task": one_of("grade", default="grade"),
    "input": texts(),
    "timeout": positive(default=5.0),
    "processes": whole(1, default=2),
    "output": text(),
    **PLACES,
}


def read_config(path: Path, shape: Shape) -> dict[str, Any]:
    """Reads and checks a configuration; absent keys get their defaults."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise Invalid(f"configuration {path} cannot be read ({problem.strerror}): name an existing file") from None
    except ValueError as problem:
        raise Invalid(f"configuration {path} is not JSON: {problem}") from None
    return check(value, shape, str(path))


def check(value: Any, shape: Shape, where: str) -> dict[str, Any]:
    """Returns the value with defaults filled in, or raises `Invalid` with every problem found."""
    problems: list[str] = []
    checked = _checked(value, shape, "", problems)
    if not problems and shape is TRAIN:
        problems = too_long(checked["schedule"])
    if problems:
        raise Invalid(f"configuration {where}: " + "; ".join(problems))
    return checked


def too_long(schedule: dict[str, Any]) -> list[str]:
    warmup, decay = schedule["warmup"], schedule["decay"]
    if schedule["kind"] != "wsd" or warmup + decay <= 1:
        return []
    return [f"`schedule`: expected warmup and decay of at most 1 together, got {warmup} and {decay}"]


def _checked(value: Any, shape: Shape, prefix: str, problems: list[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        problems.append(f"`{prefix.rstrip('.') or 'the file'}`: expected an object, got {shown(value)}")
        return {}
    for name in value:
        if name not in shape:
            problems.append(f"`{prefix}{name}`: unknown key, expected one of {', '.join(shape)}")
    checked: dict[str, Any] = {}
    for name, key in shape.items():
        if isinstance(key, dict):
            absent: Any = {} if all(inner.default is not REQUIRED for inner in key.values()) else None
            checked[name] = _checked(value.get(name, absent), key, f"{prefix}{name}.", problems)
        elif name not in value and key.default is not REQUIRED:
            checked[name] = key.default
        elif name not in value:
            problems.append(f"`{prefix}{name}`: expected {key.expected}, got nothing")
        elif not key.accepts(value[name]):
            problems.append(f"`{prefix}{name}`: expected {key.expected}, got {shown(value[name])}")
        else:
            checked[name] = value[name]
    return checked


def shown(value: Any) -> str:
    text_of = json.dumps(value, ensure_ascii=False)
    return text_of if len(text_of) <= 80 else text_of[:77] + "..."
