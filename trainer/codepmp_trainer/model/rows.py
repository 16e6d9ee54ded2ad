"""Rows of tokens packed for one forward pass, and the labels in them."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from .tokens import Encoded

WORTH_SHARING = 0.1
"""Part of a mean row below which a common beginning is computed for each row: gathering it would cost as much."""


@dataclass
class Rows:
    """
    Rows of one forward pass as a line of tokens, without padding: `ids[t]` and `positions[t]`. What the rows of a group
    have in common at their beginning is in the line once. `source[r, p]` is the place in the line of token p of row r
    (0 in the padding behind a row), and `place[t]` a place of token t in this grid, flattened. `score[r]` is the token
    of the line that is scored for row r.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    source: torch.Tensor
    place: torch.Tensor
    score: torch.Tensor

    @property
    def length(self) -> int:
        """Tokens of the longest row."""
        return self.source.shape[1]

    def to(self, device: torch.device) -> "Rows":
        return Rows(**{field.name: getattr(self, field.name).to(device) for field in dataclasses.fields(self)})


def pack(groups: Sequence[Sequence[Encoded]]) -> Rows:
    """Rows in groups of which each begins alike, as the answers to one prompt do."""
    rows = [row for group in groups for row in group]
    length = max(len(row.ids) for row in rows)
    source = torch.zeros(len(rows), length, dtype=torch.long)
    ids: list[int] = []
    positions, place = [], []
    index = 0
    for group in groups:
        shared, first = shared_tokens(group), len(ids)
        for number, row in enumerate(group):
            skipped = shared if number else 0
            own = torch.arange(skipped, len(row.ids))
            source[index, :skipped] = torch.arange(first, first + skipped)
            source[index, skipped : len(row.ids)] = own - skipped + len(ids)
            ids.extend(row.ids[skipped:])
            positions.append(own)
            place.append(index * length + own)
            index += 1
    score = source[torch.arange(len(rows)), torch.tensor([row.score for row in rows])]
    return Rows(torch.tensor(ids), torch.cat(positions), source, torch.cat(place), score)


def shared_tokens(group: Sequence[Encoded]) -> int:
    """Tokens at the beginning that are computed once for all rows of a group."""
    if len(group) < 2:
        return 0
    ids = [row.ids for row in group]
    first, last = min(ids), max(ids)  # in the order of a dictionary: all others begin as these two do
    differing = (place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    common = next(differing, min(len(first), len(last)))
    return common if common * len(group) >= WORTH_SHARING * sum(len(row.ids) for row in group) else 0


def label_count(row: Encoded) -> int:
    """Response tokens that have a token before them to be predicted from."""
    return max(0, row.end - max(row.start, 1))


def labels(packed: Rows, rows: Sequence[Encoded], chosen: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Places in the line that predict the response tokens of the chosen rows, and these tokens."""
    where = [torch.zeros(0, dtype=torch.long)]
    targets: list[int] = []
    for index in chosen:
        row = rows[index]
        first = max(row.start, 1)
        where.append(packed.source[index, first - 1 : max(row.end, first) - 1])
        targets.extend(row.ids[first : row.end])
    return torch.cat(where), torch.tensor(targets, dtype=torch.long)
