"""What a training minimises, as a module: the tensors that ranks divide are whole only while it computes."""

from collections.abc import Sequence

import torch
from torch import nn

from ..model.preference import PreferenceModel
from ..model.rows import labels, pack
from ..model.tokens import Encoded
from .loss import lm_loss, rank_loss

NOTHING = Encoded([0], 1, 1, False)
"""A row that stands in where a rank has fewer pairs than others: it is computed and weighs nothing."""


class Objective(nn.Module):
    """The losses of a micro-batch, with a model in it."""

    def __init__(self, net: PreferenceModel, settings: dict[str, float], compute: torch.dtype) -> None:
        super().__init__()
        self.net, self.settings, self.compute = net, settings, compute
        self.recompute = False
        """Whether layers compute a part of their work twice, which takes less memory."""

    def forward(
        self, pairs: Sequence[tuple[Encoded, Encoded]], *, shown: int, lm_tokens: int, device: torch.device
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """
        The loss of these pairs as their share of a global batch of `shown` pairs and `lm_tokens` labels, and the sums
        of its three terms and of the pairs in order. No pairs have a loss of 0, for which all is computed nevertheless.
        """
        given = pairs or [(NOTHING, NOTHING)]
        rows = [row for pair in given for row in pair]
        packed = pack(given)
        settings = self.settings
        where, targets = labels(packed, rows, range(0, len(rows), 2) if settings["lm"] > 0 else ())
        scores, hidden = self.net(packed.to(device), torch.cat([packed.score, where]).to(device))
        asked, answered = hidden[: len(rows)], hidden[len(rows) :]
        weight = 1.0 if pairs else 0.0
        ranking = weight * rank_loss(scores, margin=settings["margin"], center=settings["center"])
        language = verdicts = torch.zeros_like(ranking)
        if settings["lm"] > 0:
            language = self.entropy(answered.to(self.compute), targets)
        if self.net.verdict:
            verdicts = weight * self.entropy(asked.float(), torch.tensor(self.net.verdict * len(given)))
        loss = settings["rank"] * ranking / max(shown, 1) + settings["lm"] * language / max(lm_tokens, 1)
        loss = loss + settings["verdict"] * verdicts / max(2 * shown, 1)
        correct = weight * (scores[0::2] > scores[1::2]).sum()
        return loss, torch.stack([ranking.detach(), language.detach(), verdicts.detach(), correct]).double()

    def entropy(self, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return lm_loss(hidden, self.net.vocabulary, targets.to(hidden.device), softcap=self.net.softcap)
