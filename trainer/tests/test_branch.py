"""One stable run and the decays that branch from it are the trainings they stand for."""

from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

import rig

WHOLE = {"kind": "wsd", "lr": 0.003, "warmup": 0.1, "decay": 0.2, "decay_shape": "linear"}
"""Of 10 steps: one rises, two fall."""


def stable_config(folder: Path, base: Path, pairs: Path, **changes: Any) -> dict[str, Any]:
    schedule = {"kind": "stable", "lr": WHOLE["lr"], "warmup": 1}
    return rig.train_config(folder, base, pairs, schedule=schedule, keep=[14, 32], presentations=32, **changes)


def decay_config(folder: Path, stable: dict[str, Any], pairs: Path, *, kept: int, at: int) -> dict[str, Any]:
    schedule = {"kind": "decay", "lr": WHOLE["lr"], "decay_shape": "linear", "begin": -(-kept // 4)}
    branch = {"branch": f"kept-{kept}.safetensors", "presentations": at, "eoc": stable["eoc"], "loss": stable["loss"]}
    return rig.train_config(folder, Path(stable["output"]), pairs, schedule=schedule, **branch)


def weights(settings: dict[str, Any]) -> dict[str, Any]:
    return load_file(Path(settings["output"]) / "model.safetensors")


@pytest.fixture(scope="module", params=[True, False], ids=["tied", "untied"])
def trained(request, pairs, tmp_path_factory):
    """A base, a stable run on it, and its settings."""
    folder = tmp_path_factory.mktemp("stable")
    base = rig.make_base(folder / "base", {**rig.LLAMA, "tie_word_embeddings": request.param})
    settings = stable_config(folder / "run", base, pairs)
    result = rig.launch_training(settings)
    assert (result["status"], result["steps"]) == ("succeeded", 8), result
    return base, settings


@pytest.mark.parametrize(("kept", "at", "decay"), [(32, 40, 0.2), (14, 18, 0.2)])
def test_a_stable_run_and_its_decay_end_bit_equal_to_the_whole_training(trained, pairs, tmp_path, kept, at, decay):
    base, stable = trained
    steps = -(-at // 4)
    schedule = {**WHOLE, "warmup": 1 / steps, "decay": (steps - -(-kept // 4)) / steps}
    whole = rig.train_config(tmp_path / "whole", base, pairs, schedule=schedule, presentations=at)
    decayed = decay_config(tmp_path / "decay", stable, pairs, kept=kept, at=at)
    assert rig.launch_training(whole)["status"] == "succeeded"
    result = rig.launch_training(decayed)
    assert result["status"] == "succeeded", result
    assert [line["step"] for line in rig.steps(decayed)] == [*range(-(-kept // 4) + 1, steps + 1)]
    expected, made = weights(whole), weights(decayed)
    assert expected.keys() == made.keys()
    assert all(expected[name].equal(made[name]) for name in expected)


def test_a_decay_that_is_killed_ends_bit_equal_to_an_undisturbed_one(trained, pairs, tmp_path):
    _, stable = trained
    undisturbed = decay_config(tmp_path / "one", stable, pairs, kept=14, at=40)
    disturbed = decay_config(tmp_path / "two", stable, pairs, kept=14, at=40)
    assert rig.launch_training(undisturbed)["status"] == "succeeded"
    rig.launch_training(disturbed, before=lambda _: rig.at_step(8, rig.kill_self))
    result = rig.launch_training(disturbed)
    assert (result["status"], result["steps"], result["steps_run"]) == ("succeeded", 6, 4)
    assert rig.output_bytes(disturbed) == rig.output_bytes(undisturbed)


def test_a_stable_run_that_is_killed_keeps_the_same_states(trained, pairs, tmp_path):
    base, stable = trained
    disturbed = stable_config(tmp_path, base, pairs)
    rig.launch_training(disturbed, before=lambda _: rig.at_step(5, rig.kill_self))
    assert rig.launch_training(disturbed)["status"] == "succeeded"
    assert rig.output_bytes(disturbed) == rig.output_bytes(stable)
    assert {"kept-14.safetensors", "kept-32.safetensors"} <= set(rig.output_bytes(disturbed))


def test_two_numbers_of_pairs_that_one_step_reaches_have_a_state_each(base, pairs, tmp_path):
    settings = {**stable_config(tmp_path, base, pairs), "keep": [14, 15, 32]}
    result = rig.launch_training(settings)
    assert (result["status"], result["message"]) == ("succeeded", "")
    output = rig.output_bytes(settings)
    assert output["kept-14.safetensors"] == output["kept-15.safetensors"]


def test_every_file_of_the_result_is_told_before_it_is_written_and_read(trained):
    _, settings = trained
    told = rig.lines(Path(settings["progress"]))
    after = told[told.index(rig.steps(settings)[-1]) + 1 :]
    assert [line["event"] for line in after] == ["trained", *["publish"] * (len(after) - 1)]
    kept = ["kept-14.safetensors", "kept-32.safetensors"]
    files = [each["name"] for each in rig.read_result(settings)["files"]]
    assert [line["file"] for line in after[1:]] == [*kept, *files]
    assert {line["within"] for line in after} == {1800}


def test_a_published_state_that_is_damaged_does_not_damage_what_the_next_attempt_publishes(base, pairs, tmp_path):
    settings = stable_config(tmp_path, base, pairs)
    assert rig.launch_training(settings)["status"] == "succeeded"
    whole = rig.output_bytes(settings)
    (Path(settings["output"]) / "kept-14.safetensors").write_bytes(b"damaged")
    again = {**settings, "output": str(tmp_path / "again"), "result": str(tmp_path / "again.json")}
    assert rig.launch_training(again)["status"] == "succeeded"
    assert rig.output_bytes(again) == whole


def test_two_ranks_keep_a_state_once(base, pairs, tmp_path):
    settings = stable_config(tmp_path, base, pairs)
    assert rig.launch_training(settings, ranks=2)["status"] == "succeeded"
    decayed = decay_config(tmp_path / "decay", settings, pairs, kept=14, at=18)
    assert rig.launch_training(decayed, ranks=2)["status"] == "succeeded"


def test_a_state_that_was_not_kept_is_named(trained, pairs, tmp_path):
    _, stable = trained
    result = rig.launch_training(decay_config(tmp_path, stable, pairs, kept=20, at=24))
    missing = Path(stable["output"]) / "kept-20.safetensors"
    assert (result["class"], result["message"]) == (
        "invalid",
        f"{missing} is missing: branch from a training that kept it",
    )
