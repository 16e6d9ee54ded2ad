"""The loss: ranking term and cross entropies, as sums that the caller divides by the global batch."""

from typing import Any

import torch
import torch.nn.functional as F

CHUNK_BYTES = 1 << 26
"""Of fp32 logits at once; 32 times as many on a GPU, where each chunk costs reading the whole head again."""


def rank_loss(scores: torch.Tensor, *, margin: float = 0, center: float = 0) -> torch.Tensor:
    """
    Sum of −log σ(chosen − rejected − `margin`) + `center` · (chosen + rejected)² over pairs, in fp32 at least; rows
    alternate chosen, rejected. The second part keeps scores around 0.
    """
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
    chosen, rejected = scores[0::2], scores[1::2]
    ranking = -F.logsigmoid(chosen - rejected - margin).sum()
    return ranking + center * (chosen + rejected).square().sum() if center else ranking


def lm_loss(
    hidden: torch.Tensor, head: torch.Tensor, targets: torch.Tensor, *, softcap: float | None = None, chunk: int = 0
) -> torch.Tensor:
    """
    Sum of the cross entropies of `targets` under `hidden @ head.T`, in fp32; `softcap` holds the logits within ± it.
    Works through `chunk` rows at a time (0: as many as `CHUNK_BYTES` hold) and forms the gradients on the way, so the
    logits of one chunk are all that ever exists.
    """
    limit = CHUNK_BYTES * (32 if hidden.is_cuda else 1)
    rows = chunk or max(1, limit // (4 * len(head)))
    if not torch.is_grad_enabled():
        return sum_of_chunks(hidden, head, targets, softcap, rows, grads=None)
    loss: torch.Tensor = _ChunkedCrossEntropy.apply(hidden, head, targets, softcap, rows)
    return loss


class _ChunkedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Any, head: Any, targets: Any, softcap: float | None, rows: int) -> torch.Tensor:
        grads = torch.empty_like(hidden), torch.zeros_like(head)
        total = sum_of_chunks(hidden, head, targets, softcap, rows, grads=grads)
        ctx.save_for_backward(*grads)
        return total

    @staticmethod
    def backward(ctx: Any, *outer: Any) -> Any:
        hidden_grad, head_grad = ctx.saved_tensors
        return hidden_grad.mul_(outer[0]), head_grad.mul_(outer[0]), None, None, None


def sum_of_chunks(
    hidden: torch.Tensor,
    head: torch.Tensor,
    targets: torch.Tensor,
    softcap: float | None,
    rows: int,
    *,
    grads: tuple[torch.Tensor, torch.Tensor] | None,
) -> torch.Tensor:
    """The loss; fills the gradients of `hidden` and `head`, the latter in its own type, where they are asked for."""
    total = torch.zeros((), dtype=torch.promote_types(hidden.dtype, torch.float32), device=hidden.device)
    head = head.to(hidden.dtype)
    for first in range(0, len(targets), rows):
        part, wanted = hidden[first : first + rows], targets[first : first + rows]
        logits = part @ head.T
        logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
        squashed = None
        if softcap is not None:
            squashed = torch.tanh_(logits / softcap)
            logits = squashed * softcap
        log_total = torch.logsumexp(logits, dim=-1)
        total += (log_total - logits.gather(1, wanted[:, None]).squeeze(1)).sum()
        if grads is None:
            continue
        gradient = logits.sub_(log_total[:, None]).exp_()
        gradient[torch.arange(len(wanted), device=wanted.device), wanted] -= 1
        if squashed is not None:
            gradient *= 1 - squashed.square_()
        grads[0][first : first + rows] = gradient.to(hidden.dtype) @ head
        grads[1].addmm_(gradient.T.to(grads[1].dtype), part.to(grads[1].dtype))
    return total
