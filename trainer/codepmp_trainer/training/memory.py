"""
What a training needs of a GPU's memory at most, as an estimate. Where that is too much, layers compute a part of their
work a second time in place of keeping it.
"""

from functools import partial
from typing import Any

import torch
from torch import nn

from ..model.preference import PreferenceModel
from ..process.ranks import Ranks
from . import parallel
from .loss import CHUNK_BYTES

FP32, BF16 = 4, 2
USABLE = 0.85
"""Part of a GPU's memory that the estimate may fill: buffers of messages and gaps between tensors take the rest."""


def is_short(net: PreferenceModel, config: dict[str, Any], peers: Ranks) -> bool:
    """Whether the largest micro-batch of a configuration takes more than this rank's GPU has."""
    if peers.device.type != "cuda":
        return False
    tokens, ranks = 2 * config["micro_batch"] * config["max_length"], parallel.ranks_here(peers)
    needed = peak_bytes(net, tokens=tokens, ranks=ranks, lm=config["loss"]["lm"] > 0)
    return needed > USABLE * torch.cuda.get_device_properties(peers.device).total_memory


def peak_bytes(net: PreferenceModel, *, tokens: int, ranks: int, lm: bool, recomputed: bool = False) -> int:
    """
    Bytes at the peak of a step, between forward and backward pass, from the sizes of a model alone, whose weights may
    be on the meta device: a micro-batch of so many tokens, half of them labels, by ranks that divide the model. What is
    outside of layers is whole then; of the layers two are whole, and the gradient of one.
    """
    layer = parameters(net.model.layers[0])
    outside = parameters(net) - parameters(net.model.layers)
    state = 4 * FP32 * parameters(net) // ranks  # weights, gradients, two moments
    whole = 2 * layer * BF16 + layer * (BF16 + FP32) + 2 * outside * FP32
    vocabulary = net.vocabulary.numel() * (FP32 + BF16) if lm else 0
    logits = 2 * min(tokens // 2 * len(net.vocabulary) * FP32, 32 * CHUNK_BYTES) if lm else 0
    return state + whole + kept_bytes(net, tokens, recomputed=recomputed) + vocabulary + logits


def parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def kept_bytes(net: PreferenceModel, tokens: int, *, recomputed: bool) -> int:
    """Bytes that the layers keep for the backward pass, in bfloat16 and with norms in fp32."""
    config = net.model.config
    hidden, inner, heads = config.hidden_size, config.intermediate_size, config.num_attention_heads
    size = getattr(config, "head_dim", None) or hidden // heads
    queries, keys = heads * size, 2 * config.num_key_value_heads * size
    norms = 2 * hidden * (FP32 + BF16) + 2 * FP32
    layer = norms + BF16 * (2 * hidden + 5 * queries + 4 * inner) + FP32 * heads
    products = BF16 * (3 * hidden + 2 * queries + keys + 2 * inner) + FP32 * heads
    layers = config.num_hidden_layers
    return tokens * (layers * products + layer if recomputed else layers * layer)


def recompute(net: PreferenceModel) -> None:
    """
    From now on layers keep the results of matrix products and of attention alone, and compute norms, rotations and
    what else lies between a second time in the backward pass.
    """
    from torch.utils.checkpoint import checkpoint, create_selective_checkpoint_contexts

    settings = {"use_reentrant": False, "preserve_rng_state": False}
    contexts = partial(create_selective_checkpoint_contexts, costly_operations())
    for layer in net.model.layers:
        layer.forward = partial(checkpoint, layer.forward, context_fn=contexts, **settings)


def costly_operations() -> list[Any]:
    from torch.nn.attention import varlen

    aten = torch.ops.aten
    attentions = ("flash_attention", "efficient_attention", "cudnn_attention", "flash_attention_for_cpu")
    kernels = [getattr(aten, f"_scaled_dot_product_{name}").default for name in attentions]
    return [aten.mm.default, aten.addmm.default, *kernels, varlen._varlen_attn._opoverload]
