"""Conversion of GGUF weights: once, whole or not at all."""

import json
from pathlib import Path

import gguf
import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import pre_tokenizers

import convert
import rig
from codepmp_trainer.model import preference
from codepmp_trainer.process.failures import Invalid

NAMES = {ours: gguf_name for gguf_name, ours in convert.BLOCK_NAMES.items()}


def permuted(values: np.ndarray, heads: int) -> np.ndarray:
    """llama.cpp's order of query and key rows."""
    rows, columns = values.shape
    return values.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def make_gguf(path: Path, base: Path) -> None:
    """Writes a base of the rig as GGUF."""
    shape = json.loads((base / "config.json").read_text())
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_block_count(shape["num_hidden_layers"])
    writer.add_context_length(shape["max_position_embeddings"])
    writer.add_embedding_length(shape["hidden_size"])
    writer.add_feed_forward_length(shape["intermediate_size"])
    writer.add_head_count(shape["num_attention_heads"])
    writer.add_head_count_kv(shape["num_key_value_heads"])
    writer.add_rope_dimension_count(shape["hidden_size"] // shape["num_attention_heads"])
    writer.add_rope_freq_base(shape["rope_theta"])
    writer.add_layer_norm_rms_eps(shape["rms_norm_eps"])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*rig.CONTROL, *alphabet, "ab"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * len(rig.CONTROL) + [1] * (len(alphabet) + 1))
    writer.add_token_merges(["a b"])
    for name, index in (("bos", 1), ("eos", 1), ("unk", 0), ("pad", 0)):
        getattr(writer, f"add_{name}_token_id")(index)
    writer.add_chat_template("{{ messages }}")
    heads = {"q_proj": shape["num_attention_heads"], "k_proj": shape["num_key_value_heads"]}
    for name, values in load_file(base / "model.safetensors").items():
        parts = name.split(".")
        if name == "model.embed_tokens.weight":
            writer.add_tensor("token_embd.weight", np.concatenate([values, values[:1]]))
        elif name == "model.norm.weight":
            writer.add_tensor("output_norm.weight", values)
        else:
            values = permuted(values, heads[parts[-2]]) if parts[-2] in heads else values
            writer.add_tensor(f"blk.{parts[2]}.{NAMES['.'.join(parts[3:-1])]}.weight", np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture
def package(base, tmp_path, monkeypatch) -> str:
    make_gguf(tmp_path / "m.gguf", base)
    monkeypatch.setattr(convert, "gguf_of", lambda name: tmp_path / "m.gguf")
    return "some-package"


def test_weights_come_out_as_they_went_in(package, base, tmp_path):
    convert.convert(package=package, out=tmp_path / "out")
    before, after = load_file(base / "model.safetensors"), load_file(tmp_path / "out" / "model.safetensors")
    assert before.keys() == after.keys()
    for name, values in before.items():
        assert np.array_equal(after[name][: len(values)], values), name


def test_the_folder_loads_and_its_tokenizer_reads_digits_one_by_one(package, tmp_path):
    convert.convert(package=package, out=tmp_path / "out")
    loaded = preference.load_for_training(tmp_path / "out", layers=2, eoc=True, lm=True, max_length=64, seed=1)
    ids = loaded.encoder.ids_of("ab 12")
    assert [loaded.encoder.tokenizer.id_to_token(index) for index in ids] == ["ab", "Ġ", "1", "2"]
    assert loaded.encoder.eoc.token == "<file_sep>"


def test_a_second_conversion_does_nothing(package, tmp_path, monkeypatch):
    first = convert.convert(package=package, out=tmp_path / "out")
    monkeypatch.setattr(convert, "write_model", lambda *_: pytest.fail("converted again"))
    assert convert.convert(package=package, out=tmp_path / "out") == first
    assert first == convert.sha256_of(tmp_path / "out" / "model.safetensors")


def test_a_conversion_that_fails_leaves_nothing(package, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(convert, "write_tokenizer", fail)
    with pytest.raises(RuntimeError, match="disk full"):
        convert.convert(package=package, out=tmp_path / "models" / "out")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_that_is_something_else_is_left_alone(package, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(Invalid, match="is no converted model"):
        convert.convert(package=package, out=tmp_path / "out")


def test_the_slower_of_two_conversions_keeps_the_folder_of_the_faster(package, tmp_path, monkeypatch):
    out, original = tmp_path / "out", convert.write_model

    def overtaken(source: Path, folder: Path) -> str:
        digest = original(source, folder)
        monkeypatch.setattr(convert, "write_model", original)
        convert.convert(package=package, out=out)
        (out / "faster").write_text("")
        return digest

    monkeypatch.setattr(convert, "write_model", overtaken)
    convert.convert(package=package, out=out)
    assert (out / "faster").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".out")] == []


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(Invalid, match="the Python package no-such-package is not installed"):
        convert.gguf_of("no-such-package")
