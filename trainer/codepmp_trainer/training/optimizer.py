"""
AdamW over a few flat buffers: the parameters are views into them, so a step is one fused kernel a group, the sum over
ranks one call, and a checkpoint three long writes. (torch.optim would import the compiler: about 4 s a process.)
"""

from dataclasses import dataclass, field

import torch
from torch import nn

BETAS = (0.9, 0.95)
EPSILON = 1e-8
ALIGN = 16


@dataclass
class Group:
    """Parameters with one learning rate and one weight decay."""

    name: str
    lr: float
    weight_decay: float
    weights: torch.Tensor
    grads: torch.Tensor = field(init=False)
    mean: torch.Tensor = field(init=False)
    square: torch.Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.grads, self.mean, self.square = (torch.zeros_like(self.weights) for _ in range(3))


class Optimizer:
    """
    `lr` for all but the score head, which has `head_lr`; weight decay on matrices only, not on norms and biases. Build
    it when the model is on its device; from then on gradients add up in its buffers until `zero`.
    """

    def __init__(self, model: nn.Module, *, lr: float, head_lr: float, weight_decay: float) -> None:
        self.done = 0
        sorted_out: dict[str, list[nn.Parameter]] = {"matrices": [], "vectors": [], "head": []}
        for name, parameter in model.named_parameters():
            kind = "head" if name.startswith("score.") else "matrices" if parameter.dim() > 1 else "vectors"
            sorted_out[kind].append(parameter)
        rates = {"matrices": (lr, weight_decay), "vectors": (lr, 0.0), "head": (head_lr, weight_decay)}
        self.groups = [flatten(name, *rates[name], parameters) for name, parameters in sorted_out.items() if parameters]

    def zero(self) -> None:
        for group in self.groups:
            group.grads.zero_()

    def clip(self, most: float) -> float:
        """Scales the gradient to a norm of at most `most`; returns the norm before."""
        norms = [torch.linalg.vector_norm(group.grads) for group in self.groups]
        norm = float(torch.linalg.vector_norm(torch.stack(norms)))
        if norm > most:
            for group in self.groups:
                group.grads.mul_(most / (norm + 1e-6))
        return norm

    def step(self, factor: float) -> None:
        """One update with learning rates scaled by the schedule's factor."""
        self.done += 1
        for group in self.groups:
            torch._fused_adamw_(
                [group.weights],
                [group.grads],
                [group.mean],
                [group.square],
                [],
                [torch.tensor(float(self.done), device=group.weights.device)],
                lr=group.lr * factor,
                beta1=BETAS[0],
                beta2=BETAS[1],
                weight_decay=group.weight_decay,
                eps=EPSILON,
                amsgrad=False,
                maximize=False,
            )

    def state(self) -> dict[str, torch.Tensor]:
        """All that a checkpoint must hold, the weights included."""
        kinds = ("weights", "mean", "square")
        return {f"{kind}-{group.name}": getattr(group, kind) for group in self.groups for kind in kinds}


def flatten(name: str, lr: float, weight_decay: float, parameters: list[nn.Parameter]) -> Group:
    """Moves parameters and their gradients into one buffer each, aligned to cache lines."""
    places, total = [], 0
    for parameter in parameters:
        places.append(total)
        total += -(-parameter.numel() // ALIGN) * ALIGN
    group = Group(name, lr, weight_decay, parameters[0].detach().new_zeros(total))
    for parameter, place in zip(parameters, places, strict=True):
        view = group.weights[place : place + parameter.numel()].view_as(parameter)
        view.copy_(parameter.detach())
        parameter.data = view
        parameter.grad = group.grads[place : place + parameter.numel()].view_as(parameter)
    return group
