"""
Attention within packed rows, for the models of transformers. They compute everything else on one line of tokens; only
here do tokens meet, each those before it in its own row.
"""

from typing import Any, cast

import torch
import torch.nn.functional as F

from .rows import Rows

NAME = "codepmp"
"""What `attn_implementation` of a model is set to."""
HALF = (torch.bfloat16, torch.float16)


def register() -> None:
    """Makes this attention known to transformers, which makes no mask for a name that it does not know."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)


def attend(
    _module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    _mask: None,
    *,
    rows: Rows,
    scaling: float,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """
    [1, heads, tokens, size] in, [1, tokens, heads, size] out. There is no dropout. On a GPU, in half precision, rows of
    any length go side by side through one kernel; it knows no capped logits. Elsewhere the line is laid out as a grid
    of rows, where padding is at the end: no token looks there, so the causal mask is enough.
    """
    if query.is_cuda and query.dtype in HALF and softcap is None:
        return side_by_side(query, key, value, rows, scaling=scaling, window=sliding_window), None
    repeats = query.shape[1] // key.shape[1]
    if repeats > 1:
        key, value = key.repeat_interleave(repeats, dim=1), value.repeat_interleave(repeats, dim=1)
    query, key, value = on_grid(query, rows), on_grid(key, rows), on_grid(value, rows)
    window = sliding_window if sliding_window is not None and sliding_window < rows.length else None
    if softcap is not None:
        mixed = capped(query, key, value, seen(rows, window), scaling=scaling, softcap=softcap)
    elif window is not None:
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=seen(rows, window), scale=scaling)
    else:
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True, scale=scaling)
    line = mixed.transpose(1, 2).flatten(0, 1).index_select(0, rows.place)
    return line[None], None


def side_by_side(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, rows: Rows, *, scaling: float, window: int | None
) -> torch.Tensor:
    """Attention without padding. What the line has of a row alone asks; the whole row, which it ends, answers."""
    from torch.nn.attention.varlen import varlen_attn  # brings the compiler along, which takes seconds to load

    asking, *answering = (tokens[0].transpose(0, 1) for tokens in (query, key, value))
    keys, values = (tokens.index_select(0, rows.whole) for tokens in answering)
    before = -1 if window is None else window - 1
    ends, longest = (rows.own_ends, rows.ends), (rows.longest_own, rows.length)
    line = varlen_attn(asking, keys, values, *ends, *longest, scale=scaling, window_size=(before, 0), enable_gqa=True)
    return cast(torch.Tensor, line)[None]


def on_grid(tokens: torch.Tensor, rows: Rows) -> torch.Tensor:
    """[1, heads, tokens, size] as [rows, heads, length, size]."""
    line = tokens[0].transpose(0, 1)
    return line.index_select(0, rows.source.flatten()).unflatten(0, rows.source.shape).transpose(1, 2)


def seen(rows: Rows, window: int | None) -> torch.Tensor:
    """Whether a token (row of the mask) sees another: those before it, of a window the last ones, itself included."""
    places = torch.arange(rows.length, device=rows.source.device)
    distance = places[:, None] - places[None]
    return (distance >= 0) & (distance < (window or rows.length))


def capped(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor, *, scaling: float, softcap: float
) -> torch.Tensor:
    """Attention whose logits are held within ±`softcap` (Gemma 2)."""
    logits = softcap * torch.tanh(query @ key.transpose(2, 3) * scaling / softcap)
    weights = logits.masked_fill(~mask, -torch.inf).softmax(-1, dtype=torch.promote_types(query.dtype, torch.float32))
    return weights.to(query.dtype) @ value
