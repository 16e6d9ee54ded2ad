"""Writes a trained model as a folder that transformers scores with on its own.

    python export.py --model runs/1/output --out models/my-rm --dtype bfloat16

`AutoTokenizer` of the folder ends every text with the token that the model scores at, so the text of a prompt and its
answer gets the score that score.py gives it. The folder appears complete or not at all.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from codepmp_trainer.model import preference
from codepmp_trainer.model.tokens import Encoder, Eoc
from codepmp_trainer.process.failures import Invalid
from codepmp_trainer.process.files import fsync_folder

DTYPES = ("float32", "bfloat16")


def export(model: Path, out: Path, *, dtype: str) -> None:
    """Makes `out`, which must not exist, of a checkpoint of train.py; `dtype` is that of its weights."""
    about = preference.read_about(model)
    if about is None:
        raise Invalid(f"{model / preference.ABOUT} is missing: name a checkpoint of train.py, not a base model")
    if out.exists():
        raise Invalid(f"{out} exists: remove it or name another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        write_weights(model, part, dtype)
        write_tokenizer(model, part, about)
        shutil.copyfile(model / preference.ABOUT, part / preference.ABOUT)
        part.chmod(0o755)
        fsync_folder(part)
        os.rename(part, out)
        fsync_folder(out.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_weights(model: Path, folder: Path, dtype: str) -> None:
    """Weights and configuration by the library, which divides large files."""
    import torch
    from transformers import AutoModelForSequenceClassification

    loaded = AutoModelForSequenceClassification.from_pretrained(model, dtype=getattr(torch, dtype))
    loaded.save_pretrained(folder)


def write_tokenizer(model: Path, folder: Path, about: dict[str, Any]) -> None:
    """The tokenizer, which puts the tokens around a text that training put there, and pads and cuts behind it."""
    encoder = Encoder(model, max_length=about["max_length"])
    encoder.eoc, encoder.verdict = Eoc(**about["eoc"]) if about["eoc"] else None, preference.verdict_of(about)
    encoder.tokenizer.post_processor = around(encoder)
    encoder.tokenizer.encode_special_tokens = False
    encoder.tokenizer.save(str(folder / "tokenizer.json"))
    path = model / "tokenizer_config.json"
    settings = json.loads(path.read_text()) if path.is_file() else {}
    padding = json.loads((folder / "config.json").read_text())["pad_token_id"]
    settings.update(encoder.special)
    settings.update(
        tokenizer_class="PreTrainedTokenizerFast",
        pad_token=encoder.tokenizer.id_to_token(padding),
        padding_side="right",
        truncation_side="right",
        model_max_length=about["max_length"],
    )
    preference.write_json(folder / "tokenizer_config.json", settings)


def around(encoder: Encoder) -> Any:
    """For a tokenizer of the library: puts the same tokens before and after a text as the encoder does."""
    from tokenizers import processors

    row = encoder.join([], [encoder.ids_of(".")])[0]
    tokens = [(str(encoder.tokenizer.id_to_token(index)), index) for index in row.ids]
    before, after = tokens[: row.start], tokens[row.end :]
    template = [*(name for name, _ in before), "$A", *(name for name, _ in after)]
    return processors.TemplateProcessing(single=template, special_tokens=[*before, *after])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, type=Path, help="folder of a model that train.py made")
    parser.add_argument("--out", required=True, type=Path, help="folder to make")
    parser.add_argument("--dtype", choices=DTYPES, default=DTYPES[0], help="type of the weights (default: %(default)s)")
    arguments = parser.parse_args()
    try:
        export(arguments.model, arguments.out.resolve(), dtype=arguments.dtype)
    except Invalid as problem:
        print(f"export: {problem}", file=sys.stderr)
        return 1
    print(arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
