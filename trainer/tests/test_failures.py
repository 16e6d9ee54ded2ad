"""How runs end when something is wrong."""

import json
import resource
from pathlib import Path

import pytest
import torch

import rig
import train
from codepmp_trainer.process import config, failures, files, frame
from codepmp_trainer.process.failures import Invalid


def failed(settings: dict, **launch) -> tuple[str, str]:
    result = rig.launch_training(settings, **launch)
    assert result["status"] == "failed", result
    return result["class"], result["message"]


def test_a_loss_that_is_not_finite_is_diverged(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs, loss={**rig.RANKING, "rank": 1e30})
    kind, message = failed(settings)
    assert kind == "diverged"
    assert message.startswith("step 1: loss ")
    assert message.endswith("gradient norm inf, and so are the 3 steps after it: lower `schedule.lr`")


def test_a_short_training_without_a_finite_step_is_diverged_too(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs, loss={**rig.RANKING, "rank": 1e30}, presentations=8)
    assert failed(settings)[0] == "diverged"


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_batch_that_is_not_finite_is_skipped_and_on_record(base, pairs, tmp_path, ranks):
    settings = rig.train_config(tmp_path, base, pairs)
    result = rig.launch_training(settings, ranks=ranks, before=lambda _: rig.broken_batch(5))
    assert (result["status"], result["steps"], result["meta"]["skipped"]) == ("succeeded", 10, [6])
    line = rig.steps(settings)[5]
    assert (line["step"], line["loss"], line["skipped"]) == (6, None, "loss nan, gradient norm nan")
    curve = rig.lines(Path(settings["output"]) / "progress.jsonl")
    assert [line["step"] for line in curve] == [1, 2, 3, 4, 5, 7, 8, 9, 10]
    assert all(value.isfinite().all() for value in rig.weights(settings).values())


@pytest.mark.parametrize("ranks", [1, 2])
def test_weights_that_break_go_back_to_the_last_checkpoint_and_the_run_ends_as_one_that_did_not(
    base, pairs, tmp_path, ranks
):
    whole, broken = (rig.train_config(tmp_path / name, base, pairs) for name in ("whole", "broken"))
    assert rig.launch_training(whole, ranks=ranks)["status"] == "succeeded"
    result = rig.launch_training(broken, ranks=ranks, before=lambda _: rig.broken_weights(7))
    assert (result["status"], result["meta"]["skipped"]) == ("succeeded", [])
    told = [line["message"] for line in rig.lines(Path(broken["progress"])) if line.get("event") == "rollback"]
    assert told == ["weights were not finite after step 8: back to step 6"]
    assert rig.output_bytes(broken) == rig.output_bytes(whole)


def test_weights_that_break_after_the_last_step_are_not_published(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs, checkpoint_every=100, schedule={**rig.WSD, "lr": 1.0})
    kind, message = failed(settings, before=lambda _: rig.broken_weights(9, after=True))
    assert (kind, message) == ("diverged", "step 10: weights are not finite: lower `schedule.lr`")


def test_both_ranks_see_that_it_diverged(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs, loss={**rig.RANKING, "rank": 1e30})
    assert failed(settings, ranks=2)[0] == "diverged"


def test_the_rank_that_fails_names_the_cause(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)

    def complain() -> None:
        raise ValueError("a broken row")

    def before(rank: int) -> None:
        rig.at_step(2, complain if rank == 1 else rig.do_nothing)

    assert failed(settings, ranks=2, before=before) == ("job-failed", "ValueError: a broken row")


def test_memory_that_runs_out_is_its_own_class(base, pairs, tmp_path):
    def complain() -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    settings = rig.train_config(tmp_path, base, pairs)
    assert failed(settings, before=lambda _: rig.at_step(1, complain))[0] == "out-of-memory"


def test_missing_pairs_are_named(base, tmp_path):
    settings = rig.train_config(tmp_path, base, tmp_path / "none.parquet")
    message = f"{tmp_path / 'none.parquet'} is missing: produce it again or name an existing parquet file"
    assert failed(settings) == ("invalid", message)


def test_pairs_without_the_columns_are_named(base, tmp_path):
    path = rig.write_rows(tmp_path / "odd.parquet", [{"prompt": "a", "better": "b"}])
    settings = rig.train_config(tmp_path, base, path)
    message = f"{path}: expected the columns prompt, chosen, rejected, got prompt, better"
    assert failed(settings) == ("invalid", message)


def test_a_file_that_is_no_parquet_is_named(base, tmp_path):
    path = tmp_path / "odd.parquet"
    path.write_text("not parquet")
    kind, message = failed(rig.train_config(tmp_path, base, path))
    assert kind == "invalid"
    assert message.startswith(f"{path} is not a readable parquet file")


def test_no_pairs_at_all_are_refused(base, pairs, tmp_path):
    import pyarrow.parquet

    path = tmp_path / "empty.parquet"
    pyarrow.parquet.write_table(pyarrow.parquet.read_table(pairs).slice(0, 0), path)
    assert "expected at least one pair, got none" in failed(rig.train_config(tmp_path, base, path))[1]


def test_a_null_in_a_row_is_named(base, tmp_path):
    rows = [{"prompt": "a", "chosen": "b", "rejected": "c"}, {"prompt": "a", "chosen": None, "rejected": "c"}]
    path = rig.write_rows(tmp_path / "p.parquet", rows)
    kind, message = failed(rig.train_config(tmp_path, base, path))
    assert (kind, message) == ("invalid", f"{path}: row 1: column chosen: expected a text, got None")


def test_every_problem_of_a_configuration_is_named_at_once(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs)
    settings["schedule"] = {"kind": "linear", "lr": "high", "warmup": 0, "decay": 0}
    settings["batch_size"] = 0
    settings["sead"] = 1
    del settings["output"]
    kind, message = failed(settings)
    assert kind == "invalid"
    assert message == (
        f"configuration {tmp_path / 'config.json'}: "
        "`$.batch_size`: 0 is less than the minimum of 1; "
        "`$.schedule.kind`: 'linear' is not one of ['wsd', 'wcd', 'stable', 'decay']; "
        "`$.schedule.lr`: 'high' is not of type 'number'; "
        "`$`: 'output' is a required property; "
        "`$`: Additional properties are not allowed ('sead' was unexpected)"
    )


def test_a_configuration_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(Invalid, match="cannot be read"):
        config.read_config(tmp_path / "none.json", "train")
    (tmp_path / "odd.json").write_text("{")
    with pytest.raises(Invalid, match="is not JSON"):
        config.read_config(tmp_path / "odd.json", "train")


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (Invalid("x"), "invalid"),
        (failures.Diverged("x"), "diverged"),
        (MemoryError(), "out-of-memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), "out-of-memory"),
        (RuntimeError("[gloo/transport/tcp/pair.cc:534] Connection closed by peer [127.0.0.1]:1"), "node-lost"),
        (RuntimeError("something else"), "job-failed"),
        (KeyError("x"), "job-failed"),
    ],
)
def test_failures_have_a_class(problem, kind):
    assert failures.failure_class(problem) == kind


def test_a_result_is_written_once(tmp_path):
    path = tmp_path / "result.json"
    frame.write_result(path, {"status": "failed", "message": "first"})
    frame.write_result(path, {"status": "succeeded"})
    assert json.loads(path.read_text())["message"] == "first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.json"]


def test_progress_that_cannot_be_written_raises_and_leaves_the_next_line_whole(tmp_path):
    path = tmp_path / "progress.jsonl"
    files.Progress(path).line({"step": 1})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 5, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            files.Progress(path).line({"step": 2})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    for step in (3, 4):
        files.Progress(path).line({"step": step})
    assert path.read_text() == '{"step": 1}\n{"ste\n{"step": 3}\n{"step": 4}\n'


def test_exit_codes_follow_the_result(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs, presentations=4)
    assert rig.launch(train.train, settings) == [0]
    Path(settings["result"]).unlink()
    assert rig.launch(train.train, {**settings, "seed": -1}) == [1]
