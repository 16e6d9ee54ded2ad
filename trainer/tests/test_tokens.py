"""Rows of tokens: boundaries, cuts, the end-of-context token."""

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models

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


ALPHABET = "".join(chr(97 + index) for index in range(26))


def test_a_prompt_is_cut_at_its_start_only_as_far_as_the_row_does_not_fit(encoder):
    fits, longer = encoder.encode(ALPHABET[:18], "xy"), encoder.encode(ALPHABET[:18], "xyz")
    assert (encoder.tokenizer.decode(fits.ids), fits.cut) == (ALPHABET[:18] + "xy", False)
    assert (encoder.tokenizer.decode(longer.ids), longer.cut) == (ALPHABET[1:18] + "xyz", True)


def test_a_prompt_keeps_three_quarters_of_the_row_when_the_response_is_long(encoder):
    row = encoder.encode(ALPHABET[:18], "x" * 50)
    assert encoder.tokenizer.decode(row.ids) == ALPHABET[3:18] + "x" * 5
    assert row.cut


def test_the_prompt_of_a_pair_is_the_same_on_both_sides(encoder):
    chosen, rejected = encoder.join(encoder.ids_of(ALPHABET[:18]), [encoder.ids_of("x"), encoder.ids_of("yyy")])
    assert encoder.tokenizer.decode(chosen.ids) == ALPHABET[1:18] + "x"
    assert encoder.tokenizer.decode(rejected.ids) == ALPHABET[1:18] + "yyy"


def test_an_empty_response_is_scored_at_the_end_of_the_prompt_and_an_empty_row_is_refused(encoder):
    assert encoder.encode("abc", "").score == 2
    with pytest.raises(Invalid, match="neither prompt nor response"):
        encoder.encode("", "")


def test_control_tokens_spelled_out_in_a_text_stay_text(encoder):
    row = encoder.encode("<pad>", "<file_sep>")
    assert not {0, 1, 2} & set(row.ids)
    assert encoder.tokenizer.decode(row.ids) == "<pad><file_sep>"


SPACES = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
PREPEND = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, SPACES]}
META = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}
LETTERS = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}
STRIP = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
DIGITS = {"type": "Digits", "individual_digits": True}
PIECES = {
    "llama 2": (PREPEND, None, {"type": "Sequence", "decoders": [LETTERS, {"type": "Fuse"}, STRIP]}),
    "mistral 0.3": (None, META, META),
    "metaspace before all": (None, {**META, "prepend_scheme": "always"}, {**META, "prepend_scheme": "always"}),
    "gemma": (SPACES, None, {"type": "Sequence", "decoders": [LETTERS, {"type": "Fuse"}]}),
    "qwen 2": (None, BYTES, BYTES),
    "smollm": (None, {"type": "Sequence", "pretokenizers": [DIGITS, BYTES]}, BYTES),
}


def encoder_of(folder: Path, pieces: tuple) -> Encoder:
    """Of a vocabulary of letters, and of words with the space before them."""
    letters = ["▁", "Ġ", "Ċ", "\n", *"=.,xyz0123456789"]
    words = [space + letter for space in "▁Ġ" for letter in "xyz=12"]
    vocab = {token: index for index, token in enumerate([*letters, *words])}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[(word[0], word[1]) for word in words]))
    values = json.loads(tokenizer.to_str())
    values.update(zip(("normalizer", "pre_tokenizer", "decoder"), pieces, strict=True))
    folder.mkdir()
    (folder / "tokenizer.json").write_text(json.dumps(values))
    return Encoder(folder, max_length=64)


@pytest.mark.parametrize("family", PIECES)
@pytest.mark.parametrize(
    ("prompt", "response"), [("x =", "4"), ("x =", " 12 y"), ("x\n", "y z\n"), ("x ", "y"), ("", "1 2")]
)
def test_a_row_reads_as_the_prompt_and_the_response_behind_it(tmp_path, family, prompt, response):
    encoder = encoder_of(tmp_path / "model", PIECES[family])
    row = encoder.encode(prompt, response)
    assert encoder.tokenizer.decode(row.ids) == prompt + response
    assert row.ids[: row.start] == encoder.ids_of(prompt)


@pytest.mark.parametrize("family", PIECES)
def test_a_row_has_the_tokens_of_the_whole_text_where_no_word_spans_the_border(tmp_path, family):
    encoder = encoder_of(tmp_path / "model", PIECES[family])
    assert encoder.encode("x = 1\n", "y z").ids == encoder.tokenizer.encode("x = 1\ny z").ids


def test_a_tokenizer_that_starts_every_text_with_bos_gives_one_bos(tmp_path):
    folder = rig.make_base(tmp_path / "base")
    rig.begin_texts_with_end(folder)
    row = Encoder(folder, max_length=20).encode("a" * 30, "b")
    assert row.ids[0] == 1
    assert row.ids.count(1) == 1
    assert (row.start, len(row.ids)) == (19, 20)


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
