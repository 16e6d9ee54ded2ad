"""What training computes: the same in every split, and something that can be used."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet
import pytest
import torch
from safetensors.torch import load_file

import rig
from codepmp_trainer.model import preference


def run(folder: Path, base: Path, pairs: Path, *, ranks: int = 1, **changes) -> dict:
    """Trains; returns the settings, after checking that the run succeeded."""
    settings = rig.train_config(folder, base, pairs, **changes)
    result = rig.launch_training(settings, ranks=ranks)
    assert result["status"] == "succeeded", result
    return settings


def test_accumulating_four_micro_batches_of_one_equals_one_of_four(base, pairs, tmp_path):
    one_by_one = run(tmp_path / "a", base, pairs, micro_batch=1, **rig.SLOW)
    rig.assert_close(one_by_one, run(tmp_path / "b", base, pairs, micro_batch=4, **rig.SLOW))


@pytest.mark.parametrize("batch_size", [4, 5])
def test_two_ranks_equal_one_process(base, pairs, tmp_path, batch_size):
    alone = run(tmp_path / "a", base, pairs, batch_size=batch_size, **rig.SLOW)
    rig.assert_close(run(tmp_path / "b", base, pairs, ranks=2, batch_size=batch_size, **rig.SLOW), alone)


def test_a_rank_without_pairs_takes_part(base, pairs, tmp_path):
    alone = run(tmp_path / "a", base, pairs, presentations=9, **rig.SLOW)
    rig.assert_close(run(tmp_path / "b", base, pairs, ranks=2, presentations=9, **rig.SLOW), alone)


def test_the_first_losses_equal_a_plain_computation_with_the_library(base, pairs, tmp_path):
    import torch.nn.functional as F
    from transformers import AutoModelForCausalLM

    settings = run(tmp_path, base, pairs, presentations=4)
    loaded = preference.load_for_training(base, layers=None, eoc=True, lm=True, max_length=64, seed=3)
    theirs = AutoModelForCausalLM.from_pretrained(base)
    differences, language, count = [], 0.0, 0
    from codepmp_trainer.process.tables import read_tables
    from codepmp_trainer.training.order import Order

    rows = read_tables([str(pairs)]).to_pylist()
    with torch.no_grad():
        for index in Order(rows=24, presentations=4, batch_size=4, seed=3).batch(0):
            scores = []
            for side in ("chosen", "rejected"):
                row = loaded.encoder.encode(rows[index]["prompt"], rows[index][side])
                out = theirs(input_ids=torch.tensor([row.ids]), output_hidden_states=True)
                scores.append(out.hidden_states[-1][0, -1] @ loaded.model.score.weight[0])
                if side == "chosen":
                    logits = out.logits[0, row.start - 1 : row.end - 1]
                    wanted = torch.tensor(row.ids[row.start : row.end])
                    language += float(F.cross_entropy(logits, wanted, reduction="sum"))
                    count += len(wanted)
            differences.append(scores[0] - scores[1])
        ranking = float(-F.logsigmoid(torch.stack(differences)).mean())
    first = rig.steps(settings)[0]
    assert first["rank_loss"] == pytest.approx(ranking, rel=1e-5)
    assert first["lm_loss"] == pytest.approx(language / count, rel=1e-5)
    assert first["loss"] == pytest.approx(ranking + 0.5 * language / count, rel=1e-5)


def test_a_learnable_set_is_learned_and_with_flipped_labels_the_opposite(base, pairs, tmp_path):
    changes = {"presentations": 96, "loss": rig.RANKING, "checkpoint_every": 100}
    finals = {}
    for flipped in (False, True):
        folder = tmp_path / str(flipped)
        changes["checkpoints"] = str(folder / "c")
        data = rig.make_pairs(folder / "pairs.parquet", flipped=flipped)
        settings = run(folder, base, data, **changes)
        finals[flipped] = accuracy(Path(settings["output"]), pairs)
    assert finals[False] > 0.9
    assert finals[True] < 0.1


def accuracy(folder: Path, pairs: Path) -> float:
    from codepmp_trainer.model.rows import pack
    from codepmp_trainer.process.tables import read_tables

    loaded = preference.load_for_scoring(folder)
    rows = read_tables([str(pairs)]).to_pylist()
    sides = [loaded.encoder.encode(row["prompt"], row[side]) for row in rows for side in ("chosen", "rejected")]
    with torch.no_grad():
        scores = loaded.model(pack([sides[at : at + 2] for at in range(0, len(sides), 2)]))[0]
    return float((scores[0::2] > scores[1::2]).float().mean())


def test_equal_configurations_give_equal_bytes(base, pairs, tmp_path):
    first, second = run(tmp_path / "a", base, pairs), run(tmp_path / "b", base, pairs)
    assert rig.output_bytes(first) == rig.output_bytes(second)


def test_pairs_that_are_equal_after_the_cut_are_left_out_and_counted(base, pairs, tmp_path):
    rows = pyarrow.parquet.read_table(pairs).to_pylist()[:6]
    equal = {"prompt": "Question: ?\n\nAnswer:\n", "chosen": "x" * 80 + "yes", "rejected": "x" * 80 + "no"}
    both = rig.write_rows(tmp_path / "both.parquet", [*rows, equal, equal])
    changes = {"batch_size": 8, "presentations": 8, "schedule": {"kind": "wcd", "lr": 1e-3, "warmup": 0, "decay": 0}}
    settings = run(tmp_path / "both", base, both, **changes)
    step = rig.steps(settings)[0]
    assert (step["pairs"], step["equal"]) == (6, 2)
    assert rig.read_result(settings)["meta"]["equal"] == 2
    few = rig.write_rows(tmp_path / "few.parquet", rows)
    alone = rig.steps(run(tmp_path / "few", base, few, **{**changes, "batch_size": 6, "presentations": 6}))[0]
    for name in ("loss", "rank_loss", "lm_loss", "accuracy", "grad_norm", "tokens"):
        assert step[name] == pytest.approx(alone[name], rel=1e-5), name


def test_pairs_that_are_all_equal_after_the_cut_are_refused(base, tmp_path):
    equal = {"prompt": "Question: ?\n\nAnswer:\n", "chosen": "x" * 80 + "yes", "rejected": "x" * 80 + "no"}
    path = rig.write_rows(tmp_path / "equal.parquet", [equal] * 3)
    result = rig.launch_training(rig.train_config(tmp_path, base, path, presentations=3))
    assert (result["status"], result["class"]) == ("failed", "invalid")
    assert result["message"] == (
        f"{path}: the two answers of every pair are equal after the cut to 64 tokens: raise `max_length`"
    )


def test_without_a_language_term_none_is_reported(base, pairs, tmp_path):
    settings = run(tmp_path, base, pairs, loss=rig.RANKING, presentations=4)
    assert rig.steps(settings)[0]["lm_loss"] is None


def test_a_progress_line_tells_the_step_and_what_it_took(base, pairs, tmp_path):
    settings = run(tmp_path, base, pairs, presentations=6)
    start, first, last, *_ = rig.lines(Path(settings["progress"]))
    told = {"resumed_from": 0, "steps": 2, "pairs": 24, "cut": 0, "recompute": False, "within": 1800}
    assert start == {"event": "start", **told, "time": start["time"]}
    assert set(first) == {
        *("step", "steps", "loss", "rank_loss", "lm_loss", "accuracy", "lr", "grad_norm", "pairs", "equal"),
        *("ranks", "tokens", "cut", "seconds", "time", "within"),
    }
    assert (first["step"], first["pairs"], last["step"], last["pairs"]) == (1, 4, 2, 2)
    curve = rig.lines(Path(settings["output"]) / "progress.jsonl")
    assert [line["step"] for line in curve] == [1, 2]
    assert "seconds" not in curve[0]


def test_a_reward_model_starts_from_a_preference_model_and_keeps_its_eoc(base, pairs, tmp_path):
    pmp = run(tmp_path / "pmp", base, pairs, layers=2)
    rm = run(tmp_path / "rm", base, pairs, task="rm", init=pmp["output"], eoc=None, loss=rig.RANKING)
    about = json.loads((Path(rm["output"]) / "codepmp.json").read_text())
    assert about["eoc"] == {"token": "<file_sep>", "id": 2}
    assert (about["task"], about["score"], about["layers"]) == ("rm", "eoc", 2)
    assert [training["task"] for training in about["trained"]] == ["pmp", "rm"]


def test_the_result_lists_the_files_with_their_digests(base, pairs, tmp_path):
    import hashlib

    settings = run(tmp_path, base, pairs, presentations=4)
    result = rig.read_result(settings)
    names = ["codepmp.json", "config.json", "model.safetensors", "progress.jsonl"]
    assert [file["name"] for file in result["files"]] == [*names, "tokenizer.json", "tokenizer_config.json"]
    for file in result["files"]:
        content = Path(file["path"]).read_bytes()
        assert (file["sha256"], file["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert result["meta"]["presentations"] == 4


def test_a_model_with_a_head_of_its_own_trains_it_and_keeps_it_in_a_file_of_its_own(pairs, tmp_path):
    qwen = rig.make_base(tmp_path / "base", rig.QWEN)
    settings = run(tmp_path / "run", qwen, pairs)
    assert "lm_head.weight" not in load_file(Path(settings["output"]) / "model.safetensors")
    trained = load_file(Path(settings["output"]) / "lm_head.safetensors")["lm_head.weight"]
    assert not torch.equal(trained, load_file(qwen / "model.safetensors")["lm_head.weight"])
    assert rig.steps(settings)[-1]["lm_loss"] < rig.steps(settings)[0]["lm_loss"]


@pytest.mark.skipif(shutil.which("g++") is None, reason="no compiler for C++ here")
def test_compiled_layers_train_as_others_do(base, pairs, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "compiled"))
    compiled = run(tmp_path / "a", base, pairs, compile=True, **rig.SLOW)
    assert [*(tmp_path / "compiled").rglob("*.so")]
    rig.assert_close(compiled, run(tmp_path / "b", base, pairs, **rig.SLOW))
