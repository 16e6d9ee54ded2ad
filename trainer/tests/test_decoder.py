"""Our decoder and checkpoints against the library's models."""

import json
from pathlib import Path

import pytest
import torch

import rig
from codepmp_trainer.model import preference
from codepmp_trainer.model.rows import pack
from codepmp_trainer.model.tokens import Encoded
from codepmp_trainer.process.failures import Invalid

SHAPES = {
    "llama": rig.LLAMA,
    "llama with biases, full heads": {**rig.LLAMA, "attention_bias": True, "num_key_value_heads": 4, "head_dim": 16},
    "qwen2": rig.QWEN,
    "mistral": {**rig.LLAMA, "model_type": "mistral", "sliding_window": None, "rope_theta": 5000.0},
}
TEXTS = [("Question: 1\n\nAnswer:\n", "yes"), ("Q", "a much longer answer than the others"), ("Hm", "")]


def load(folder: Path, **changes) -> preference.Loaded:
    settings = {"layers": None, "eoc": None, "lm": False, "max_length": 64, "seed": 1}
    return preference.load_for_training(folder, **{**settings, **changes})


def scores_of(loaded: preference.Loaded, rows: list[Encoded]) -> list[float]:
    with torch.no_grad():
        return loaded.model(pack(rows))[0].tolist()


@pytest.mark.parametrize("name", SHAPES)
def test_hidden_states_equal_those_of_the_library_on_padded_rows(tmp_path, name):
    from transformers import AutoModelForCausalLM

    folder = rig.make_base(tmp_path, SHAPES[name])
    theirs = AutoModelForCausalLM.from_pretrained(folder).model
    loaded = load(folder)
    rows = [loaded.encoder.encode(*text) for text in TEXTS]
    packed = pack(rows)
    with torch.no_grad():
        ours = loaded.model(packed, torch.arange(len(packed.ids)))[1]
        for index, row in enumerate(rows):
            alone = theirs(input_ids=torch.tensor([row.ids])).last_hidden_state[0]
            start = sum(len(before.ids) for before in rows[:index])
            assert torch.allclose(ours[start : start + len(row.ids)], alone, atol=2e-5)


@pytest.mark.parametrize("eoc", [True, False])
@pytest.mark.parametrize("name", ["llama", "qwen2"])
def test_a_checkpoint_loads_with_plain_from_pretrained_and_scores_the_same_in_a_batch(tmp_path, name, eoc):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    loaded = load(rig.make_base(tmp_path / "base", SHAPES[name]), eoc=eoc, layers=2)
    folder = tmp_path / "checkpoint"
    preference.save_model(folder, loaded, {"eoc": None, "max_length": 64})
    theirs = AutoModelForSequenceClassification.from_pretrained(folder)
    assert theirs.config.num_labels == 1
    rows = [loaded.encoder.encode(*text) for text in TEXTS]
    longest = max(len(row.ids) for row in rows)
    padding = theirs.config.pad_token_id
    ids = torch.tensor([row.ids + [padding] * (longest - len(row.ids)) for row in rows])
    mask = torch.tensor([[1] * len(row.ids) + [0] * (longest - len(row.ids)) for row in rows])
    with torch.no_grad():
        logits = theirs(input_ids=ids, attention_mask=mask).logits.flatten().tolist()
    assert logits == pytest.approx(scores_of(loaded, rows), abs=2e-5)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer("".join(TEXTS[0]))["input_ids"] == rows[0].ids[: rows[0].end]


def test_a_score_does_not_depend_on_the_rows_beside_it(base):
    loaded = load(base)
    rows = [loaded.encoder.encode(*text) for text in TEXTS]
    alone = [scores_of(loaded, [row])[0] for row in rows]
    assert scores_of(loaded, rows) == pytest.approx(alone, abs=1e-6)


def test_layers_keeps_the_first_ones(base):
    whole, cut = load(base), load(base, layers=2)
    assert len(cut.model.model.layers) == cut.config["num_hidden_layers"] == 2
    assert torch.equal(cut.model.model.layers[1].mlp.up_proj.weight, whole.model.model.layers[1].mlp.up_proj.weight)


def test_more_layers_than_there_are_is_refused(base):
    with pytest.raises(Invalid, match=r"`layers`: expected at most 3 .*, got 4"):
        load(base, layers=4)


def test_the_score_head_of_a_base_comes_from_the_seed_and_that_of_a_checkpoint_stays(base, tmp_path):
    first, other = load(base, seed=1), load(base, seed=2)
    assert torch.equal(first.model.score.weight, load(base, seed=1).model.score.weight)
    assert not torch.equal(first.model.score.weight, other.model.score.weight)
    preference.save_model(tmp_path / "c", first, {"eoc": None, "max_length": 64})
    assert torch.equal(load(tmp_path / "c", seed=2).model.score.weight, first.model.score.weight)


def test_a_vocabulary_head_of_its_own_is_needed_for_the_language_term_only(tmp_path):
    folder = rig.make_base(tmp_path / "base", rig.QWEN)
    assert load(folder, lm=True).model.lm_head is not None
    loaded = load(folder)
    assert loaded.model.lm_head is None
    preference.save_model(tmp_path / "c", loaded, {"eoc": None, "max_length": 64})
    with pytest.raises(Invalid, match="no vocabulary head of its own"):
        load(tmp_path / "c", lm=True)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"model_type": "gemma"}, "model_type gemma"),
        ({"rope_scaling": {"rope_type": "llama3", "factor": 32}}, "rope_type llama3"),
        ({"hidden_act": "gelu"}, "hidden_act gelu"),
        ({"model_type": "mistral", "sliding_window": 8}, "sliding_window 8"),
        ({"mlp_bias": True}, "mlp_bias true"),
    ],
)
def test_a_model_that_this_decoder_does_not_compute_is_refused(base, tmp_path, changes, named):
    config = {**json.loads((base / "config.json").read_text()), **changes}
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    with pytest.raises(Invalid) as refused:
        preference.read_config(tmp_path)
    assert str(refused.value) == (
        f"{file}: a model with {named} cannot be trained or scored: use a Llama, Qwen2 or Mistral model with plain "
        "rotary positions"
    )


def test_missing_files_and_tensors_are_named(base, tmp_path):
    with pytest.raises(Invalid, match=r"config\.json is missing"):
        load(tmp_path)
    (tmp_path / "config.json").write_text((base / "config.json").read_text())
    rig.make_tokenizer(tmp_path)
    with pytest.raises(Invalid, match=r"model\.safetensors is missing"):
        load(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(Invalid, match=r"model\.safetensors is damaged"):
        load(tmp_path)
