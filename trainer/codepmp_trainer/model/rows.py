"""Rows of tokens packed for one forward pass, and the labels in them."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from .tokens import Encoded


@dataclass
class Rows:
    """
    Rows of one forward pass, without padding: `ids[t]` and `positions[t]` for all tokens in a line. `place[t]` is a
    token's place in the padded grid [count × length] that attention works on. `score[r]` is the token scored for row r.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    place: torch.Tensor
    score: torch.Tensor
    count: int
    length: int

    def to(self, device: torch.device) -> "Rows":
        tensors = {name: getattr(self, name).to(device) for name in ("ids", "positions", "place", "score")}
        return dataclasses.replace(self, **tensors)


def pack(rows: Sequence[Encoded]) -> Rows:
    lengths = [len(row.ids) for row in rows]
    longest = max(lengths)
    ids = torch.tensor([token for row in rows for token in row.ids])
    positions = torch.cat([torch.arange(length) for length in lengths])
    place = torch.cat([index * longest + torch.arange(length) for index, length in enumerate(lengths)])
    starts = starts_of(rows)
    score = torch.tensor([start + row.score for start, row in zip(starts, rows, strict=True)])
    return Rows(ids, positions, place, score, len(rows), longest)


def starts_of(rows: Sequence[Encoded]) -> list[int]:
    starts, total = [], 0
    for row in rows:
        starts.append(total)
        total += len(row.ids)
    return starts


def label_count(row: Encoded) -> int:
    """Response tokens that have a token before them to be predicted from."""
    return row.end - max(row.start, 1)


def labels(rows: Sequence[Encoded], chosen: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Positions (in the line of tokens) that predict the response tokens of the chosen rows, and these tokens."""
    starts = starts_of(rows)
    where: list[int] = []
    targets: list[int] = []
    for index in chosen:
        row = rows[index]
        first = max(row.start, 1)
        where.extend(range(starts[index] + first - 1, starts[index] + row.end - 1))
        targets.extend(row.ids[first : row.end])
    return torch.tensor(where, dtype=torch.long), torch.tensor(targets, dtype=torch.long)
