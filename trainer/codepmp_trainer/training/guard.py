"""What happens when a loss, a gradient or a weight is no longer a finite number."""

import time
from typing import Any

import torch

from ..process.failures import Diverged
from . import shards
from .run import Run

MOST_SKIPPED = 3
"""Steps in a row that may be skipped while the weights are sound: a batch can be bad, not four of them."""


def is_finite(run: Run) -> bool:
    """Whether weights and moments are finite numbers on all ranks."""
    tensors = run.optimizer.tensors().values()
    return run.peers.all(all(bool(torch.isfinite(shards.local(tensor)).all()) for tensor in tensors))


def check_skipped(run: Run, history: list[dict[str, Any]]) -> None:
    """Fails where too many steps in a row were skipped, or all steps of the training."""
    skipped = skipped_in_a_row(history)
    none_taken = skipped == len(history) and run.step_after(history) == run.order.steps
    if skipped > MOST_SKIPPED or (none_taken and skipped):
        raise diverged(history)


def skipped_in_a_row(history: list[dict[str, Any]]) -> int:
    """Steps at the end of the history that were skipped."""
    taken = [number for number, line in enumerate(history, 1) if "skipped" not in line]
    return len(history) - (taken[-1] if taken else 0)


def tell_rollback(run: Run, lost: list[dict[str, Any]], earlier: list[dict[str, Any]]) -> None:
    """Puts on record that the weights were broken and that an earlier checkpoint was taken up."""
    message = f"weights were not finite after step {run.step_after(lost)}: back to step {run.step_after(earlier)}"
    run.progress.line({"event": "rollback", "message": message, "time": time.time()})


def diverged(history: list[dict[str, Any]]) -> Diverged:
    """The failure of a training whose last steps were skipped, or whose weights broke twice at one place."""
    number = skipped_in_a_row(history)
    if number == 0:
        return Diverged(f"step {history[-1]['step']}: weights are not finite: lower `schedule.lr`")
    first = history[-number]
    more = f", and so are the {number - 1} steps after it" if number > 1 else ""
    return Diverged(f"step {first['step']}: {first['skipped']}{more}: lower `schedule.lr`")
