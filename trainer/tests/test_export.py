"""What a trained model is used with outside the project: an exported folder, and scores of one's own texts."""

import io
import json
import sys
from pathlib import Path

import pytest
import torch

import export
import rig
import score_texts
from codepmp_trainer.model import preference
from codepmp_trainer.process.failures import Invalid

TEXTS = [{"prompt": f"Question: {index}\n\nAnswer:\n", "response": "ab " * (index * 5 % 14)} for index in range(8)]
LONG = {"prompt": "Question: 1\n\nAnswer:\n", "response": "a" * 100}


def checkpoint(folder: Path, base: Path, pairs: Path, **changes) -> Path:
    settings = rig.train_config(folder, base, pairs, presentations=8, **changes)
    assert rig.launch_training(settings)["status"] == "succeeded"
    return Path(settings["output"])


@pytest.fixture(scope="module")
def model(base, pairs, tmp_path_factory) -> Path:
    return checkpoint(tmp_path_factory.mktemp("model"), base, pairs)


def ours(model: Path, texts: list[dict]) -> list[float]:
    loaded = preference.load_for_scoring(model)
    return [line["score"] for line in score_texts.scores(loaded, map(json.dumps, texts))]


def plain(folder: Path, texts: list[dict]) -> list[float]:
    """Scores by transformers alone, of padded rows."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = tokenizer(
        [text["prompt"] + text["response"] for text in texts], padding=True, truncation=True, return_tensors="pt"
    )
    net = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.no_grad():
        return net(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits[:, 0].float().tolist()


def test_the_training_of_the_readme_runs_as_it_is_written(base, pairs, tmp_path, monkeypatch):
    text = (Path(__file__).parents[1] / "README.md").read_text()
    settings = json.loads(text.split("```json\n")[1].split("```")[0])
    monkeypatch.chdir(tmp_path)
    for name, target in ((settings["init"], base), (settings["pairs"][0], pairs)):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).symlink_to(target)
    assert rig.launch_training(settings)["status"] == "succeeded"
    assert len(ours(Path(settings["output"]), TEXTS)) == len(TEXTS)


def test_transformers_alone_give_the_texts_of_an_exported_model_our_scores_also_where_they_are_cut(model, tmp_path):
    export.export(model, tmp_path / "out", dtype="float32")
    texts = [*TEXTS, LONG]
    assert plain(tmp_path / "out", texts) == pytest.approx(ours(model, texts), abs=1e-5)
    assert ours(tmp_path / "out", texts) == ours(model, texts)


@pytest.mark.parametrize("eoc", [True, False])
def test_a_token_at_the_beginning_of_every_text_is_exported_with_and_without_eoc(pairs, tmp_path, eoc):
    base = rig.make_base(tmp_path / "base")
    rig.begin_texts_with_end(base)
    model = checkpoint(tmp_path / "run", base, pairs, eoc=eoc)
    export.export(model, tmp_path / "out", dtype="float32")
    assert plain(tmp_path / "out", TEXTS) == pytest.approx(ours(model, TEXTS), abs=1e-5)


def test_weights_are_exported_in_the_type_that_is_asked_for_and_nothing_else_of_the_training(model, tmp_path):
    from safetensors.torch import load_file

    export.export(model, tmp_path / "out", dtype="bfloat16")
    names = ["codepmp.json", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert {value.dtype for value in load_file(tmp_path / "out" / "model.safetensors").values()} == {torch.bfloat16}
    assert plain(tmp_path / "out", TEXTS) == pytest.approx(ours(model, TEXTS), abs=0.05)


def test_a_base_model_and_a_folder_that_exists_are_refused(base, model, tmp_path):
    with pytest.raises(Invalid) as problem:
        export.export(base, tmp_path / "out", dtype="float32")
    assert str(problem.value) == f"{base / 'codepmp.json'} is missing: name a checkpoint of train.py, not a base model"
    with pytest.raises(Invalid) as problem:
        export.export(model, tmp_path, dtype="float32")
    assert str(problem.value) == f"{tmp_path} exists: remove it or name another folder"


def test_texts_of_ones_own_are_scored_a_line_each(model, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["score_texts.py", "--model", str(model)])
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{json.dumps(text)}\n" for text in [TEXTS[3], LONG])))
    assert score_texts.main() == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["score"] for line in lines] == ours(model, [TEXTS[3], LONG])
    assert [line["cut"] for line in lines] == [False, True]
    assert err == "trained on prompts of the format question-answer\n"


def test_a_line_that_is_no_text_is_named_after_the_lines_before_it_were_scored(model, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["score_texts.py", "--model", str(model)])
    monkeypatch.setattr(sys, "stdin", io.StringIO(f'{json.dumps(TEXTS[0])}\n{{"prompt": "Q"}}\n'))
    assert score_texts.main() == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert err.splitlines()[-1] == (
        'score_texts: line 2: expected a JSON object such as {"prompt": "…", "response": "…"}, got {"prompt": "Q"}'
    )
