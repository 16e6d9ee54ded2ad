"""Attention by the kernel of GPUs, which is there only, and its indices everywhere."""

import pytest
import torch
import torch.nn.functional as F

from codepmp_trainer.model import attention
from codepmp_trainer.model.rows import Rows, pack
from codepmp_trainer.model.tokens import Encoded

PROMPT = list(range(40, 60))
GROUPS = [
    [Encoded([*PROMPT, *own], 20, 20 + len(own), False) for own in ([5, 6, 7, 8, 9, 2], [5, 6, 11, 2], [3])],
    [Encoded([7, 8, 9, 10], 1, 4, False), Encoded([7, 8, 9, 10, 11, 12], 1, 6, False)],
    [Encoded([9], 0, 1, False)],
]
HEADS, GROUPED, SIZE = 4, 2, 16


def line_of(rows: Rows, device: str, dtype: torch.dtype) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    shapes = [(1, heads, len(rows.ids), SIZE) for heads in (HEADS, GROUPED, GROUPED)]
    return [torch.randn(shape, generator=generator, dtype=dtype).to(device).requires_grad_() for shape in shapes]


def by_definition(query, key, value, ends_q, ends_k, *_, scale, window_size, enable_gqa):
    """What the kernel of GPUs computes, row by row: the last query sees up to the last key."""
    assert enable_gqa
    rows = []
    for first_q, last_q, first_k, last_k in zip(ends_q, ends_q[1:], ends_k, ends_k[1:], strict=False):
        asks, keys = last_q - first_q, last_k - first_k
        distance = torch.arange(keys - asks, keys)[:, None] - torch.arange(keys)[None]
        mask = (distance >= 0) & ((window_size[0] < 0) | (distance <= window_size[0]))
        parts = query[first_q:last_q], key[first_k:last_k], value[first_k:last_k]
        mixed = F.scaled_dot_product_attention(
            *(part.transpose(0, 1) for part in parts), attn_mask=mask, scale=scale, enable_gqa=True
        )
        rows.append(mixed.transpose(0, 1))
    return torch.cat(rows)


@pytest.mark.parametrize("window", [None, 8])
@pytest.mark.parametrize("groups", [GROUPS, [[row] for group in GROUPS for row in group]], ids=["shared", "plain"])
def test_rows_side_by_side_are_what_they_are_on_a_grid(monkeypatch, groups, window):
    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", by_definition)
    rows = pack(groups)
    tensors = line_of(rows, "cpu", torch.float64)
    expected, _ = attention.attend(None, *tensors, None, rows=rows, scaling=0.3, sliding_window=window)
    found = attention.side_by_side(*tensors, rows, scaling=0.3, window=window)
    assert torch.allclose(found, expected, atol=1e-12)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
@pytest.mark.parametrize("window", [None, 8])
def test_the_kernel_of_gpus_gives_what_the_grid_does_and_its_gradients(window):
    rows = pack(GROUPS).to(torch.device("cuda"))
    half, whole = (line_of(rows, "cuda", torch.bfloat16) for _ in range(2))
    found, _ = attention.attend(None, *half, None, rows=rows, scaling=0.3, sliding_window=window)
    wide = [tensor.float() for tensor in whole]
    expected, _ = attention.attend(None, *wide, None, rows=rows, scaling=0.3, sliding_window=window)
    assert (found - expected).norm() < 8e-3 * expected.norm()
    found.float().square().sum().backward()
    expected.square().sum().backward()
    for ours, theirs in zip(half, whole, strict=True):
        assert (ours.grad - theirs.grad).norm() < 2e-2 * theirs.grad.norm()
