"""The order in which pairs are shown, and the shares of ranks."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch


class Order:
    """
    The sequence of presentations: epoch after epoch, each a permutation drawn from (seed, epoch) alone, cut at the
    number of presentations. Any position is found without playing the ones before it.
    """

    def __init__(self, *, rows: int, presentations: int, batch_size: int, seed: int) -> None:
        self.rows, self.presentations, self.batch_size, self.seed = rows, presentations, batch_size, seed
        self.steps = -(-presentations // batch_size)
        self._epoch, self._permutation = -1, torch.zeros(0)

    def batch(self, step: int) -> list[int]:
        """Row numbers of the global batch of a step (from 0)."""
        first = step * self.batch_size
        return [self._at(place) for place in range(first, min(first + self.batch_size, self.presentations))]

    def _at(self, place: int) -> int:
        epoch, offset = divmod(place, self.rows)
        if epoch != self._epoch:
            generator = torch.Generator().manual_seed((self.seed * 1_000_003 + epoch) % (1 << 63))
            self._permutation = torch.randperm(self.rows, generator=generator)
            self._epoch = epoch
        return int(self._permutation[offset])


def share(items: Sequence[Any], rank: int, world: int) -> Sequence[Any]:
    """A rank's contiguous part; parts differ by one item at most."""
    return items[len(items) * rank // world : len(items) * (rank + 1) // world]


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]
