"""One optimiser step over the global batch."""

import math
import time
from collections.abc import Sequence
from typing import Any

import torch

from ..model.rows import label_count
from ..model.tokens import Encoded
from ..process import frame
from . import parallel
from .order import chunks, share
from .run import Run
from .schedule import lr_factor
from .shards import whole

CLIP_NORM = 1.0


def train_step(run: Run, step: int) -> dict[str, Any] | None:
    """
    One step; None, with nothing changed, where any rank was asked to stop. Pairs whose sides are equal, after the cut,
    teach nothing: they are left out and counted. A step whose loss or gradient is not finite leaves the weights as they
    are, and its line says `skipped`.
    """
    began = time.monotonic()
    peers, optimizer = run.peers, run.optimizer
    batch = run.order.batch(step)
    encoded = [run.pairs.encoded(row) for row in share(batch, peers.rank, peers.world)]
    pairs = [(chosen, rejected) for chosen, rejected in encoded if chosen.ids != rejected.ids]
    counts = counted(run, pairs)
    shown, lm_tokens, tokens, cut, stops, unwritten = (int(count) for count in counts.sum(0).tolist())
    if stops:
        return None
    if not unwritten:
        run.writer.wait()

    optimizer.zero_grad(set_to_none=False)
    passes = -(-int(counts[:, 0].max()) // run.config["micro_batch"])
    sums = backward(run, pairs, passes=passes, shown=shown, lm_tokens=lm_tokens)
    parameters = list(run.loaded.model.parameters())
    if not parallel.is_sharded(peers):
        peers.sum_each(parameter.grad for parameter in parameters if parameter.grad is not None)
    terms = terms_of(run, peers.sum(sums), shown=shown, lm_tokens=lm_tokens)
    norm = float(whole(torch.nn.utils.clip_grad_norm_(parameters, CLIP_NORM)))
    factor = lr_factor(run.config["schedule"], step, run.order.steps)
    finite = math.isfinite(terms["loss"]) and math.isfinite(norm)
    if shown and finite:
        optimizer.update(factor)
    return {
        "step": step + 1,
        "steps": run.order.steps,
        **{name: written(value) for name, value in terms.items()},
        "lr": run.config["schedule"]["lr"] * factor,
        "grad_norm": written(norm),
        **({} if finite else {"skipped": f"loss {terms['loss']}, gradient norm {norm}"}),
        "ranks": peers.world,
        "pairs": shown,
        "equal": len(batch) - shown,
        "tokens": tokens,
        "cut": cut,
        "seconds": round(time.monotonic() - began, 4),
        "time": round(time.time(), 3),
    }


def counted(run: Run, pairs: Sequence[tuple[Encoded, Encoded]]) -> torch.Tensor:
    """
    A row for each rank: pairs, labels of the language-model term, tokens, rows cut, whether it was asked to stop, and
    whether no part of a checkpoint is ready to be committed.
    """
    counts = [
        len(pairs),
        sum(label_count(chosen) for chosen, _ in pairs),
        sum(len(row.ids) for pair in pairs for row in pair),
        sum(row.cut for pair in pairs for row in pair),
        frame.stop_asked(),
        not run.writer.written,
    ]
    return torch.stack(run.peers.gather(torch.tensor(counts, dtype=torch.long)))


def backward(
    run: Run, pairs: Sequence[tuple[Encoded, Encoded]], *, passes: int, shown: int, lm_tokens: int
) -> torch.Tensor:
    """
    Adds up the gradients of this rank's pairs in as many passes as every rank makes, because ranks that divide the
    model compute together; returns the sums of the three terms and of the pairs in order.
    """
    device = run.peers.device
    averaged = run.peers.world if parallel.is_sharded(run.peers) else 1
    sums = torch.zeros(4, dtype=torch.float64, device=device)
    parts = [*chunks(pairs, run.config["micro_batch"])]
    for part in [*parts, *[()] * (passes - len(parts))]:
        loss, terms = run.objective(part, shown=shown, lm_tokens=lm_tokens, device=device)
        sums += terms
        (loss * averaged).backward()
    return sums


def terms_of(run: Run, sums: torch.Tensor, *, shown: int, lm_tokens: int) -> dict[str, Any]:
    """The loss and its terms, means over the global batch, and the accuracy."""
    weights = run.config["loss"]
    ranking, language, verdicts, correct = sums.tolist()
    rank_mean = ranking / max(shown, 1)
    lm_mean = language / max(lm_tokens, 1) if weights["lm"] > 0 else None
    verdict_mean = verdicts / max(2 * shown, 1)
    total = weights["rank"] * rank_mean + weights["lm"] * (lm_mean or 0.0) + weights["verdict"] * verdict_mean
    terms = {"loss": total, "rank_loss": rank_mean, "lm_loss": lm_mean, "accuracy": correct / max(shown, 1)}
    return {**terms, "verdict_loss": verdict_mean} if weights["verdict"] > 0 else terms


def written(value: float | None) -> float | None:
    """A number as JSON knows it: what is not finite is left out."""
    return value if value is not None and math.isfinite(value) else None
