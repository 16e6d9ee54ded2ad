"""The preference model: a decoder with a scalar head, and the base's vocabulary head while the LM term needs it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..process.failures import Invalid
from . import decoder
from .rows import Rows
from .tokens import Encoder, Eoc

ABOUT = "codepmp.json"
EMBEDDING = "model.embed_tokens.weight"


class PreferenceModel(nn.Module):
    """Parameter names are those of transformers' `…ForSequenceClassification`, plus `lm_head` where it is untied."""

    def __init__(self, config: dict[str, Any], *, untied_head: bool) -> None:
        super().__init__()
        self.model = decoder.Decoder(config)
        self.score = decoder.Linear(config["hidden_size"], 1)
        self.lm_head = decoder.Linear(config["hidden_size"], config["vocab_size"]) if untied_head else None

    def forward(self, rows: Rows, where: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """One score a row, in fp32, and the hidden states of the tokens `where`."""
        wanted = rows.score if where is None else torch.cat([rows.score, where])
        hidden = self.model(rows, wanted)
        scores = nn.functional.linear(hidden[: rows.count].float(), self.score.weight.float()).squeeze(-1)
        return scores, hidden[rows.count :]

    @property
    def vocabulary(self) -> torch.Tensor:
        """Weight of the vocabulary head."""
        return self.lm_head.weight if self.lm_head is not None else self.model.embed_tokens.weight


@dataclass
class Loaded:
    """A model with all that belongs to it. `about` is the content of `codepmp.json`, None for a base model."""

    model: PreferenceModel
    encoder: Encoder
    config: dict[str, Any]
    about: dict[str, Any] | None


def load_for_training(
    path: Path, *, layers: int | None, eoc: bool | None, lm: bool, max_length: int, seed: int, restored: bool = False
) -> Loaded:
    """
    Loads a base model or an earlier checkpoint. `eoc` None keeps what the checkpoint has (a base has none). A score
    head that is not there is drawn from the seed. `restored`: a state of training will be put in place of the weights,
    so that a vocabulary head, which checkpoints lack, may be missing.
    """
    config, about = read_config(path), read_about(path)
    encoder = Encoder(path, max_length=max_length)
    cut_layers(config, layers, path)
    weights = read_weights(path, config["num_hidden_layers"])
    fill_padding(config, encoder)
    encoder.eoc = eoc_for(encoder, config, about, wanted=eoc)
    if encoder.eoc:
        fit_vocabulary(weights, config, encoder.eoc)
    untied = lm and not config.get("tie_word_embeddings", False)
    if untied and restored:
        weights["lm_head.weight"] = torch.zeros_like(weights[EMBEDDING])
    if untied and "lm_head.weight" not in weights:
        raise Invalid(
            f"{path / 'model.safetensors'} has no vocabulary head of its own, which `loss.lm` needs: set it to 0 or "
            "start from a base model"
        )
    if "score.weight" not in weights:
        generator = torch.Generator().manual_seed(seed)
        weights["score.weight"] = torch.randn(1, config["hidden_size"], generator=generator) * 0.02
    model = build(config, weights, path, untied_head=untied)
    return Loaded(model, encoder, config, about)


def load_for_scoring(path: Path) -> Loaded:
    """Loads a checkpoint of ours, which cuts texts where its training did; a base model has no scores to give."""
    config, about = read_config(path), read_about(path)
    if about is None:
        raise Invalid(f"{path / ABOUT} is missing: score with a checkpoint of train.py, not with a base model")
    encoder = Encoder(path, max_length=about["max_length"])
    encoder.eoc = Eoc(**about["eoc"]) if about["eoc"] else None
    model = build(config, read_weights(path, config["num_hidden_layers"]), path, untied_head=False)
    return Loaded(model, encoder, config, about)


def read_config(path: Path) -> dict[str, Any]:
    file = path / "config.json"
    if not file.is_file():
        raise Invalid(f"{file} is missing: name a from_pretrained folder")
    config: dict[str, Any] = json.loads(file.read_text())
    if refused := decoder.refusal(config):
        raise Invalid(
            f"{file}: a model with {refused} cannot be trained or scored: use a Llama, Qwen2 or Mistral model with "
            "plain rotary positions"
        )
    return config


def read_about(path: Path) -> dict[str, Any] | None:
    file = path / ABOUT
    return json.loads(file.read_text()) if file.is_file() else None


def read_weights(path: Path, layers: int) -> dict[str, torch.Tensor]:
    """Weights in fp32, of the first `layers` layers only."""
    from safetensors import SafetensorError, safe_open

    files = sorted(path.glob("model*.safetensors"))
    if not files:
        raise Invalid(f"{path / 'model.safetensors'} is missing: name a from_pretrained folder with weights in it")
    weights = {}
    for file in files:
        try:
            with safe_open(file, framework="pt") as stored:
                for name in stored.keys():  # noqa: SIM118 (not a dict)
                    if layer_of(name) < layers:
                        weights[name] = stored.get_tensor(name).float()
        except SafetensorError as problem:
            raise Invalid(f"{file} is damaged ({problem}): produce or copy it again") from None
    return weights


def layer_of(name: str) -> int:
    parts = name.split(".")
    return int(parts[2]) if parts[:2] == ["model", "layers"] else -1


def cut_layers(config: dict[str, Any], layers: int | None, path: Path) -> None:
    have = config["num_hidden_layers"]
    if layers is None:
        return
    if layers > have:
        raise Invalid(f"`layers`: expected at most {have} (the layers of {path}), got {layers}")
    config["num_hidden_layers"] = layers
    if config.get("layer_types"):
        config["layer_types"] = config["layer_types"][:layers]


def fill_padding(config: dict[str, Any], encoder: Encoder) -> None:
    """Sets `pad_token_id`, without which the library scores one row at a time."""
    if config.get("pad_token_id") is None:
        pad = encoder.token_id(encoder.special.get("pad_token") or encoder.special.get("eos_token"))
        config["pad_token_id"] = pad if pad is not None else 0


def eoc_for(
    encoder: Encoder, config: dict[str, Any], about: dict[str, Any] | None, *, wanted: bool | None
) -> Eoc | None:
    had = Eoc(**about["eoc"]) if about and about["eoc"] else None
    if wanted is None or (wanted and had):
        return had
    if not wanted:
        return None
    ends = config.get("eos_token_id")
    special = {encoder.token_id(token) for token in encoder.special.values()}
    return encoder.choose_eoc({config["pad_token_id"], *(ends if isinstance(ends, list) else [ends]), *special})


def fit_vocabulary(weights: dict[str, torch.Tensor], config: dict[str, Any], eoc: Eoc) -> None:
    """Gives a token beyond the embedding a row of its own, the mean of all rows."""
    for name in (EMBEDDING, "lm_head.weight"):
        rows = weights.get(name)
        if rows is not None and eoc.id >= len(rows):
            weights[name] = torch.cat([rows, rows.mean(0, keepdim=True).expand(eoc.id + 1 - len(rows), -1)])
    config["vocab_size"] = len(weights[EMBEDDING])


def build(
    config: dict[str, Any], weights: dict[str, torch.Tensor], path: Path, *, untied_head: bool
) -> PreferenceModel:
    model = PreferenceModel(config, untied_head=untied_head)
    wanted = set(model.state_dict())
    missing = sorted(wanted - set(weights))
    if missing:
        raise Invalid(f"{path}: {len(missing)} tensors are missing ({', '.join(missing[:3])}): copy the folder again")
    try:
        model.load_state_dict({name: weights[name] for name in wanted})
    except RuntimeError as problem:
        raise Invalid(f"{path}: weights do not fit config.json: {problem}") from None
    return model


def save_model(folder: Path, loaded: Loaded, about: dict[str, Any]) -> list[Path]:
    """Writes a folder for `AutoModelForSequenceClassification.from_pretrained`; returns its files."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = {
        **loaded.config,
        "architectures": [f"{decoder.FAMILIES[loaded.config['model_type']]}ForSequenceClassification"],
        "id2label": {"0": "preference"},
        "label2id": {"preference": 0},
        "dtype": "float32",
    }
    for name in ("quantization_config", "torch_dtype"):
        config.pop(name, None)
    weights = {
        name: value.detach().cpu().contiguous()
        for name, value in loaded.model.state_dict().items()
        if name != "lm_head.weight"
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    write_json(folder / "config.json", config)
    write_json(folder / ABOUT, about)
    loaded.encoder.save(folder)
    return sorted(path for path in folder.iterdir() if path.is_file())


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
