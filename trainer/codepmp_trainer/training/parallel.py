"""
How a model is divided among ranks. On GPUs each rank holds a part of every tensor, within its node; nodes hold copies.
On CPUs each rank holds the whole model, and gradients are added up after the last micro-batch.
"""

import os
from typing import Any

import torch
import torch.distributed as dist
from torch import nn

from ..process.ranks import Ranks


def is_sharded(peers: Ranks) -> bool:
    """Whether tensors are divided among the ranks."""
    return peers.device.type == "cuda"


def compute_type(peers: Ranks) -> torch.dtype:
    """What layers compute in. Weights, moments, both heads and the losses are fp32 in any case."""
    return torch.bfloat16 if peers.device.type == "cuda" else torch.float32


def divide(objective: nn.Module, peers: Ranks) -> None:
    """
    Divides the parameters of an objective among the ranks: of each layer together, the score head alone, and the rest.
    Layers are computed in the compute type; gradients are added up in fp32, while the backward pass goes on.
    """
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    if not dist.is_initialized():  # one process without torchrun
        dist.init_process_group(store=dist.HashStore(), rank=0, world_size=1)
    mesh: Any = mesh_of(peers)
    net: Any = objective.net
    net.model.get_input_embeddings().sparse = False
    compute = compute_type(peers)
    for layer in net.model.layers:
        policy = MixedPrecisionPolicy(param_dtype=compute, reduce_dtype=torch.float32)
        fully_shard(layer, mesh=mesh, mp_policy=policy)
    whole = MixedPrecisionPolicy(reduce_dtype=torch.float32)
    fully_shard(net.score, mesh=mesh, mp_policy=whole)
    fully_shard(objective, mesh=mesh, mp_policy=whole)


def ranks_here(peers: Ranks) -> int:
    """Ranks of this node, among which a model is divided."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", peers.world))


def mesh_of(peers: Ranks) -> Any:
    """All ranks, by node where there are several: parts within a node, copies between them."""
    from torch.distributed.device_mesh import init_device_mesh

    here = ranks_here(peers)
    if here == peers.world:
        return init_device_mesh(peers.device.type, (peers.world,), mesh_dim_names=("shard",))
    shape = (peers.world // here, here)
    return init_device_mesh(peers.device.type, shape, mesh_dim_names=("copy", "shard"))
