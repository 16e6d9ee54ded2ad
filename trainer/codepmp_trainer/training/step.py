"""One optimiser step over the global batch."""

import math
import time
from collections.abc import Sequence
from typing import Any

import torch

from ..model.rows import label_count, labels, pack
from ..model.tokens import Encoded
from ..process import frame
from ..process.tables import texts_of
from .loss import lm_loss, rank_loss
from .order import chunks, share
from .run import Run
from .schedule import lr_factor

PAIR = ("prompt", "chosen", "rejected")
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
    encoded = [encode_pair(run, row) for row in share(batch, peers.rank, peers.world)]
    pairs = [(chosen, rejected) for chosen, rejected in encoded if chosen.ids != rejected.ids]
    shown, lm_tokens, tokens, cut, stops, unwritten = counted(run, pairs)
    if stops:
        return None
    if not unwritten:
        run.writer.wait()

    optimizer.zero_grad(set_to_none=False)
    sums = backward(run, pairs, shown=shown, lm_tokens=lm_tokens)
    parameters = list(run.loaded.model.parameters())
    peers.sum_each(parameter.grad for parameter in parameters if parameter.grad is not None)
    terms = terms_of(run, peers.sum(sums), shown=shown, lm_tokens=lm_tokens)
    norm = float(torch.nn.utils.clip_grad_norm_(parameters, CLIP_NORM))
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
        "pairs": shown,
        "equal": len(batch) - shown,
        "tokens": tokens,
        "cut": cut,
        "seconds": round(time.monotonic() - began, 4),
        "time": round(time.time(), 3),
    }


def encode_pair(run: Run, row: int) -> tuple[Encoded, Encoded]:
    encoder = run.loaded.encoder
    prompt, *sides = texts_of(run.table, row, PAIR, run.config["pairs"])
    chosen, rejected = encoder.join(encoder.ids_of(prompt), [encoder.ids_of(side, after=prompt) for side in sides])
    return chosen, rejected


def counted(run: Run, pairs: Sequence[tuple[Encoded, Encoded]]) -> list[int]:
    """
    Over all ranks: pairs, labels of the language-model term, tokens, rows cut, ranks that were asked to stop, and ranks
    that have not written their part of a checkpoint.
    """
    counts = [
        len(pairs),
        sum(label_count(chosen) for chosen, _ in pairs),
        sum(len(row.ids) for pair in pairs for row in pair),
        sum(row.cut for pair in pairs for row in pair),
        frame.stop_asked(),
        not run.writer.written,
    ]
    summed = run.peers.sum(torch.tensor(counts, dtype=torch.float64, device=run.peers.device))
    return [int(count) for count in summed.tolist()]


def backward(run: Run, pairs: Sequence[tuple[Encoded, Encoded]], *, shown: int, lm_tokens: int) -> torch.Tensor:
    """Adds up the gradients of this rank's pairs; returns the sums of both losses and of the pairs in order."""
    net, weights, device = run.loaded.model, run.config["loss"], run.peers.device
    sums = torch.zeros(3, dtype=torch.float64, device=device)
    for part in chunks(pairs, run.config["micro_batch"]):
        rows = [row for pair in part for row in pair]
        packed = pack(part)
        where, targets = labels(packed, rows, range(0, len(rows), 2) if weights["lm"] > 0 else ())
        scores, hidden = net(packed.to(device), where.to(device))
        ranking = rank_loss(scores)
        loss = weights["rank"] * ranking / shown
        correct = (scores[0::2] > scores[1::2]).sum()
        sums += torch.stack([ranking.detach(), torch.zeros_like(ranking.detach()), correct]).to(sums)
        if len(targets):
            language = lm_loss(hidden, net.vocabulary, targets.to(device), softcap=net.softcap)
            loss = loss + weights["lm"] * language / lm_tokens
            sums[1] += language.detach()
        loss.backward()
    return sums


def terms_of(run: Run, sums: torch.Tensor, *, shown: int, lm_tokens: int) -> dict[str, Any]:
    """The loss and its terms, means over the global batch, and the accuracy."""
    weights = run.config["loss"]
    ranking, language, correct = sums.tolist()
    rank_mean = ranking / max(shown, 1)
    lm_mean = language / max(lm_tokens, 1) if weights["lm"] > 0 else None
    total = weights["rank"] * rank_mean + weights["lm"] * (lm_mean or 0.0)
    return {"loss": total, "rank_loss": rank_mean, "lm_loss": lm_mean, "accuracy": correct / max(shown, 1)}


def written(value: float | None) -> float | None:
    """A number as JSON knows it: what is not finite is left out."""
    return value if value is not None and math.isfinite(value) else None
