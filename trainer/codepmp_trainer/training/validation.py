"""How good a model is on pairs that it was not trained on, and which of its checkpoints is the best."""

import math
import time
from typing import Any

import torch

from ..model.rows import label_count
from ..model.tokens import Encoded
from . import checkpoint, parallel
from .order import chunks, share
from .run import Run
from .step import terms_of, written


def steps_long(run: Run) -> float:
    """In how many steps of training as many pairs are computed as in measuring."""
    return len(run.held_out or ()) / run.config["batch_size"]


def measure(run: Run, line: dict[str, Any], within: float) -> None:
    """Puts the loss, its terms and the accuracy on the held-out pairs into the line of a step, and tells them."""
    line["held_out"] = {name: written(value) for name, value in measured(run).items()}
    told = {"event": "held-out", "after": line["step"], "held_out": line["held_out"]}
    run.progress.line({**told, "time": round(time.time(), 3), "within": within})


def measured(run: Run) -> dict[str, Any]:
    """All ranks measure equally many micro-batches, because those that divide the model compute together."""
    assert run.held_out is not None
    peers, held_out, size = run.peers, run.held_out, run.config["micro_batch"]
    parts = [*chunks(share(range(len(held_out)), peers.rank, peers.world), size)]
    passes = math.ceil(math.ceil(len(held_out) / peers.world) / size)
    sums = torch.zeros(6, dtype=torch.float64, device=peers.device)
    for part in [*parts, *[()] * (passes - len(parts))]:
        sums += sums_of(run, [held_out.encoded(number) for number in part])
    if parallel.is_sharded(peers):
        run.objective.reshard()
    *terms, shown, labels = peers.sum(sums).split(1)
    return terms_of(run, torch.cat(terms), shown=int(shown), lm_tokens=int(labels))


def sums_of(run: Run, sides: list[tuple[Encoded, Encoded]]) -> torch.Tensor:
    """Of a micro-batch: the terms of the loss, the pairs in order, all pairs, and the labels of the language term."""
    device = run.peers.device
    pairs = [(chosen, rejected) for chosen, rejected in sides if chosen.ids != rejected.ids]
    with torch.no_grad():
        _, terms = run.objective(pairs, shown=1, lm_tokens=1, device=device)
    counts = [len(pairs), sum(label_count(chosen) for chosen, _ in pairs)]
    return torch.cat([terms, torch.tensor(counts, dtype=torch.float64, device=device)])


def best_step(history: list[dict[str, Any]]) -> int | None:
    """The step after which the loss on held-out pairs was lowest, the first of equal ones; None: not measured."""
    return next((line["step"] for line in by_loss(history)), None)


def by_loss(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [line for line in history if line.get("held_out", {}).get("loss") is not None]
    return sorted(found, key=lambda line: line["held_out"]["loss"])


def take_best(run: Run, history: list[dict[str, Any]]) -> None:
    """Takes up the best weights of those that are whole, and marks the line of their step as `best`."""
    for line in by_loss(history):
        is_last = line is history[-1]
        if is_last or checkpoint.take(run.writer, line["step"], run.optimizer.tensors()):
            line["best"] = True
            return
