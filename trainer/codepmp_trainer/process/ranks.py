"""The processes that train one model together."""

import contextlib
import ctypes
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist

from .failures import Invalid


@dataclass(frozen=True)
class Ranks:
    """This process among its peers; alone it is rank 0 of 1."""

    rank: int
    world: int
    device: torch.device

    @property
    def first(self) -> bool:
        return self.rank == 0

    def sum(self, tensor: torch.Tensor) -> torch.Tensor:
        """Adds up a tensor over all ranks, in place."""
        if self.world > 1:
            dist.all_reduce(tensor)
        return tensor

    def sum_each(self, tensors: Iterable[torch.Tensor]) -> None:
        """Adds up each tensor over all ranks, in place, several at once."""
        if self.world > 1:
            for work in [dist.all_reduce(tensor, async_op=True) for tensor in tensors]:
                work.wait()

    def wait(self) -> None:
        """Until every rank has come here."""
        if self.world > 1:
            self.sum(torch.zeros(1, device=self.device))

    def all(self, holds: bool) -> bool:
        """Whether something holds on every rank."""
        return int(self.sum(torch.tensor(int(not holds), device=self.device))) == 0

    def agree(self, claims: dict[str, Any]) -> None:
        """Makes sure that all ranks have the same to say; `Invalid` names what the first two differ in."""
        everyone: list[Any] = [claims] * self.world
        if self.world > 1:
            dist.all_gather_object(everyone, claims)
        for rank, theirs in enumerate(everyone):
            for name, value in everyone[0].items():
                if theirs[name] != value:
                    raise Invalid(
                        f"ranks differ in {name}: rank 0 has {value}, rank {rank} has {theirs[name]}: give all nodes "
                        "the same files, in folders that they share"
                    )

    def gather(self, tensor: torch.Tensor) -> list[torch.Tensor]:
        """The tensors of all ranks, by rank."""
        if self.world == 1:
            return [tensor]
        parts = [torch.empty_like(tensor, device=self.device) for _ in range(self.world)]
        dist.all_gather(parts, tensor.to(self.device))
        return [part.cpu() for part in parts]


def join() -> Ranks:
    """Joins the group that torchrun made, by NCCL on GPUs and gloo on CPUs; without torchrun stays alone."""
    keep_memory()
    world, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Ranks(rank, world, device)


def keep_memory() -> None:
    """
    Tells glibc to keep freed memory: by default every large tensor is mapped and unmapped anew, which costs a fifth of
    a training step in page faults on a CPU.
    """
    trim_threshold, mmap_threshold = -1, -3
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(mmap_threshold, 1 << 30)
        libc.mallopt(trim_threshold, (1 << 31) - 1)


def leave(ranks: Ranks) -> None:
    if ranks.world > 1:
        dist.destroy_process_group()
