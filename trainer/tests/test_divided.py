"""A model that ranks divide among themselves is trained as one that a process holds whole."""

from pathlib import Path

import pytest
import torch
import torch._dynamo
import torch.distributed.fsdp  # here, so that the processes that are forked need not load them

import rig

UNEVEN = {"batch_size": 5, "presentations": 16}
"""The last of four steps has one pair."""


@pytest.fixture(scope="module")
def qwen(tmp_path_factory):
    """A base with a vocabulary head of its own."""
    return rig.make_base(tmp_path_factory.mktemp("qwen"), rig.QWEN)


@pytest.fixture(scope="module", params=["tied", "untied"])
def alone(request, base, qwen, pairs, tmp_path_factory):
    """A base, and the settings of a training of it by one process."""
    chosen = base if request.param == "tied" else qwen
    settings = rig.train_config(tmp_path_factory.mktemp("alone"), chosen, pairs, **UNEVEN, **rig.SLOW)
    assert rig.launch_training(settings)["status"] == "succeeded"
    return chosen, settings


@pytest.mark.parametrize(("ranks", "here"), [(2, None), (4, 2)])
def test_ranks_that_divide_a_model_equal_one_process(alone, pairs, tmp_path, ranks, here):
    chosen, whole = alone
    settings = rig.train_config(tmp_path, chosen, pairs, **UNEVEN, **rig.SLOW)
    result = rig.launch_training(settings, ranks=ranks, before=lambda _: rig.divided(here=here))
    assert (result["status"], result["meta"]["ranks"]) == ("succeeded", [ranks]), result
    rig.assert_close(settings, whole)


@pytest.fixture(scope="module")
def killed(base, pairs, tmp_path_factory):
    """A training by two ranks that divide the model, killed at its third step."""
    folder = tmp_path_factory.mktemp("killed")
    settings = rig.train_config(folder, base, pairs, checkpoint_every=2, **UNEVEN, **rig.SLOW)

    def before(_: int) -> None:
        rig.divided()
        rig.at_step(2, rig.kill_self)

    rig.launch_training(settings, ranks=2, before=before)
    return settings


def resumed(killed: dict, folder: Path, ranks: int) -> tuple[dict, dict]:
    """The killed training, resumed in a copy of its folder; its settings and its result."""
    settings = rig.copied(killed, folder)
    result = rig.launch_training(settings, ranks=ranks, before=lambda _: rig.divided())
    assert (result["status"], result["steps_run"]) == ("succeeded", 2), result
    return settings, result


def test_a_killed_training_of_a_divided_model_ends_bit_equal(killed, base, pairs, tmp_path):
    undisturbed = rig.train_config(tmp_path / "whole", base, pairs, **UNEVEN, **rig.SLOW)
    rig.launch_training(undisturbed, ranks=2, before=lambda _: rig.divided())
    settings, _ = resumed(killed, tmp_path / "resumed", 2)
    assert rig.output_bytes(settings) == rig.output_bytes(undisturbed)


@pytest.mark.parametrize("ranks", [1, 4])
def test_another_number_of_ranks_goes_on_and_says_so(killed, base, pairs, tmp_path, ranks):
    alone = rig.train_config(tmp_path / "alone", base, pairs, **UNEVEN, **rig.SLOW)
    rig.launch_training(alone)
    settings, result = resumed(killed, tmp_path / "resumed", ranks)
    rig.assert_close(settings, alone, last=2)
    assert result["meta"]["ranks"] == [2, ranks]
    told = [line["message"] for line in rig.lines(Path(settings["progress"])) if line.get("event") == "ranks"]
    assert told == [f"saved by 2 ranks, resumed by {ranks}: equal but for the last digits"]


def test_layers_in_bfloat16_leave_weights_heads_and_losses_in_fp32(alone, pairs, tmp_path):
    chosen, whole = alone
    settings = rig.train_config(tmp_path, chosen, pairs, **UNEVEN, **rig.SLOW)
    result = rig.launch_training(settings, ranks=2, before=lambda _: rig.divided(torch.bfloat16))
    assert (result["status"], result["meta"]["compute"]) == ("succeeded", "bfloat16")
    for mixed, exact in zip(rig.steps(settings), rig.steps(whole), strict=True):
        assert mixed["loss"] == pytest.approx(exact["loss"], rel=5e-3)
        assert mixed["loss"] != exact["loss"]
    assert all(value.dtype == torch.float32 for value in rig.weights(settings).values())
