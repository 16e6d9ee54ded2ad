"""The library's AdamW, set up for a preference model."""

import torch
from torch import nn

BETAS = (0.9, 0.95)
MOMENTS = ("step", "exp_avg", "exp_avg_sq")


class Optimizer(torch.optim.AdamW):
    """
    `lr` for all but the score head, which has `head_lr`; weight decay on matrices only, not on norms and biases. Build
    it when the model is on its device: gradients and moments are there from the start, so that they can be summed over
    ranks and restored in place.
    """

    def __init__(self, model: nn.Module, *, lr: float, head_lr: float, weight_decay: float) -> None:
        self.named = dict(model.named_parameters())
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        for name, parameter in self.named.items():
            rate, decay = head_lr if name.startswith("score.") else lr, weight_decay if parameter.dim() > 1 else 0.0
            groups.setdefault((rate, decay), []).append(parameter)
        super().__init__(
            [{"params": params, "peak_lr": rate, "weight_decay": decay} for (rate, decay), params in groups.items()],
            betas=BETAS,
            fused=True,
        )
        for parameter in self.named.values():
            parameter.grad = torch.zeros_like(parameter)
            step = torch.zeros((), device=parameter.device)
            moments = (torch.zeros_like(parameter, requires_grad=False) for _ in range(2))
            self.state[parameter] = dict(zip(MOMENTS, (step, *moments), strict=True))

    def update(self, factor: float) -> None:
        """One step with learning rates scaled by the schedule's factor."""
        for group in self.param_groups:
            group["lr"] = group["peak_lr"] * factor
        self.step()

    def tensors(self) -> dict[str, torch.Tensor]:
        """All that a training is continued from, by name; what is written into them changes the training."""
        found = {f"weights.{name}": parameter.detach() for name, parameter in self.named.items()}
        for name, parameter in self.named.items():
            found.update({f"{key}.{name}": self.state[parameter][key] for key in MOMENTS})
        return found
