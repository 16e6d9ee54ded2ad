"""What the estimate of memory says is what torch counts, and layers that compute twice train alike."""

from pathlib import Path

import pytest
import torch
from torch.distributed._tools.mem_tracker import MemTracker
from transformers import AutoConfig

import rig
from codepmp_trainer.model.preference import PreferenceModel
from codepmp_trainer.model.rows import pack
from codepmp_trainer.model.tokens import Encoded
from codepmp_trainer.training import memory
from codepmp_trainer.training.memory import kept_bytes, peak_bytes, recompute

SMALL = {
    "hidden_size": 64,
    "intermediate_size": 160,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
}
ROWS = pack([[Encoded([3 + row] * 64, 4, 64, False)] for row in range(4)])
TOKENS = 256


def small(family: str, layers: int) -> PreferenceModel:
    """A model whose layers compute in bfloat16."""
    config = AutoConfig.for_model(family, **SMALL, num_hidden_layers=layers, vocab_size=300, pad_token_id=0)
    net = PreferenceModel(config, untied_head=False)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.02)
    return net.bfloat16()


def counted_bytes(net: PreferenceModel) -> int:
    """What torch counts as kept between the forward and the backward pass."""
    tracker = MemTracker()
    tracker.track_external(net)
    with tracker:
        scores, _ = net(ROWS)
        kept = tracker.get_tracker_snapshot("current")[torch.device("cpu")]
        del scores
    return next(value for key, value in kept.items() if getattr(key, "name", "") == "ACT")


@pytest.mark.parametrize("recomputed", [False, True])
def test_what_layers_keep_is_what_torch_counts(recomputed):
    counted = []
    for layers in (1, 3):
        net = small("qwen2", layers)
        if recomputed:
            recompute(net)
        counted.append(counted_bytes(net))
    one, three = (kept_bytes(small("qwen2", layers), TOKENS, recomputed=recomputed) for layers in (1, 3))
    assert three - one == counted[1] - counted[0]


def test_layers_that_compute_a_part_twice_train_to_the_last_bit_alike(base, pairs, tmp_path):
    whole, again = (rig.train_config(tmp_path / name, base, pairs, presentations=12) for name in ("whole", "again"))

    def short_of_memory(_: int) -> None:
        rig.divided(torch.bfloat16)
        memory.is_short = lambda *_: True

    rig.launch_training(whole, ranks=2, before=lambda _: rig.divided(torch.bfloat16))
    rig.launch_training(again, ranks=2, before=short_of_memory)
    told = [rig.lines(Path(settings["progress"]))[0]["recompute"] for settings in (whole, again)]
    assert told == [False, True]
    assert rig.output_bytes(again) == rig.output_bytes(whole)


SIZES = {
    "Qwen2-1.5B": ("qwen2", 1536, 8960, 28, 12, 2, 128, 151_936, True),
    "Gemma-2B": ("gemma", 2048, 16_384, 18, 8, 1, 256, 256_000, True),
    "Qwen2-7B": ("qwen2", 3584, 18_944, 28, 28, 4, 128, 152_064, False),
}


def of_size(name: str) -> PreferenceModel:
    """A model of the real size, without weights."""
    family, hidden, inner, layers, heads, keys, size, vocabulary, tied = SIZES[name]
    config = AutoConfig.for_model(
        family,
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=keys,
        head_dim=size,
        vocab_size=vocabulary,
        tie_word_embeddings=tied,
    )
    with torch.device("meta"):
        return PreferenceModel(config, untied_head=not tied)


def line_of(name: str, ranks: int, micro_batch: int) -> str:
    """A line of the table in the README: micro-batches of pairs with two rows of 1,024 tokens."""
    net = of_size(name)
    peaks = [
        peak_bytes(net, tokens=2 * 1024 * micro_batch, ranks=ranks, lm=True, recomputed=recomputed) / 1e9
        for recomputed in (False, True)
    ]
    count = f"{memory.parameters(net) / 1e9:.2f}"
    return f"| {name} | {count} | {ranks} | {micro_batch} | {peaks[0]:.0f} | {peaks[1]:.0f} |"


@pytest.mark.parametrize("name", SIZES)
def test_the_page_says_what_each_size_takes(name):
    page = (Path(__file__).parent.parent / "README.md").read_text().splitlines()
    stated = [line for line in page if line.startswith(f"| {name} |")]
    assert stated
    for line in stated:
        _, _, _, ranks, micro_batch, *_ = line.split("|")
        assert line == line_of(name, int(ranks), int(micro_batch))


def test_qwen2_7b_fits_eight_gpus_of_80_gb_and_not_one():
    net = of_size("Qwen2-7B")
    sizes = {"tokens": 2 * 1024 * 2, "lm": True}
    assert peak_bytes(net, ranks=8, **sizes) < memory.USABLE * 80e9 < peak_bytes(net, ranks=1, **sizes)
