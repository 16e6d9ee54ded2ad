"""Models on packed rows that share their beginnings, against transformers on one row after the other."""

import dataclasses
import json

import pytest
import torch
import torch.nn.functional as F

import rig
from codepmp_trainer.model import preference
from codepmp_trainer.model.rows import labels, pack
from codepmp_trainer.model.tokens import Encoded
from codepmp_trainer.process.failures import Invalid
from codepmp_trainer.training.loss import lm_loss, rank_loss

LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
GEMMA = {**rig.LLAMA, "head_dim": 16, "hidden_activation": "gelu_pytorch_tanh", "bos_token_id": 2}
SHAPES = {
    "llama 2, smollm2": rig.LLAMA,
    "llama with biases, full heads": {**rig.LLAMA, "attention_bias": True, "mlp_bias": True, "num_key_value_heads": 4},
    "llama 3.2": {**rig.LLAMA, "rope_scaling": {**LLAMA3, "original_max_position_embeddings": 16}},
    "deepseek-coder": {**rig.LLAMA, "rope_scaling": {"type": "linear", "factor": 4.0}},
    "qwen2": rig.QWEN,
    "qwen3": {**rig.LLAMA, "model_type": "qwen3", "head_dim": 16},
    "mistral 0.1": {**rig.LLAMA, "model_type": "mistral", "sliding_window": 8, "rope_theta": 5000.0},
    "mistral 0.3": {**rig.LLAMA, "model_type": "mistral", "sliding_window": None},
    "gemma": {**GEMMA, "model_type": "gemma", "hidden_act": "gelu"},
    "gemma 2": {
        **{**GEMMA, "model_type": "gemma2", "sliding_window": 8, "query_pre_attn_scalar": 24},
        **{"attn_logit_softcapping": 5.0, "final_logit_softcapping": 3.0},
    },
    "gemma 3": {**GEMMA, "model_type": "gemma3_text", "sliding_window": 8, "sliding_window_pattern": 2},
    "olmo 2": {**rig.LLAMA, "model_type": "olmo2"},
    "phi 3": {**rig.LLAMA, "model_type": "phi3", "tie_word_embeddings": False, "resid_pdrop": 0.5},
    "smollm3": {**rig.LLAMA, "model_type": "smollm3", "no_rope_layers": [1, 0, 1]},
}
PROMPT = list(range(40, 60))
PAIRS = [
    [Encoded([*PROMPT, 5, 6, 7, 8, 9, 2], 20, 25, False), Encoded([*PROMPT, 5, 6, 11, 2], 20, 23, False)],
    [Encoded([7, 8, 9, 10], 1, 4, False), Encoded([7, 8, 9, 10, 11, 12], 1, 6, False)],  # one begins the other
    [Encoded([30, 31, 32], 2, 3, False), Encoded([33, *range(60, 90)], 1, 31, False)],  # nothing in common
    [Encoded([9], 0, 1, False), Encoded([10], 0, 1, False)],
]
ROWS = [row for pair in PAIRS for row in pair]
"""Of 1 to 31 tokens."""


def load(folder, **changes) -> preference.Loaded:
    settings = {"layers": None, "eoc": None, "lm": False, "max_length": 64, "seed": 1}
    return preference.load_for_training(folder, **{**settings, **changes})


def library(folder, dtype=torch.float32):
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=dtype).eval()


def loss_of_library(theirs, score: torch.Tensor) -> tuple[list[float], torch.Tensor]:
    """Scores of all rows, and the loss of the pairs: one row after the other, all logits of the chosen ones."""
    scores, language, count = [], 0.0, 0
    for index, row in enumerate(ROWS):
        ids = torch.tensor([row.ids])
        hidden = theirs.model(input_ids=ids).last_hidden_state[0]
        scores.append(hidden[row.score].float() @ score.float())
        first = max(row.start, 1)
        if index % 2 == 0 and row.end > first:
            logits = theirs(input_ids=ids).logits[0, first - 1 : row.end - 1]
            language = language + F.cross_entropy(logits, torch.tensor(row.ids[first : row.end]), reduction="sum")
            count += row.end - first
    ranking = -F.logsigmoid(torch.stack(scores[0::2]) - torch.stack(scores[1::2])).mean()
    return [value.item() for value in scores], ranking + language / count


def loss_of_ours(model: preference.PreferenceModel, groups) -> tuple[list[float], torch.Tensor]:
    packed = pack(groups)
    where, targets = labels(packed, ROWS, range(0, len(ROWS), 2))
    scores, hidden = model(packed, where)
    language = lm_loss(hidden, model.vocabulary, targets, softcap=model.softcap) / len(targets)
    return scores.tolist(), rank_loss(scores) / len(PAIRS) + language


def gradient(loss: torch.Tensor, model) -> dict[str, torch.Tensor]:
    names, parameters = zip(*model.named_parameters(), strict=True)
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    pairs = zip(names, found, strict=True)
    return {name.removeprefix("model."): grad.to_dense() for name, grad in pairs if grad is not None}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("groups", [PAIRS, [[row] for row in ROWS]], ids=["shared", "plain"])
def test_scores_loss_and_gradients_equal_those_of_the_library_row_by_row(tmp_path, name, groups):
    folder = rig.make_base(tmp_path, SHAPES[name])
    theirs, loaded = library(folder), load(folder, lm=True)
    expected, wanted_loss = loss_of_library(theirs, loaded.model.score.weight[0].detach())
    scores, loss = loss_of_ours(loaded.model, groups)
    assert scores == pytest.approx(expected, abs=3e-6)
    assert loss.detach().item() == pytest.approx(wanted_loss.item(), rel=1e-6)
    ours, wanted = gradient(loss, loaded.model), gradient(wanted_loss, theirs)
    for parameter, value in wanted.items():
        difference = (ours[parameter.removeprefix("model.")] - value).norm() / value.norm()
        assert difference < 5e-6, parameter


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-6), (torch.float32, 2e-6), (torch.bfloat16, 3e-2)])
def test_shared_beginnings_change_nothing_in_any_precision(base, dtype, tolerance):
    model = load(base, lm=True).model.to(dtype)
    shared, loss = loss_of_ours(model, PAIRS)
    plain, wanted_loss = loss_of_ours(model, [[row] for row in ROWS])
    assert shared == pytest.approx(plain, abs=tolerance)
    assert loss.detach().item() == pytest.approx(wanted_loss.detach().item(), rel=tolerance)
    for left, right in zip(gradient(loss, model).values(), gradient(wanted_loss, model).values(), strict=True):
        assert (left - right).norm() <= max(tolerance, 1e-6) * 4 * right.norm()


def test_rows_know_nothing_of_each_other(base):
    """What a row says after the common beginning reaches the score of that row alone."""
    loaded = load(base)
    group = [Encoded([*PROMPT, *own, 2], 20, 22, False) for own in ([5, 6], [7, 8], [9, 10])]
    embedding = loaded.model.model.embed_tokens.weight
    embedding.grad = torch.zeros_like(embedding)
    loaded.model(pack([group]))[0][1].backward()
    reached = embedding.grad.abs().sum(1) > 0
    assert reached[7] and reached[8] and reached[40:60].all()
    assert not reached[[5, 6, 9, 10]].any()


def test_no_token_sees_what_comes_after_it(base):
    loaded = load(base)
    row = pack([[Encoded([*PROMPT, 5, 6], 20, 22, False)]])
    changed = pack([[Encoded([*PROMPT, 5, 7], 20, 22, False)]])
    everywhere = torch.arange(22)
    with torch.no_grad():
        before, after = loaded.model(row, everywhere)[1], loaded.model(changed, everywhere)[1]
    assert torch.equal(before[:21], after[:21])
    assert not torch.equal(before[21], after[21])


def test_gemma_keeps_its_own_padding_token_learnable(tmp_path):
    loaded = load(rig.make_base(tmp_path, SHAPES["gemma"]))
    embedding = loaded.model.model.embed_tokens.weight
    embedding.grad = torch.zeros_like(embedding)
    loaded.model(pack([[Encoded([0, 5], 1, 2, False)]]))[0].sum().backward()
    assert embedding.grad[0].abs().sum() > 0


@pytest.mark.parametrize("eoc", [True, False])
@pytest.mark.parametrize("name", SHAPES)
def test_a_checkpoint_loads_with_plain_from_pretrained_and_scores_the_same_in_a_batch(tmp_path, name, eoc):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    loaded = load(rig.make_base(tmp_path / "base", SHAPES[name]), eoc=eoc, layers=2)
    folder = tmp_path / "checkpoint"
    preference.save_model(folder, loaded, loaded.model.state_dict(), {"eoc": None, "max_length": 64})
    theirs = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="eager")
    assert theirs.config.num_labels == 1
    texts = [("Question: 1\n\nAnswer:\n", "yes"), ("Q", "a much longer answer than the others"), ("Hm", "")]
    rows = [loaded.encoder.encode(*text) for text in texts]
    longest = max(len(row.ids) for row in rows)
    padding = theirs.config.pad_token_id
    ids = torch.tensor([row.ids + [padding] * (longest - len(row.ids)) for row in rows])
    mask = torch.tensor([[1] * len(row.ids) + [0] * (longest - len(row.ids)) for row in rows])
    with torch.no_grad():
        logits = theirs(input_ids=ids, attention_mask=mask).logits.flatten().tolist()
        ours = loaded.model(pack([[row] for row in rows]))[0].tolist()
    assert logits == pytest.approx(ours, abs=2e-5)
    if eoc:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        assert tokenizer("".join(texts[0]))["input_ids"] == rows[0].ids[: rows[0].end]


def test_layers_keeps_the_first_ones(base):
    whole, cut = load(base), load(base, layers=2)
    assert len(cut.model.model.layers) == cut.config.num_hidden_layers == 2
    assert torch.equal(cut.model.model.layers[1].mlp.up_proj.weight, whole.model.model.layers[1].mlp.up_proj.weight)


def test_more_layers_than_there_are_is_refused(base):
    with pytest.raises(Invalid, match=r"`layers`: expected at most 3 .*, got 4"):
        load(base, layers=4)


def test_the_score_head_of_a_base_comes_from_the_seed_and_that_of_a_checkpoint_stays(base, tmp_path):
    first, other = load(base, seed=1), load(base, seed=2)
    assert torch.equal(first.model.score.weight, load(base, seed=1).model.score.weight)
    assert not torch.equal(first.model.score.weight, other.model.score.weight)
    preference.save_model(tmp_path / "c", first, first.model.state_dict(), {"eoc": None, "max_length": 64})
    assert torch.equal(load(tmp_path / "c", seed=2).model.score.weight, first.model.score.weight)


def test_a_vocabulary_head_of_its_own_is_kept_for_a_later_training_with_a_language_term(tmp_path):
    folder = rig.make_base(tmp_path / "base", rig.QWEN)
    trained = load(folder, lm=True)
    preference.save_model(tmp_path / "c", trained, trained.model.state_dict(), {"eoc": None, "max_length": 64})
    assert torch.equal(load(tmp_path / "c", lm=True).model.lm_head.weight, trained.model.lm_head.weight)
    without = load(folder)
    assert without.model.lm_head is None
    preference.save_model(tmp_path / "d", without, without.model.state_dict(), {"eoc": None, "max_length": 64})
    with pytest.raises(Invalid) as refused:
        load(tmp_path / "d", lm=True)
    assert str(refused.value) == (
        f"{tmp_path / 'd'} has no vocabulary head of its own (lm_head.weight), which `loss.lm` and `loss.verdict` "
        "need: set both to 0, or start from a base model or from a training with one of them"
    )


def test_a_model_that_scores_by_a_verdict_is_saved_with_the_score_head_that_gives_its_scores(tmp_path):
    folder = rig.make_base(tmp_path / "base", rig.QWEN)
    trained = load(folder, verdict=True, max_length=200)
    about = {"eoc": None, "max_length": 200, "verdict": dataclasses.asdict(trained.encoder.verdict)}
    preference.save_model(tmp_path / "c", trained, trained.model.state_dict(), about)
    scoring = preference.load_for_scoring(tmp_path / "c")
    row = scoring.encoder.encode("a question", "an answer")
    assert scoring.encoder.tokenizer.decode(row.ids) == "a questionan answer\n\nIs this answer correct (Yes/No)?\n"
    hidden = trained.model.model(input_ids=torch.tensor([row.ids]), rows=pack([[row]])).last_hidden_state[0, -1]
    yes, no = (trained.encoder.tokenizer.encode(answer).ids[0] for answer in ("Yes", "No"))
    logits = trained.model.lm_head.weight @ hidden
    for loaded in (trained, scoring):
        assert float(loaded.model(pack([[row]]))[0]) == pytest.approx(float(logits[yes] - logits[no]), rel=1e-5)


def test_a_question_that_leaves_too_little_of_a_row_is_refused(base):
    with pytest.raises(Invalid) as refused:
        load(base, verdict=True, max_length=64)
    assert str(refused.value) == (
        "`max_length`: expected at least 175, five times the tokens of the question for a verdict, got 64"
    )


def test_a_model_of_another_family_is_refused(base, tmp_path):
    config = {**json.loads((base / "config.json").read_text()), "model_type": "gpt_neox"}
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    with pytest.raises(Invalid) as refused:
        preference.read_config(tmp_path)
    assert str(refused.value) == (
        f"{file}: a model of type gpt_neox cannot be trained or scored: use one of type "
        "gemma, gemma2, gemma3_text, llama, mistral, olmo2, phi3, qwen2, qwen3, smollm3"
    )


def test_every_family_is_compared_with_the_library():
    assert {shape["model_type"] for shape in SHAPES.values()} == set(preference.families())


def test_a_model_that_the_library_cannot_make_is_refused(base, tmp_path):
    rig.make_base(tmp_path)
    config = {**json.loads((tmp_path / "config.json").read_text()), "hidden_act": "no-such"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(Invalid, match=r"config\.json: transformers cannot make this model: KeyError\('no-such'\)"):
        load(tmp_path)


def test_a_model_whose_tokenizer_names_neither_padding_nor_end_is_refused(tmp_path):
    folder = rig.make_base(tmp_path, {**rig.LLAMA, "pad_token_id": None})
    assert load(folder).config.pad_token_id == 0
    (folder / "tokenizer_config.json").write_text("{}")
    with pytest.raises(Invalid, match=r"set pad_token_id in config\.json to a token that texts do not use"):
        load(folder)


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
