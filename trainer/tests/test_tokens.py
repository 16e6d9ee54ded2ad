"""Rows of tokens: boundaries, cuts, the end-of-context token."""

import json
from pathlib import Path

import pytest

import rig
from codepmp_trainer.model import preference
from codepmp_trainer.model.tokens import Encoder, Eoc
from codepmp_trainer.process.failures import Invalid


@pytest.fixture
def encoder(base: Path) -> Encoder:
    return Encoder(base, max_length=20)


def test_the_boundary_is_where_the_prompt_ends(encoder):
    row = encoder.encode("abc", "de")
    assert encoder.tokenizer.decode(row.ids[: row.start]) == "abc"
    assert encoder.tokenizer.decode(row.ids[row.start : row.end]) == "de"
    assert (row.start, row.end, row.score, row.cut) == (3, 5, 4, False)


def test_eoc_comes_after_the_cut_and_is_where_the_score_is_read(encoder):
    encoder.eoc = Eoc("<file_sep>", 2)
    row = encoder.encode("abc", "d" * 100)
    assert len(row.ids) == 20
    assert row.ids[-1] == 2
    assert (row.start, row.end, row.score, row.cut) == (3, 19, 19, True)


def test_without_eoc_the_score_is_read_at_the_last_response_token(encoder):
    row = encoder.encode("abc", "d" * 100)
    assert (row.end, row.score, len(row.ids)) == (20, 19, 20)


def test_a_long_prompt_keeps_its_end_whatever_the_response_is(encoder):
    prompt = "".join(chr(97 + index) for index in range(18))
    for response in ("x", "x" * 50):
        row = encoder.encode(prompt, response)
        assert encoder.tokenizer.decode(row.ids[: row.start]) == prompt[-15:]
        assert row.cut


def test_an_empty_response_is_scored_at_the_end_of_the_prompt_and_an_empty_row_is_refused(encoder):
    assert encoder.encode("abc", "").score == 2
    with pytest.raises(Invalid, match="neither prompt nor response"):
        encoder.encode("", "")


def test_control_tokens_spelled_out_in_a_text_stay_text(encoder):
    row = encoder.encode("<pad>", "<file_sep>")
    assert not {0, 1, 2} & set(row.ids)
    assert encoder.tokenizer.decode(row.ids) == "<pad><file_sep>"


def test_a_tokenizer_that_starts_every_text_with_bos_gives_one_bos(tmp_path):
    from tokenizers import Tokenizer, processors

    folder = rig.make_base(tmp_path / "base")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.post_processor = processors.TemplateProcessing(single="<end> $A", special_tokens=[("<end>", 1)])
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, "bos_token": "<end>"}))
    row = Encoder(folder, max_length=20).encode("a" * 30, "b")
    assert row.ids[0] == 1
    assert row.ids.count(1) == 1
    assert (row.start, len(row.ids)) == (15, 16)


def load(base: Path, eoc: bool | None) -> preference.Loaded:
    return preference.load_for_training(base, layers=None, eoc=eoc, lm=True, max_length=64, seed=1)


def test_eoc_is_a_control_token_that_nothing_else_uses(base):
    assert load(base, True).encoder.eoc == Eoc("<file_sep>", 2)
    assert load(base, False).encoder.eoc is None
    assert load(base, None).encoder.eoc is None


def test_eoc_is_a_new_token_with_the_mean_row_where_none_is_free(tmp_path):
    folder = rig.make_base(tmp_path / "base", control=["<pad>", "<end>"])
    loaded = load(folder, True)
    table = loaded.model.model.embed_tokens.weight
    assert loaded.encoder.eoc == Eoc("<|eoc|>", 258)
    assert table.shape[0] == loaded.config.vocab_size == 259
    assert table[258].tolist() == pytest.approx(table[:258].mean(0).tolist())


def test_the_padding_and_end_tokens_are_never_taken(tmp_path):
    folder = rig.make_base(tmp_path / "base", {**rig.LLAMA, "eos_token_id": [1, 2]})
    assert load(folder, True).encoder.eoc == Eoc("<|eoc|>", 259)


def test_a_folder_without_a_tokenizer_is_named(tmp_path):
    with pytest.raises(Invalid, match=r"tokenizer\.json is missing"):
        Encoder(tmp_path, max_length=20)
