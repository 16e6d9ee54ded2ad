"""The trainer on a GPU, beside TRL's: tokens a second, the part of the GPU's peak that is used, and memory."""

import gc
import statistics
import sys
import tempfile
from pathlib import Path

import torch
import transformers
import trl
from inputs import Pair, make_model, make_pairs
from trainers import Measured, Work, our_step, their_steps

from codepmp_trainer.model import attention
from codepmp_trainer.model.rows import pack

QWEN2 = {"width": 1536, "inner": 8960, "layers": 28, "heads": 12, "grouped": 2, "vocabulary": 151_936}
"""Qwen2-1.5B."""
TOY = {"width": 64, "inner": 160, "layers": 2, "heads": 4, "grouped": 2}
MIX, TOY_MIX = "340/340/340", "30/30/30"
"""Mean tokens of prompt and answers; the longest rows have 1,020."""
WARM, TIMED = 3, 10
"""Steps before the measured ones, in which a compiler works and memory is found, and the measured ones."""
PEAKS = {"H100": 989, "H200": 989, "A100": 312, "L40S": 362, "B200": 2250}
"""TFLOP/s of dense products in bfloat16, by a part of a GPU's name (NVIDIA's data sheets)."""


def gpu(size: str = "whole") -> None:
    """Measures on this machine's GPU; `toy` does the same in small on the processor, to see that it works."""
    if size != "toy" and not torch.cuda.is_available():
        sys.exit("no GPU here: `npm run bench -- trainer gpu toy` does the same in small on the processor")
    device = "cpu" if size == "toy" else "cuda"
    name = "processor" if device == "cpu" else torch.cuda.get_device_name()
    print(f"\n{name}, torch {torch.__version__}, CUDA {torch.version.cuda}, transformers {transformers.__version__}, "
          f"trl {trl.__version__}")  # fmt: skip
    if device == "cuda":
        kernel()
    shape, mix, pairs = (TOY, TOY_MIX, 4) if size == "toy" else (QWEN2, MIX, 16)
    with tempfile.TemporaryDirectory() as place:
        make_model(Path(place), family="qwen2", **shape)
        for lm in (True, False):
            plain, compiled = Work(lm, pairs, device), Work(lm, pairs, device, compiled=True)
            say(name, "ours", plain, *ours(Path(place), mix, plain))
            say(name, "ours, compiled", compiled, *ours(Path(place), mix, compiled))
            say(name, "TRL", plain, *theirs(Path(place), mix, plain))


def kernel() -> None:
    """How far the kernel of GPUs is from attention on a grid in fp32, beside attention on a grid in half precision."""
    rows = pack(make_pairs(MIX, 8)).to(torch.device("cuda"))
    query, key, value = (torch.randn(1, heads, len(rows.ids), 128, device="cuda") for heads in (12, 2, 2))
    exact, _ = attention.attend(torch.nn.Identity(), query, key, value, None, rows=rows, scaling=128**-0.5)
    halves = [tensor.bfloat16() for tensor in (query, key, value)]
    side_by_side = attention.side_by_side(*halves, rows, scaling=128**-0.5, window=None)
    attention.HALF = ()
    grid, _ = attention.attend(torch.nn.Identity(), *halves, None, rows=rows, scaling=128**-0.5)
    attention.HALF = (torch.bfloat16, torch.float16)
    away = [float((each.float() - exact).norm() / exact.norm()) for each in (side_by_side, grid)]
    print(f"from attention on a grid in fp32: the kernel {away[0]:.1e}, the grid in bfloat16 {away[1]:.1e}")
    if away[0] > 8e-3:
        sys.exit("NOT EQUAL")


def ours(folder: Path, mix: str, work: Work) -> tuple[Measured, int]:
    pairs, measured = sorted_pairs(mix, work), Measured()
    step = our_step(folder, pairs, measured, work)
    for number in range(WARM + TIMED):
        step(number)
    return measured, tokens_of(pairs, work)


def theirs(folder: Path, mix: str, work: Work) -> tuple[Measured, int]:
    pairs, measured = sorted_pairs(mix, work), Measured()
    their_steps(folder, pairs, measured, work)
    return measured, tokens_of(pairs, work)


def sorted_pairs(mix: str, work: Work) -> list[Pair]:
    """Pairs of similar lengths together, which padded rows are faster with."""
    pairs = make_pairs(mix, work.size * (WARM + TIMED))
    return sorted(pairs, key=lambda pair: max(len(row.ids) for row in pair), reverse=True)


def tokens_of(pairs: list[Pair], work: Work) -> int:
    """Tokens of the rows of the timed steps, common beginnings counted in each row."""
    return sum(len(row.ids) for pair in pairs[WARM * work.size :] for row in pair)


def say(name: str, who: str, work: Work, measured: Measured, tokens: int) -> None:
    seconds = measured.wall[-TIMED:]
    speed = f"{tokens / sum(seconds):.0f} tokens/s"
    spread = f"{min(seconds):.3f} to {max(seconds):.3f} s a step, n = {len(seconds)}"
    found = [speed, spread, *on_gpu(name, measured, statistics.median(seconds))] if work.on_gpu else [speed, spread]
    print(f"{who:15}{'LM' if work.lm else '':5}{' | '.join(found)}", flush=True)
    gc.collect()
    torch.cuda.empty_cache()
    if work.on_gpu:
        torch.cuda.reset_peak_memory_stats()


def on_gpu(name: str, measured: Measured, seconds: float) -> list[str]:
    """Memory, and the operations that a step of so many seconds needs as a share of what the GPU can do."""
    peak = next((peak for part, peak in PEAKS.items() if part in name), None)
    done = measured.flops / seconds / 1e12
    return [f"{measured.peak / 1e9:.1f} GB", f"{done:.0f} TFLOP/s{f', {done / peak:.0%} of {peak}' if peak else ''}"]
