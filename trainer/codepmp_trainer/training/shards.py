"""
Tensors of which each rank holds some rows: written and read as files of safetensors, also by another number of ranks.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from ..process.files import fsync_file
from ..process.ranks import Ranks

Tensors = dict[str, torch.Tensor]


def local(tensor: torch.Tensor) -> torch.Tensor:
    """The rows of a tensor that this rank holds; what is written into them changes the tensor."""
    return tensor.to_local() if hasattr(tensor, "to_local") else tensor


def whole(tensor: torch.Tensor) -> torch.Tensor:
    """All rows of a tensor, for which all ranks must call this."""
    return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor


def first_row(tensor: torch.Tensor) -> int | None:
    """Number of this rank's first row; None for a tensor that every rank holds whole."""
    if not hasattr(tensor, "to_local"):
        return None
    from torch.distributed.tensor._utils import compute_local_shape_and_global_offset

    _, offset = compute_local_shape_and_global_offset(tensor.shape, tensor.device_mesh, tensor.placements)
    return int(offset[0])


def first_rows(tensors: Tensors) -> dict[str, int]:
    found = {name: first_row(tensor) for name, tensor in tensors.items()}
    return {name: row for name, row in found.items() if row is not None}


def own_parts(tensors: Tensors) -> Tensors:
    """What this rank writes: its rows, unless the same rows are written by a rank of another node."""
    return {name: local(tensor) for name, tensor in tensors.items() if is_original(tensor)}


def is_original(tensor: torch.Tensor) -> bool:
    """Whether this rank belongs to the first of the groups that hold a tensor."""
    mesh = getattr(tensor, "device_mesh", None)
    coordinate = mesh.get_coordinate() if mesh is not None else None
    return coordinate is None or all(place == 0 for place in coordinate[:-1])


def write(path: Path, tensors: Tensors, rows: dict[str, int]) -> None:
    """Writes tensors that are whole, or begin with the row that `rows` names; flushed to the disk."""
    from safetensors.torch import save_file

    save_file(tensors, path, metadata={"first_rows": json.dumps(rows)})
    fsync_file(path)


def read(paths: Sequence[Path], tensors: Tensors) -> dict[str, str]:
    """Fills this rank's rows of `tensors` from files that together hold all rows; returns the first file's metadata."""
    from safetensors import safe_open

    open_files = [safe_open(path, framework="pt") for path in paths]
    about = [file.metadata() or {} for file in open_files]
    places = [json.loads(each.get("first_rows", "{}")) for each in about]
    names = [set(file.keys()) for file in open_files]
    for name, tensor in tensors.items():
        held, wanted = local(tensor), first_row(tensor) or 0
        for file, place, has in zip(open_files, places, names, strict=True):
            if name in has:
                fill(held, wanted, file.get_slice(name), place.get(name, 0))
    return about[0]


def fill(held: torch.Tensor, wanted: int, stored: Any, begins: int) -> None:
    """Copies the rows that the tensor in memory, from row `wanted` on, and the stored one, from `begins` on, share."""
    shape = stored.get_shape()
    if not shape:
        held.copy_(stored[...])
        return
    first, last = max(wanted, begins), min(wanted + len(held), begins + shape[0])
    if first < last:
        held[first - wanted : last - wanted].copy_(stored[first - begins : last - begins])


def gathered(tensors: Tensors, peers: Ranks) -> Tensors:
    """Whole tensors in memory of the processor, on the first rank; nothing on the others."""
    found = {}
    for name, tensor in tensors.items():
        one = whole(tensor.detach())
        if peers.first:
            found[name] = one.cpu().contiguous()
    return found
