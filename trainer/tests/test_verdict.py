"""Training a model that scores by the verdict it would write after an answer."""

import json
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

import export
import rig
from codepmp_trainer.model import preference
from codepmp_trainer.model.rows import pack
from codepmp_trainer.process.tables import read_tables
from codepmp_trainer.training.order import Order

QUESTION = "\n\nIs this answer correct (Yes/No)?\n"
VERDICT = {"loss": {**rig.RANKING, "rank": 0, "verdict": 1}, "max_length": 200, "eoc": False}
LONG = {"presentations": 96, "checkpoint_every": 100, **VERDICT}


@pytest.fixture(scope="module", params=["tied", "untied"])
def trained(request, pairs, tmp_path_factory):
    """A base and the settings of a training of it by verdicts alone."""
    base = rig.make_base(tmp_path_factory.mktemp("base"), rig.LLAMA if request.param == "tied" else rig.QWEN)
    settings = rig.train_config(tmp_path_factory.mktemp("trained"), base, pairs, **LONG)
    assert rig.launch_training(settings)["status"] == "succeeded"
    return base, settings


def sides(pairs: Path, indices: range | list[int]) -> list[tuple[str, str]]:
    """Texts with the answers that their verdicts should be."""
    rows = read_tables([str(pairs)]).to_pylist()
    answers = (("chosen", "Yes"), ("rejected", "No"))
    return [(rows[at]["prompt"] + rows[at][side] + QUESTION, answer) for at in indices for side, answer in answers]


def test_the_first_verdict_loss_equals_a_plain_computation_with_the_library_in_fp64(trained, pairs):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base, settings = trained
    theirs = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float64)
    tokenizer = AutoTokenizer.from_pretrained(base)
    losses = []
    for text, answer in sides(pairs, Order(rows=24, presentations=96, batch_size=4, seed=3).batch(0)):
        ids = tokenizer(text, return_tensors="pt", add_special_tokens=False).input_ids
        wanted = tokenizer(answer, add_special_tokens=False).input_ids[:1]
        losses.append(F.cross_entropy(theirs(input_ids=ids).logits[0, -1:], torch.tensor(wanted)).item())
    first = rig.steps(settings)[0]
    assert first["verdict_loss"] == pytest.approx(sum(losses) / 8, rel=1e-5)
    assert first["loss"] == first["verdict_loss"]


def test_it_says_yes_of_better_answers_and_no_of_worse_ones_and_scores_them_so(trained, pairs):
    _, settings = trained
    loaded = preference.load_for_scoring(Path(settings["output"]))
    rows = read_tables([str(pairs)]).to_pylist()
    scores = []
    for row in rows:
        encoded = [loaded.encoder.encode(row["prompt"], row[side]) for side in ("chosen", "rejected")]
        scores.append(loaded.model(pack([encoded]))[0].tolist())
    assert sum(chosen > 0 > rejected for chosen, rejected in scores) >= 22, scores


def test_transformers_alone_gives_the_scores_of_an_exported_model(trained, pairs, tmp_path):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    _, settings = trained
    export.export(Path(settings["output"]), tmp_path / "out", dtype="float32")
    theirs = AutoModelForSequenceClassification.from_pretrained(tmp_path / "out")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    loaded = preference.load_for_scoring(Path(settings["output"]))
    rows = read_tables([str(pairs)]).to_pylist()[:4]
    batch = tokenizer([row["prompt"] + row["chosen"] for row in rows], return_tensors="pt", padding=True)
    with torch.no_grad():
        logits = theirs(**batch).logits[:, 0].tolist()
        ours = [float(loaded.model(pack([[loaded.encoder.encode(row["prompt"], row["chosen"])]]))[0]) for row in rows]
    assert logits == pytest.approx(ours, abs=1e-5)


def test_two_ranks_that_divide_the_model_equal_one_process(trained, pairs, tmp_path):
    base, _ = trained
    changes = {**VERDICT, **rig.SLOW, "loss": {"rank": 0.5, "lm": 0.5, "verdict": 1, "margin": 0.1, "center": 0.01}}
    alone = rig.train_config(tmp_path / "alone", base, pairs, batch_size=5, presentations=16, **changes)
    both = rig.train_config(tmp_path / "both", base, pairs, batch_size=5, presentations=16, **changes)
    assert rig.launch_training(alone)["status"] == "succeeded"
    assert rig.launch_training(both, ranks=2, before=lambda _: rig.divided())["status"] == "succeeded"
    rig.assert_close(both, alone)


def test_a_reward_model_made_from_it_is_asked_the_same_question_and_ranks_from_its_scores(trained, pairs, tmp_path):
    _, settings = trained
    changes = {"task": "rm", "init": settings["output"], "eoc": None, "max_length": 200, "loss": rig.RANKING}
    rm = rig.train_config(tmp_path, Path(settings["output"]), pairs, **changes)
    assert rig.launch_training(rm)["meta"]["score"] == "verdict"
    about = json.loads((Path(rm["output"]) / "codepmp.json").read_text())
    assert about["verdict"] == json.loads((Path(settings["output"]) / "codepmp.json").read_text())["verdict"]
    assert rig.steps(rm)[0]["accuracy"] >= 0.75
