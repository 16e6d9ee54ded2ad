"""Pairs that are held out are never trained on, and decide which checkpoint is the result."""

from pathlib import Path

import pyarrow.parquet
import pytest
import torch
import torch._dynamo
import torch.distributed.fsdp  # here, so that the processes that are forked need not load them
from safetensors.torch import load_file

import rig
import train
from codepmp_trainer.training.pairs import draw_of

HELD = {"held_out": 0.3, "checkpoint_every": 2}


@pytest.fixture(scope="module")
def alone(base, pairs, tmp_path_factory):
    settings = rig.train_config(tmp_path_factory.mktemp("alone"), base, pairs, **HELD, **rig.SLOW)
    result = rig.launch_training(settings)
    assert result["status"] == "succeeded", result
    return settings, result


def measured(settings: dict) -> list[dict]:
    return [line for line in rig.lines(Path(settings["progress"])) if line.get("event") == "held-out"]


def test_held_out_pairs_are_measured_at_every_checkpoint_and_never_trained_on(alone, base, pairs, tmp_path):
    settings, result = alone
    rows = pyarrow.parquet.read_table(pairs).to_pylist()
    trained = [row for row in rows if draw_of(row["prompt"]) >= 0.3]
    assert 0 < len(trained) < len(rows)
    assert (result["meta"]["pairs"], result["meta"]["held_out"]) == (len(trained), len(rows) - len(trained))
    assert [line["after"] for line in measured(settings)] == [2, 4, 6, 8, 10]
    assert all(line["within"] == 1800 for line in measured(settings))
    only = rig.write_rows(tmp_path / "trained.parquet", trained)
    without = rig.train_config(tmp_path, base, only, held_out=0, **rig.SLOW)
    rig.launch_training(without)
    told = ("loss", "grad_norm", "tokens")
    steps, same = ([[line[key] for key in told] for line in rig.steps(each)] for each in (settings, without))
    assert steps == same


def test_what_is_measured_is_the_loss_of_a_step_with_these_pairs(base, pairs, tmp_path):
    still = {"schedule": {**rig.WSD, "lr": 1e-12}, "head_lr": 1e-12}
    settings = rig.train_config(tmp_path / "held", base, pairs, **HELD, **still)
    result = rig.launch_training(settings)
    held_out = [row for row in pyarrow.parquet.read_table(pairs).to_pylist() if draw_of(row["prompt"]) < 0.3]
    only = rig.write_rows(tmp_path / "held-out.parquet", held_out)
    step = {"batch_size": len(held_out), "presentations": len(held_out), **still}
    trained = rig.launch_training(rig.train_config(tmp_path / "trained", base, only, **step))
    for key in ("loss", "rank_loss", "lm_loss", "accuracy"):
        expected = pytest.approx(trained["meta"]["first"][key], rel=1e-6)
        assert result["meta"]["last"]["held_out"][key] == expected, key


def test_pairs_of_one_origin_are_held_out_together(base, pairs, tmp_path):
    rows = pyarrow.parquet.read_table(pairs).to_pylist()
    several = [{**row, "origin": f"file {number // 6}"} for number, row in enumerate(rows)]
    data = rig.write_rows(tmp_path / "several.parquet", several)
    result = rig.launch_training(rig.train_config(tmp_path, base, data, held_out=0.5))
    assert result["meta"]["held_out"] == 6 * sum(draw_of(f"file {number}") < 0.5 for number in range(4))


@pytest.mark.parametrize("ranks", [2, 4])
def test_ranks_that_divide_a_model_measure_the_same(alone, base, pairs, tmp_path, ranks):
    settings = rig.train_config(tmp_path, base, pairs, **HELD, **rig.SLOW)
    rig.launch_training(settings, ranks=ranks, before=lambda _: rig.divided())
    for ours, theirs in zip(measured(settings), measured(alone[0]), strict=True):
        for key in ("loss", "rank_loss", "lm_loss", "accuracy"):
            assert ours["held_out"][key] == pytest.approx(theirs["held_out"][key], rel=1e-5), key
    rig.assert_close(settings, alone[0])


def best_at_four() -> None:
    """From now on the loss on held-out pairs is lowest after step 4, with the checkpoint of step 2 behind it."""
    measured = train.validation.measured
    train.validation.measured = lambda run: {**measured(run), "loss": abs((run.writer.last or 0) - 2)}


@pytest.mark.parametrize("ranks", [1, 2])
def test_the_best_checkpoint_is_the_result_also_after_a_kill(base, pairs, tmp_path, ranks):
    settings = rig.train_config(tmp_path, base, pairs, **HELD)

    def before(_: int) -> None:
        best_at_four()
        rig.at_step(9, rig.kill_self)

    rig.launch_training(settings, ranks=ranks, before=before)
    result = rig.launch_training(settings, ranks=ranks, before=lambda _: best_at_four())
    best = result["meta"]["best"]
    assert (result["status"], best["step"], best["held_out"]["loss"]) == ("succeeded", 4, 0)
    kept = load_file(tmp_path / "checkpoints" / "step-00000004" / "state-00000.safetensors")
    assert all(torch.equal(value, kept[f"weights.{name}"]) for name, value in rig.weights(settings).items())


def test_a_share_that_leaves_no_pair_is_refused(base, pairs, tmp_path):
    result = rig.launch_training(rig.train_config(tmp_path, base, pairs, held_out=1e-9))
    message = "`held_out`: of 24 pairs a share of 1e-09 leaves none held out: choose another"
    assert (result["class"], result["message"]) == ("invalid", message)
