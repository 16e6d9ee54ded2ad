"""
Decoder of the Llama family (Llama, Qwen2, Mistral without sliding window) on unpadded rows. Parameter names are those
of transformers, so weights load and save as they are. It exists because it starts in a third of the time of the
library's model and computes nothing for padding; the tests hold it equal to the library's.
"""

import json
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from .rows import Rows

FAMILIES = {"llama": "Llama", "qwen2": "Qwen2", "mistral": "Mistral"}
ABSENT = ("mlp_bias", "use_sliding_window", "attention_dropout")

Rotation = tuple[torch.Tensor, torch.Tensor]


def refusal(config: dict[str, Any]) -> str | None:
    """The first setting of a `config.json` that this decoder does not compute; None where it computes the model."""
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    rope_type = rope.get("rope_type", rope.get("type", "default"))
    family, window = config.get("model_type"), config.get("sliding_window")
    activation = config.get("hidden_act", "silu")
    settings = [
        ("model_type", family, family in FAMILIES),
        ("rope_type", rope_type, rope_type == "default"),
        ("hidden_act", activation, activation == "silu"),
        ("sliding_window", window, family != "mistral" or window is None),
        *((name, config.get(name), not config.get(name)) for name in ABSENT),
    ]
    for name, value, is_taken in settings:
        if not is_taken:
            return f"{name} {value if isinstance(value, str) else json.dumps(value)}"
    return None


class Linear(nn.Module):
    """A linear map whose weights are always loaded: it draws none (drawing them imports the compiler on `meta`)."""

    def __init__(self, inputs: int, outputs: int, *, bias: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.empty(outputs)) if bias else None

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return F.linear(values, self.weight, self.bias)


class Embedding(nn.Module):
    """Its gradient is sparse: a dense one of a whole vocabulary costs more than two layers of a small model."""

    def __init__(self, count: int, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(count, size))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return F.embedding(ids, self.weight, sparse=True)


class Decoder(nn.Module):
    """Hidden states after the last norm, of the tokens `wanted` only: others are left behind after the last mixing."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        size = config["hidden_size"]
        rope = config.get("rope_parameters") or {}
        self.theta = float(rope.get("rope_theta") or config.get("rope_theta") or 10_000.0)
        self.head_size = config.get("head_dim") or size // config["num_attention_heads"]
        self.embed_tokens = Embedding(config["vocab_size"], size)
        self.layers = nn.ModuleList(Layer(config, self.head_size) for _ in range(config["num_hidden_layers"]))
        self.norm = Norm(size, config.get("rms_norm_eps", 1e-6))

    def forward(self, rows: Rows, wanted: torch.Tensor) -> torch.Tensor:
        hidden = self.embed_tokens(rows.ids)
        rotation = rotary(rows.positions, self.head_size, self.theta)
        last = len(self.layers) - 1
        for index, layer in enumerate(self.layers):
            hidden = layer(hidden, rotation, rows, wanted if index == last else None)
        normed: torch.Tensor = self.norm(hidden)
        return normed


class Layer(nn.Module):
    def __init__(self, config: dict[str, Any], head_size: int) -> None:
        super().__init__()
        size, epsilon = config["hidden_size"], config.get("rms_norm_eps", 1e-6)
        self.input_layernorm = Norm(size, epsilon)
        self.self_attn = Attention(config, head_size)
        self.post_attention_layernorm = Norm(size, epsilon)
        self.mlp = FeedForward(size, config["intermediate_size"])

    def forward(
        self, hidden: torch.Tensor, rotation: Rotation, rows: Rows, wanted: torch.Tensor | None
    ) -> torch.Tensor:
        mixed = self.self_attn(self.input_layernorm(hidden), rotation, rows)
        if wanted is not None:
            mixed, hidden = mixed.index_select(0, wanted), hidden.index_select(0, wanted)
        hidden = hidden + self.self_attn.o_proj(mixed)
        return hidden + self.mlp(self.post_attention_layernorm(hidden))


class Attention(nn.Module):
    def __init__(self, config: dict[str, Any], head_size: int) -> None:
        super().__init__()
        size, self.head_size = config["hidden_size"], head_size
        self.heads = config["num_attention_heads"]
        self.shared_heads = config.get("num_key_value_heads") or self.heads
        qwen = config["model_type"] == "qwen2"
        bias = qwen or bool(config.get("attention_bias"))
        self.q_proj = Linear(size, self.heads * head_size, bias=bias)
        self.k_proj = Linear(size, self.shared_heads * head_size, bias=bias)
        self.v_proj = Linear(size, self.shared_heads * head_size, bias=bias)
        self.o_proj = Linear(self.heads * head_size, size, bias=bias and not qwen)

    def forward(self, hidden: torch.Tensor, rotation: Rotation, rows: Rows) -> torch.Tensor:
        """The mixed values of all heads, before `o_proj`."""
        query = rotate(self.q_proj(hidden).view(-1, self.heads, self.head_size), rotation)
        key = rotate(self.k_proj(hidden).view(-1, self.shared_heads, self.head_size), rotation)
        value = self.v_proj(hidden).view(-1, self.shared_heads, self.head_size)
        shared = self.heads // self.shared_heads
        if shared > 1:
            key, value = key.repeat_interleave(shared, dim=1), value.repeat_interleave(shared, dim=1)
        return attend(query, key, value, rows).flatten(1)


class FeedForward(nn.Module):
    def __init__(self, size: int, inner: int) -> None:
        super().__init__()
        self.gate_proj = Linear(size, inner)
        self.up_proj = Linear(size, inner)
        self.down_proj = Linear(inner, size)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.down_proj(F.silu(self.gate_proj(hidden)) * self.up_proj(hidden))
        return out


class Norm(nn.Module):
    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(hidden, self.weight.shape, self.weight, self.epsilon)


def attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, rows: Rows) -> torch.Tensor:
    """
    Causal attention within each row, [tokens, heads, size] in and out. Padding sits at the end of a row, where no real
    token looks, so the causal mask is the only one.
    """
    mixed = F.scaled_dot_product_attention(
        on_grid(query, rows), on_grid(key, rows), on_grid(value, rows), is_causal=True
    )
    return mixed.transpose(1, 2).reshape(rows.count * rows.length, *query.shape[1:]).index_select(0, rows.place)


def on_grid(tokens: torch.Tensor, rows: Rows) -> torch.Tensor:
    grid = tokens.new_zeros(rows.count * rows.length, *tokens.shape[1:]).index_copy(0, rows.place, tokens)
    return grid.view(rows.count, rows.length, *tokens.shape[1:]).transpose(1, 2)


def rotary(positions: torch.Tensor, head_size: int, theta: float) -> Rotation:
    halves = torch.arange(0, head_size, 2, dtype=torch.int64, device=positions.device).float() / head_size
    angles = positions.float()[:, None] * (1.0 / theta**halves)[None]
    both = torch.cat([angles, angles], dim=-1)[:, None]
    return both.cos(), both.sin()


def rotate(tokens: torch.Tensor, rotation: Rotation) -> torch.Tensor:
    cosines, sines = rotation
    first, second = tokens.chunk(2, dim=-1)
    return tokens * cosines + torch.cat([-second, first], dim=-1) * sines
