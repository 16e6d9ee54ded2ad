"""Scores in the order of the input, equal however they are batched."""

import math
from pathlib import Path

import pytest
import torch

import rig
import score
from codepmp_trainer.model import preference
from codepmp_trainer.model.rows import pack


@pytest.fixture(scope="module")
def checkpoint(base, pairs, tmp_path_factory) -> Path:
    settings = rig.train_config(tmp_path_factory.mktemp("model"), base, pairs, presentations=8)
    assert rig.launch_training(settings)["status"] == "succeeded"
    return Path(settings["output"])


def settings_of(folder: Path, checkpoint: Path, task: str, data: list[Path], **changes) -> dict:
    return {
        "format": 1,
        "task": task,
        "model": str(checkpoint),
        "input": [str(path) for path in data],
        "prompt_format": "question-answer",
        "batch_tokens": 100,
        "output": str(folder / "scores.jsonl"),
        "progress": str(folder / "progress.jsonl"),
        "result": str(folder / "result.json"),
        **changes,
    }


def scored(settings: dict) -> list[dict]:
    rig.launch(score.score, settings)
    assert rig.read_result(settings)["status"] == "succeeded", rig.read_result(settings)
    return rig.lines(Path(settings["output"]))


def expected(checkpoint: Path, prompt: str, response: str) -> float:
    loaded = preference.load_for_scoring(checkpoint)
    with torch.no_grad():
        return float(loaded.model(pack([loaded.encoder.encode(prompt, response)]))[0])


def test_pairs_over_several_files_are_numbered_through(checkpoint, tmp_path):
    first = rig.make_pairs(tmp_path / "a.parquet", 7)
    second = rig.make_pairs(tmp_path / "b.parquet", 3, flipped=True)
    lines = scored(settings_of(tmp_path, checkpoint, "pairs", [first, second]))
    assert [line["row"] for line in lines] == list(range(10))
    assert lines[0]["chosen"] == pytest.approx(expected(checkpoint, "Question: 0\n\nAnswer:\n", "a yes"), abs=1e-5)
    assert (lines[7]["chosen"], lines[7]["rejected"]) == (lines[0]["rejected"], lines[0]["chosen"])


def test_choices_give_one_score_an_option_in_their_order(checkpoint, tmp_path):
    options = ["one", "two of them", "x", "one"]
    rows = [{"question": 4, "prompt": "Which?\n", "options": options, "label": 1}]
    lines = scored(settings_of(tmp_path, checkpoint, "choices", [rig.write_rows(tmp_path / "c.parquet", rows)]))
    assert lines[0]["question"] == 4
    assert lines[0]["scores"] == pytest.approx([expected(checkpoint, "Which?\n", text) for text in options], abs=1e-5)
    assert lines[0]["scores"][0] == lines[0]["scores"][3]


def test_candidates_keep_their_question_and_ordinal(checkpoint, tmp_path):
    rows = [
        {"question": q, "ordinal": k, "rm_prompt": f"Q{q}\n", "text": "abc" * k, "gold": "1", "correct": k == 1}
        for q in (3, 1)
        for k in range(3)
    ]
    settings = settings_of(tmp_path, checkpoint, "candidates", [rig.write_rows(tmp_path / "c.parquet", rows)])
    lines = scored(settings)
    assert [(line["question"], line["ordinal"]) for line in lines] == [(3, 0), (3, 1), (3, 2), (1, 0), (1, 1), (1, 2)]
    assert lines[4]["score"] == pytest.approx(expected(checkpoint, "Q1\n", "abc"), abs=1e-5)


@pytest.mark.parametrize("batch_tokens", [1, 60, 100_000])
def test_scores_do_not_depend_on_the_token_budget(checkpoint, pairs, tmp_path, batch_tokens):
    one = scored(settings_of(tmp_path / "a", checkpoint, "pairs", [pairs]))
    other = scored(settings_of(tmp_path / "b", checkpoint, "pairs", [pairs], batch_tokens=batch_tokens))
    for left, right in zip(one, other, strict=True):
        assert left == pytest.approx(right, abs=1e-5)


def test_progress_counts_distinct_texts_and_ends_at_the_total(checkpoint, tmp_path):
    rows = [{"prompt": "p", "chosen": "same", "rejected": "same"}, {"prompt": "p", "chosen": "same", "rejected": "no"}]
    settings = settings_of(tmp_path, checkpoint, "pairs", [rig.write_rows(tmp_path / "p.parquet", rows)])
    scored(settings)
    last = rig.lines(Path(settings["progress"]))[-1]
    assert (last["done"], last["total"]) == (2, 2)
    meta = rig.read_result(settings)["meta"]
    assert (meta["rows"], meta["scored"], meta["distinct"], meta["score"]) == (2, 4, 2, "eoc")


def test_batches_hold_the_budget_with_padding_longest_first(checkpoint):
    loaded = preference.load_for_scoring(checkpoint)
    rows = {("p" * n, "x"): loaded.encoder.encode("p" * n, "x") for n in (3, 30, 8, 12, 9, 40)}
    found = [[len(rows[text].ids) for text in batch] for batch in score.batches(rows, 40)]
    assert found == [[42], [32], [14, 11], [10, 5]]


def failed(settings: dict) -> tuple[str, str]:
    rig.launch(score.score, settings)
    result = rig.read_result(settings)
    assert result["status"] == "failed"
    return result["class"], result["message"]


def test_prompts_of_another_format_are_refused(checkpoint, pairs, tmp_path):
    settings = settings_of(tmp_path, checkpoint, "pairs", [pairs], prompt_format="code-description")
    assert failed(settings) == (
        "invalid",
        f"{checkpoint} was trained on prompts of the format question-answer, the data has code-description: its scores "
        "would mean nothing; score with a model trained on this format",
    )


def test_a_base_model_is_refused(base, pairs, tmp_path):
    kind, message = failed(settings_of(tmp_path, base, "pairs", [pairs]))
    assert (kind, message) == (
        "invalid",
        f"{base / 'codepmp.json'} is missing: score with a checkpoint of train.py, not with a base model",
    )


def test_scores_that_are_not_numbers_are_no_scores(checkpoint, pairs, tmp_path):
    import shutil

    from safetensors.torch import load_file, save_file

    folder = tmp_path / "broken"
    shutil.copytree(checkpoint, folder)
    weights = load_file(folder / "model.safetensors")
    weights["score.weight"][:] = math.nan
    save_file(weights, folder / "model.safetensors")
    kind, message = failed(settings_of(tmp_path, folder, "pairs", [pairs]))
    assert kind == "diverged"
    assert (
        message == f"{folder}: 48 of 48 scores are not finite numbers: train the model again with a lower learning rate"
    )


def test_a_stop_ends_as_preempted(checkpoint, pairs, tmp_path):
    settings = settings_of(tmp_path, checkpoint, "pairs", [pairs])
    rig.launch(score.score, settings, before=lambda _: rig.stop_self())
    assert rig.read_result(settings)["status"] == "preempted"
    assert not Path(settings["output"]).exists()
