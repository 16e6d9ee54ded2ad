"""Each text gets the model's score under its name, however the texts are batched, shared out or interrupted."""

import json
import math
from pathlib import Path

import pytest
import torch

import rig
import score
from codepmp_trainer.model import preference
from codepmp_trainer.model.rows import pack

TEXTS = [{"text": f"t{index}", "prompt": f"Q{index % 5}\n", "response": "ab" * (index * 7 % 23)} for index in range(40)]


@pytest.fixture(scope="module")
def checkpoint(base, pairs, tmp_path_factory) -> Path:
    settings = rig.train_config(tmp_path_factory.mktemp("model"), base, pairs, presentations=8)
    assert rig.launch_training(settings)["status"] == "succeeded"
    return Path(settings["output"])


def settings_of(folder: Path, checkpoint: Path, texts: list[dict] = TEXTS, **changes) -> dict:
    folder.mkdir(exist_ok=True)
    path = folder / "texts.jsonl"
    path.write_text("".join(f"{json.dumps(text)}\n" for text in texts))
    return {
        "format": 1,
        "model": str(checkpoint),
        "input": str(path),
        "prompt_format": "question-answer",
        "batch_tokens": 100,
        "stall_after": 60,
        "output": str(folder / "scores"),
        "progress": str(folder / "progress.jsonl"),
        "result": str(folder / "result.json"),
        **changes,
    }


def lines_of(settings: dict) -> list[dict]:
    parts = sorted(Path(settings["output"]).glob("scores-*.jsonl"))
    return [line for part in parts for line in rig.lines(part)]


def scores_of(settings: dict, ranks: int = 1) -> dict[str, float]:
    rig.launch(score.score, settings, ranks=ranks)
    assert rig.read_result(settings)["status"] == "succeeded", rig.read_result(settings)
    lines = lines_of(settings)
    scores = {line["text"]: line["score"] for line in lines}
    assert len(scores) == len(lines)
    return scores


def expected(checkpoint: Path, prompt: str, response: str) -> float:
    loaded = preference.load_for_scoring(checkpoint)
    with torch.no_grad():
        return float(loaded.model(pack([[loaded.encoder.encode(prompt, response)]]))[0])


@pytest.mark.parametrize("batch_tokens", [1, 60, 100_000])
def test_a_text_gets_its_own_score_whatever_is_in_its_batch(checkpoint, tmp_path, batch_tokens):
    scores = scores_of(settings_of(tmp_path, checkpoint, batch_tokens=batch_tokens))
    alone = {text["text"]: expected(checkpoint, text["prompt"], text["response"]) for text in TEXTS}
    assert scores == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_share_the_texts_and_score_each_once(checkpoint, tmp_path, ranks):
    alone = scores_of(settings_of(tmp_path / "alone", checkpoint))
    settings = settings_of(tmp_path / "shared", checkpoint)
    assert scores_of(settings, ranks) == pytest.approx(alone, abs=1e-5)
    parts = [len(rig.lines(part)) for part in Path(settings["output"]).iterdir()]
    assert len(parts) == ranks and max(parts) - min(parts) <= 1
    assert rig.lines(Path(settings["progress"]))[-1]["done"] == 40


def test_more_ranks_than_texts_are_no_failure(checkpoint, tmp_path):
    assert len(scores_of(settings_of(tmp_path, checkpoint, TEXTS[:1]), ranks=2)) == 1


def test_lines_say_which_texts_are_longer_than_the_model_takes(checkpoint, tmp_path):
    long = {"text": "long", "prompt": "Q\n", "response": "a" * 100}
    settings = settings_of(tmp_path, checkpoint, [long, {**long, "text": "as cut", "response": "a" * 61}, TEXTS[1]])
    scores_of(settings)
    lines = {line["text"]: line for line in lines_of(settings)}
    assert {text: line["cut"] for text, line in lines.items()} == {"long": True, "as cut": False, "t1": False}
    assert lines["long"]["score"] == pytest.approx(lines["as cut"]["score"], abs=1e-6)  # 64 tokens with the EOC


def test_progress_counts_texts_and_ends_at_the_total(checkpoint, tmp_path):
    settings = settings_of(tmp_path, checkpoint)
    scores_of(settings)
    last = rig.lines(Path(settings["progress"]))[-1]
    assert (last["done"], last["total"]) == (40, 40)
    assert rig.read_result(settings)["meta"] == {"texts": 40, "score": "eoc"}


def batches_of(lines, loaded, tokens):
    rows = score.rows_at(lines.longest_first, loaded, lines)
    return [[row.text for row in batch] for batch in score.batches(rows, tokens)]


def test_batches_hold_the_budget_with_padding_longest_first(checkpoint, tmp_path):
    texts = [{"text": f"{n}", "prompt": "p" * n, "response": "x"} for n in (3, 30, 8, 12, 9, 40)]
    lines = score.Lines(Path(settings_of(tmp_path, checkpoint, texts)["input"]))
    loaded = preference.load_for_scoring(checkpoint)
    found = batches_of(lines, loaded, 40)
    assert found == [["40"], ["30"], ["12", "9"], ["8", "3"]]


def test_answers_to_one_prompt_are_scored_together(checkpoint, tmp_path):
    sides = [(prompt, length) for length in (2, 20, 8) for prompt in ("p", "q")]
    texts = [
        {"text": f"{prompt}{length}", "prompt": f"{prompt}\n", "response": "x" * length} for prompt, length in sides
    ]
    lines = score.Lines(Path(settings_of(tmp_path, checkpoint, texts)["input"]))
    loaded = preference.load_for_scoring(checkpoint)
    found = batches_of(lines, loaded, 1000)
    assert found == [["p20", "p8", "p2", "q20", "q8", "q2"]]


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_killed_run_leaves_whole_lines_of_what_it_had_scored(checkpoint, tmp_path, ranks):
    settings = settings_of(tmp_path, checkpoint)
    codes = rig.launch(score.score, settings, ranks=ranks, before=lambda rank: die_at_batch(3) if rank == 0 else None)
    assert -9 in codes
    assert rig.read_result(settings).get("status") != "succeeded"
    left = {line["text"]: line["score"] for line in lines_of(settings)}
    whole = scores_of(settings_of(tmp_path / "whole", checkpoint))
    assert 0 < len(left) < len(whole)
    assert left == pytest.approx({text: whole[text] for text in left}, abs=1e-5)


def die_at_batch(number: int) -> None:
    """From now on this process dies by SIGKILL when it begins this batch, counted from 1."""
    original, begun = score.scored, [0]

    def scored(*args):
        begun[0] += 1
        if begun[0] == number:
            rig.kill_self()
        return original(*args)

    score.scored = scored


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_stop_ends_as_preempted_and_keeps_what_was_scored(checkpoint, tmp_path, ranks):
    settings = settings_of(tmp_path, checkpoint)
    rig.launch(score.score, settings, ranks=ranks, before=lambda rank: rig.stop_self() if rank == 0 else None)
    done = len(lines_of(settings))
    assert 0 < done < 40
    result = rig.read_result(settings)
    assert (result["status"], result["message"]) == ("preempted", f"stopped after {done} of 40 texts")


def failed(settings: dict) -> tuple[str, str]:
    rig.launch(score.score, settings)
    result = rig.read_result(settings)
    assert result["status"] == "failed"
    return result["class"], result["message"]


def test_prompts_of_another_format_are_refused(checkpoint, tmp_path):
    assert failed(settings_of(tmp_path, checkpoint, prompt_format="code-description")) == (
        "invalid",
        "the model was trained on prompts of the format question-answer, and these have code-description: its scores "
        "would mean nothing; score with a model trained on this format",
    )


def test_a_base_model_is_refused(base, tmp_path):
    assert failed(settings_of(tmp_path, base)) == (
        "invalid",
        f"{base / 'codepmp.json'} is missing: score with a checkpoint of train.py, not with a base model",
    )


def test_a_missing_input_is_named(checkpoint, tmp_path):
    missing = tmp_path / "none.jsonl"
    assert failed(settings_of(tmp_path, checkpoint, input=str(missing))) == (
        "invalid",
        f"{missing} is missing: name an existing file of texts",
    )


def test_scores_that_are_not_numbers_are_no_scores(checkpoint, tmp_path):
    import shutil

    from safetensors.torch import load_file, save_file

    folder = tmp_path / "broken"
    shutil.copytree(checkpoint, folder)
    weights = load_file(folder / "model.safetensors")
    weights["score.weight"][:] = math.nan
    save_file(weights, folder / "model.safetensors")
    settings = settings_of(tmp_path, folder, batch_tokens=100_000)
    assert failed(settings) == (
        "diverged",
        f"{folder}: 40 of 40 scores are not finite numbers: train the model again with a lower learning rate",
    )
    assert lines_of(settings) == []
