"""The loss: ranking term and language-model term, as sums that the caller divides by the global batch."""

from typing import Any

import torch
import torch.nn.functional as F


def rank_loss(scores: torch.Tensor) -> torch.Tensor:
    """Sum of −log σ(chosen − rejected) over pairs, in fp32; rows alternate chosen, rejected."""
    scores = scores.float()
    return -F.logsigmoid(scores[0::2] - scores[1::2]).sum()


def lm_loss(hidden: torch.Tensor, head: torch.Tensor, targets: torch.Tensor, *, chunk: int = 256) -> torch.Tensor:
    """
    Sum of the cross entropies of `targets` under `hidden @ head.T`, in fp32. Works through `chunk` rows at a time and
    forms the gradients on the way, so the logits of one chunk are all that ever exists.
    """
    loss: torch.Tensor = _ChunkedCrossEntropy.apply(hidden, head, targets, chunk)
    return loss


class _ChunkedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, head: torch.Tensor, targets: torch.Tensor, chunk: int) -> torch.Tensor:
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        hidden_grad = torch.empty_like(hidden)
        head_grad = torch.zeros_like(head)
        for first in range(0, len(targets), chunk):
            rows, wanted = hidden[first : first + chunk], targets[first : first + chunk]
            logits = (rows @ head.T).float()
            log_total = torch.logsumexp(logits, dim=-1)
            total += (log_total - logits.gather(1, wanted[:, None]).squeeze(1)).sum()
            gradient = logits.sub_(log_total[:, None]).exp_()
            gradient[torch.arange(len(wanted), device=wanted.device), wanted] -= 1
            gradient = gradient.to(hidden.dtype)
            hidden_grad[first : first + chunk] = gradient @ head
            head_grad.addmm_(gradient.T, rows)
        ctx.save_for_backward(hidden_grad, head_grad)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        hidden_grad, head_grad = ctx.saved_tensors
        return hidden_grad.mul_(grads[0]), head_grad.mul_(grads[0]), None, None
