"""A run that is killed ends as if nothing had happened."""

import os
import shutil
import socket
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

import rig
import train
from codepmp_trainer.training import checkpoint


@pytest.fixture(scope="module", params=[1, 2])
def undisturbed(request, base, pairs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    settings = rig.train_config(folder, base, pairs)
    result = rig.launch_training(settings, ranks=request.param)
    assert result["status"] == "succeeded", result
    return request.param, rig.output_bytes(settings), result["meta"]


@pytest.mark.parametrize("step", [0, 2, 3, 7, 9])
def test_a_run_killed_at_a_step_ends_bit_equal_to_an_undisturbed_one(undisturbed, base, pairs, tmp_path, step):
    ranks, expected, meta = undisturbed
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, ranks=ranks, before=lambda _: rig.at_step(step, rig.kill_self, settled=False))
    result = rig.launch_training(settings, ranks=ranks)
    assert result["status"] == "succeeded"
    assert rig.output_bytes(settings) == expected
    assert (result["steps"], result["meta"]) == (10, meta)
    last, one_before = step // 3 * 3, max(step // 3 - 1, 0) * 3
    assert 10 - result["steps_run"] in (last, one_before)


def test_a_run_whose_second_rank_dies_leaves_node_lost_and_can_be_launched_again(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)

    def before(rank: int) -> None:
        rig.at_step(5, rig.kill_self if rank == 1 else rig.do_nothing)

    result = rig.launch_training(settings, ranks=2, before=before)
    assert (result["status"], result["class"]) == ("failed", "node-lost")
    assert rig.launch_training(settings, ranks=2)["status"] == "succeeded"


def test_a_kill_while_a_checkpoint_is_written_resumes_from_the_one_before(undisturbed, base, pairs, tmp_path):
    ranks, expected, _ = undisturbed
    settings = rig.train_config(tmp_path, base, pairs)

    def before(_: int) -> None:
        original = checkpoint.write_once

        def die_at_six(path: Path, value: dict) -> bool:
            if value.get("step") == 6:
                rig.kill_self()
            return original(path, value)

        checkpoint.write_once = die_at_six

    rig.launch_training(settings, ranks=ranks, before=before)
    started = len(rig.lines(Path(settings["progress"])))
    assert rig.launch_training(settings, ranks=ranks)["status"] == "succeeded"
    assert rig.lines(Path(settings["progress"]))[started]["resumed_from"] == 3
    assert rig.output_bytes(settings) == expected


def test_sigterm_saves_at_the_next_step_and_the_run_goes_on_from_there(undisturbed, base, pairs, tmp_path):
    ranks, expected, _ = undisturbed
    settings = rig.train_config(tmp_path, base, pairs)

    def before(rank: int) -> None:
        rig.at_step(4, rig.do_nothing if rank else rig.stop_self)

    result = rig.launch_training(settings, ranks=ranks, before=before)
    assert (result["status"], result["steps"], result["steps_run"]) == ("preempted", 4, 4)
    assert result["message"] == "stopped after step 4 of 10"
    result = rig.launch_training(settings, ranks=ranks)
    assert (result["status"], result["steps"], result["steps_run"]) == ("succeeded", 10, 6)
    assert rig.output_bytes(settings) == expected


def test_sigterm_before_the_first_step_is_preempted_too(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    result = rig.launch_training(settings, before=lambda _: rig.stop_self())
    assert (result["status"], result["steps_run"]) == ("preempted", 0)
    assert rig.launch_training(settings)["status"] == "succeeded"


def test_at_most_two_checkpoints_are_kept(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs, checkpoints=str(tmp_path / "c"), checkpoint_every=1)
    assert rig.launch_training(settings)["status"] == "succeeded"
    assert sorted(path.name for path in (tmp_path / "c").glob("step-*")) == ["step-00000008", "step-00000009"]


def torn(content: bytes) -> bytes:
    return content[:-100]


def with_a_flipped_bit(content: bytes) -> bytes:
    return content[:-100] + bytes([content[-100] ^ 4]) + content[-99:]


@pytest.mark.parametrize("damaged", [torn, with_a_flipped_bit])
def test_a_damaged_checkpoint_is_left_out(undisturbed, base, pairs, tmp_path, damaged, capfd):
    ranks, expected, _ = undisturbed
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, ranks=ranks, before=lambda _: rig.at_step(8, rig.kill_self))
    path = tmp_path / "checkpoints" / "step-00000006" / "state-00000.safetensors"
    path.write_bytes(damaged(path.read_bytes()))
    capfd.readouterr()
    result = rig.launch_training(settings, ranks=ranks)
    assert f"checkpoint {path.parent} is damaged and left out\n" in capfd.readouterr().err
    assert result["steps_run"] == 7
    assert rig.output_bytes(settings) == expected


def test_a_flipped_bit_in_the_only_checkpoint_begins_the_training_again(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, before=lambda _: rig.at_step(4, rig.kill_self))
    path = tmp_path / "checkpoints" / "step-00000003" / "state-00000.safetensors"
    path.write_bytes(with_a_flipped_bit(path.read_bytes()))
    assert rig.launch_training(settings)["steps_run"] == 10


@pytest.mark.parametrize("content", ['{"step": 6, "fing', "", "[]"])
def test_a_checkpoint_with_a_damaged_manifest_is_left_out(undisturbed, base, pairs, tmp_path, content):
    ranks, expected, _ = undisturbed
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, ranks=ranks, before=lambda _: rig.at_step(8, rig.kill_self))
    (tmp_path / "checkpoints" / "step-00000006" / "manifest.json").write_text(content)
    assert rig.launch_training(settings, ranks=ranks)["steps_run"] == 7
    assert rig.output_bytes(settings) == expected


def test_checkpoints_of_another_configuration_are_refused_by_name(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, before=lambda _: rig.at_step(5, rig.kill_self))
    result = rig.launch_training({**settings, "seed": 4, "weight_decay": 0.0})
    folder = tmp_path / "checkpoints"
    assert (result["status"], result["class"]) == ("failed", "invalid")
    assert result["message"] == (
        f"{folder / 'step-00000003'} belongs to a training that differs in seed, weight_decay: remove {folder} to "
        "start over, or restore what it was written with"
    )


def test_checkpoints_of_a_model_of_another_size_are_refused(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, before=lambda _: rig.at_step(5, rig.kill_self))
    result = rig.launch_training({**settings, "layers": 1})
    assert result["class"] == "invalid"
    assert "differs in init, layers: remove " in result["message"]


def test_checkpoints_of_other_pairs_are_refused_and_equal_pairs_in_another_place_are_not(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, before=lambda _: rig.at_step(5, rig.kill_self))
    others = rig.make_pairs(tmp_path / "flipped.parquet", flipped=True)
    result = rig.launch_training({**settings, "pairs": [str(others)]})
    assert (result["class"], "differs in pairs: remove " in result["message"]) == ("invalid", True)
    equal = shutil.copy(pairs, tmp_path / "equal.parquet")
    assert rig.launch_training({**settings, "pairs": [str(equal)]})["steps_run"] == 7


def test_checkpoints_of_another_base_of_the_same_shape_are_refused(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, before=lambda _: rig.at_step(5, rig.kill_self))
    other = shutil.copytree(base, tmp_path / "other")
    weights = {name: value + 0.01 for name, value in load_file(other / "model.safetensors").items()}
    save_file(weights, other / "model.safetensors", metadata={"format": "pt"})
    result = rig.launch_training({**settings, "init": str(other)})
    assert (result["class"], "differs in init: remove " in result["message"]) == ("invalid", True)


def test_the_micro_batch_and_the_places_may_change_between_launches(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, before=lambda _: rig.at_step(5, rig.kill_self))
    moved = {**settings, "micro_batch": 1, "output": str(tmp_path / "elsewhere"), "result": str(tmp_path / "r.json")}
    assert rig.launch_training(moved)["steps_run"] == 7


def test_a_run_that_succeeded_is_not_done_again(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    first = rig.launch_training(settings)
    shutil.rmtree(settings["output"])
    assert rig.launch_training(settings) == first
    assert not Path(settings["output"]).exists()


def test_ranks_that_do_not_see_the_same_checkpoints_do_not_begin(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    rig.launch_training(settings, ranks=2, before=lambda _: rig.at_step(7, rig.kill_self))

    def before(rank: int) -> None:
        if rank == 1:
            checkpoint.committed = lambda _: []

    result = rig.launch_training(settings, ranks=2, before=before)
    assert (result["class"], result["message"]) == (
        "invalid",
        f"ranks differ in checkpoints in {tmp_path / 'checkpoints'}: rank 0 has [3, 6], rank 1 has []: give all nodes "
        "the same files, in folders that they share",
    )


def test_ranks_that_do_not_read_the_same_pairs_do_not_begin(base, pairs, tmp_path):
    others = rig.make_pairs(tmp_path / "flipped.parquet", flipped=True)
    settings = rig.train_config(tmp_path, base, pairs)

    def before(rank: int) -> None:
        original = train.prepare
        if rank == 1:
            train.prepare = lambda config, peers: original({**config, "pairs": [str(others)]}, peers)

    result = rig.launch_training(settings, ranks=2, before=before)
    assert result["class"] == "invalid"
    assert result["message"].startswith("ranks differ in pairs: rank 0 has ['")


def test_a_second_launch_waits_for_the_first_to_leave_the_checkpoints(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    holder = checkpoint.lock(tmp_path / "checkpoints", rig.ALONE)
    checkpoint.LOCK_SECONDS, patient = 0.5, checkpoint.LOCK_SECONDS
    result = rig.launch_training(settings)
    checkpoint.LOCK_SECONDS = patient
    assert (result["class"], result["message"]) == (
        "job-failed",
        f"RuntimeError: {tmp_path / 'checkpoints'} is in use by another training (process {os.getpid()} on "
        f"{socket.gethostname()}): end it, or wait for it",
    )
    holder.close()
    assert rig.launch_training(settings)["status"] == "succeeded"
