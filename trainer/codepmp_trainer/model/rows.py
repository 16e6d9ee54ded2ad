"""Rows of tokens packed for one forward pass, and the labels in them."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

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

    The same without padding, for attention that needs none: `whole` has the places of all tokens of the rows, one row
    behind the other, and `ends[r]` where row r begins there and `ends[r + 1]` where it ends. The tokens that the line
    has of row r alone, its last ones, are from `own_ends[r]` to `own_ends[r + 1]`, at most `longest_own`.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    source: torch.Tensor
    place: torch.Tensor
    score: torch.Tensor
    whole: torch.Tensor
    ends: torch.Tensor
    own_ends: torch.Tensor
    longest_own: int

    @property
    def length(self) -> int:
        """Tokens of the longest row."""
        return self.source.shape[1]

    def to(self, device: torch.device) -> "Rows":
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return Rows(**{name: value if isinstance(value, int) else value.to(device) for name, value in values.items()})


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
    lengths, owned = [len(row.ids) for row in rows], [len(own) for own in positions]
    whole = torch.cat([line[:size] for line, size in zip(source, lengths, strict=True)])
    line = torch.tensor(ids), torch.cat(positions), source, torch.cat(place), score
    return Rows(*line, whole, ends_of(lengths), ends_of(owned), max(owned))


def ends_of(lengths: Sequence[int]) -> torch.Tensor:
    """Where parts of these lengths end that are one behind the other, and before them 0."""
    return torch.tensor([0, *accumulate(lengths)], dtype=torch.int32)


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
