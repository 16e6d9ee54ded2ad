"""The preference model: a decoder with a scalar head, and the base's vocabulary head where the LM term needs it."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..process.config import SCHEMA
from ..process.failures import Invalid
from ..process.files import fsync_folder
from . import attention
from .rows import Rows
from .tokens import Encoder, Eoc, Verdict

ABOUT = "codepmp.json"
EMBEDDING = "model.embed_tokens.weight"
HEAD = "lm_head.weight"
HEAD_FILE = "lm_head.safetensors"


class ScoreHead(nn.Linear):
    """A linear map in fp32, whatever the layers before it compute in."""

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(hidden.float(), self.weight.float())


class PreferenceModel(nn.Module):
    """
    A decoder of transformers on packed rows. Parameter names are those of its `…ForSequenceClassification`, plus
    `lm_head` where that is untied.
    """

    def __init__(self, config: Any, *, untied_head: bool) -> None:
        from transformers import AutoModel
        from transformers.initialization import no_init_weights

        super().__init__()
        attention.register()
        with no_init_weights():  # weights are always loaded
            self.model = AutoModel.from_config(config, attn_implementation=attention.NAME).eval()
            self.score = ScoreHead(config.hidden_size, 1, bias=False)
            head = nn.Linear(config.hidden_size, config.vocab_size, bias=False) if untied_head else None
        self.lm_head = head
        embedding = self.model.get_input_embeddings()
        embedding.padding_idx = None  # rows have no padding: its token is learned like every other
        embedding.sparse = True  # a dense gradient of a vocabulary costs more than two layers of a small model
        self.verdict: tuple[int, int] | None = None
        """Tokens whose logits make the score, the first less the second; None: the score head makes it."""
        self.softcap: float | None = getattr(config, "final_logit_softcapping", None)

    def forward(self, rows: Rows, where: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """One score a row, in fp32, and the hidden states of the places `where` of the line."""
        ids, positions = rows.ids[None], rows.positions[None]
        hidden = self.model(input_ids=ids, position_ids=positions, use_cache=False, rows=rows).last_hidden_state[0]
        scored = hidden.index_select(0, rows.score)
        scores = scored.float() @ self.verdict_weight() if self.verdict else self.score(scored).squeeze(-1)
        return scores, hidden[:0] if where is None else hidden.index_select(0, where)

    def verdict_weight(self) -> torch.Tensor:
        """What a score head would hold to give the scores of the verdict."""
        yes, no = self.vocabulary[list(self.verdict or ())].float()
        return yes - no

    @property
    def vocabulary(self) -> torch.Tensor:
        """Weight of the vocabulary head."""
        return self.lm_head.weight if self.lm_head is not None else self.model.get_input_embeddings().weight


@dataclass
class Loaded:
    """
    A model with all that belongs to it. `config` is transformers' configuration; `about` is the content of
    `codepmp.json`, None for a base model.
    """

    model: PreferenceModel
    encoder: Encoder
    config: Any
    about: dict[str, Any] | None


def load_for_training(
    path: Path, *, layers: int | None, eoc: bool | None, lm: bool, max_length: int, seed: int, verdict: bool = False
) -> Loaded:
    """
    Loads a base model or an earlier checkpoint. `eoc` None keeps what the checkpoint has (a base has none). A score
    head that is not there is drawn from the seed. With `verdict` the vocabulary head gives the scores; without, rows
    end in the question for one where those of the checkpoint do.
    """
    config, about = read_config(path, layers), read_about(path)
    encoder = Encoder(path, max_length=max_length)
    weights = read_weights(path, config.num_hidden_layers)
    fill_padding(config, encoder)
    encoder.eoc, encoder.verdict = eoc_for(encoder, config, about, wanted=eoc), verdict_of(about)
    if encoder.eoc:
        fit_vocabulary(weights, config, encoder.eoc)
    if verdict:
        encoder.verdict = encoder.verdict or encoder.choose_verdict()
    if encoder.verdict and max_length < 5 * len(encoder.tail):
        raise Invalid(
            f"`max_length`: expected at least {5 * len(encoder.tail)}, five times the tokens of the question for a "
            f"verdict, got {max_length}"
        )
    untied = (lm or verdict) and not config.tie_word_embeddings
    if untied and HEAD not in weights:
        raise Invalid(
            f"{path} has no vocabulary head of its own ({HEAD}), which `loss.lm` and `loss.verdict` need: set both to "
            "0, or start from a base model or from a training with one of them"
        )
    if "score.weight" not in weights:
        generator = torch.Generator().manual_seed(seed)
        weights["score.weight"] = torch.randn(1, config.hidden_size, generator=generator) * 0.02
    model = build(config, weights, path, untied_head=untied)
    if verdict and encoder.verdict:
        model.verdict = encoder.verdict.yes, encoder.verdict.no
    return Loaded(model, encoder, config, about)


def load_for_scoring(path: Path) -> Loaded:
    """Loads a checkpoint of ours, which cuts texts where its training did; a base model has no scores to give."""
    config, about = read_config(path), read_about(path)
    if about is None:
        raise Invalid(f"{path / ABOUT} is missing: score with a checkpoint of train.py, not with a base model")
    encoder = Encoder(path, max_length=about["max_length"])
    encoder.eoc, encoder.verdict = Eoc(**about["eoc"]) if about["eoc"] else None, verdict_of(about)
    model = build(config, read_weights(path, config.num_hidden_layers), path, untied_head=False)
    return Loaded(model, encoder, config, about)


def read_config(path: Path, layers: int | None = None) -> Any:
    """Configuration of a model with its first `layers` layers (None: all); `Invalid` for one of another family."""
    file = path / "config.json"
    if not file.is_file():
        raise Invalid(f"{file} is missing: name a from_pretrained folder")
    values: dict[str, Any] = json.loads(file.read_text())
    family = values.get("model_type")
    if family not in families():
        raise Invalid(
            f"{file}: a model of type {family} cannot be trained or scored: use one of type {', '.join(families())}"
        )
    from transformers import CONFIG_MAPPING

    cut_layers(values, layers, path)
    return CONFIG_MAPPING[family].from_dict(values)


def families() -> list[str]:
    """Types of models (`model_type`) that are known to be computed right."""
    return list(json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]["family"]["enum"])


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
    for file in [*files, *path.glob(HEAD_FILE)]:
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


def cut_layers(values: dict[str, Any], layers: int | None, path: Path) -> None:
    have = values["num_hidden_layers"]
    if layers is None:
        return
    if layers > have:
        raise Invalid(f"`layers`: expected at most {have} (the layers of {path}), got {layers}")
    values["num_hidden_layers"] = layers
    for name in ("layer_types", "no_rope_layers"):
        if values.get(name):
            values[name] = values[name][:layers]


def fill_padding(config: Any, encoder: Encoder) -> None:
    """Sets `pad_token_id`, without which the library scores one row at a time."""
    if config.pad_token_id is not None:
        return
    config.pad_token_id = encoder.token_id(encoder.special.get("pad_token") or encoder.special.get("eos_token"))
    if config.pad_token_id is None:
        raise Invalid(
            f"{encoder.folder}: neither config.json nor the tokenizer names a padding token or an end-of-text token: "
            "set pad_token_id in config.json to a token that texts do not use"
        )


def eoc_for(encoder: Encoder, config: Any, about: dict[str, Any] | None, *, wanted: bool | None) -> Eoc | None:
    had = Eoc(**about["eoc"]) if about and about["eoc"] else None
    if wanted is None or (wanted and had):
        return had
    if not wanted:
        return None
    ends = config.eos_token_id
    special = {encoder.token_id(token) for token in encoder.special.values()}
    return encoder.choose_eoc({config.pad_token_id, *(ends if isinstance(ends, list) else [ends]), *special})


def verdict_of(about: dict[str, Any] | None) -> Verdict | None:
    """The verdict that a checkpoint scores by; None for one that names none, and for a base."""
    found = about.get("verdict") if about else None
    return Verdict(**found) if found else None


def fit_vocabulary(weights: dict[str, torch.Tensor], config: Any, eoc: Eoc) -> None:
    """Gives a token beyond the embedding a row of its own, the mean of all rows."""
    for name in (EMBEDDING, HEAD):
        rows = weights.get(name)
        if rows is not None and eoc.id >= len(rows):
            weights[name] = torch.cat([rows, rows.mean(0, keepdim=True).expand(eoc.id + 1 - len(rows), -1)])
    config.vocab_size = len(weights[EMBEDDING])


def build(config: Any, weights: dict[str, torch.Tensor], path: Path, *, untied_head: bool) -> PreferenceModel:
    try:
        model = PreferenceModel(config, untied_head=untied_head)
    except (KeyError, ValueError, TypeError) as problem:
        raise Invalid(f"{path / 'config.json'}: transformers cannot make this model: {problem!r}") from None
    wanted = set(model.state_dict())
    missing = sorted(wanted - set(weights))
    if missing:
        raise Invalid(f"{path}: {len(missing)} tensors are missing ({', '.join(missing[:3])}): copy the folder again")
    try:
        model.load_state_dict({name: weights[name] for name in wanted})
    except RuntimeError as problem:
        raise Invalid(f"{path}: weights do not fit config.json: {problem}") from None
    return model


def save_model(folder: Path, loaded: Loaded, weights: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
    """
    Writes a folder for `AutoModelForSequenceClassification.from_pretrained`; `weights` are those of the model. A
    vocabulary head of its own is written beside it, for a later training with a term that needs it. Where a model
    scores by a verdict, the score head is made of the rows of its two tokens.
    """
    from safetensors.torch import save_file
    from transformers import AutoModelForSequenceClassification

    folder.mkdir(parents=True, exist_ok=True)
    config = copy.deepcopy(loaded.config)
    config.architectures = [AutoModelForSequenceClassification._model_mapping[type(config)].__name__]
    config.id2label, config.label2id, config.dtype = {0: "preference"}, {"preference": 0}, "float32"
    head = {name: weights[name] for name in [HEAD] if name in weights}
    body = {name: value for name, value in weights.items() if name not in head}
    if loaded.model.verdict:
        vocabulary = weights.get(HEAD, weights[EMBEDDING])
        yes, no = vocabulary[list(loaded.model.verdict)]
        body["score.weight"] = (yes - no)[None].contiguous()
    for name, tensors in (("model.safetensors", body), (HEAD_FILE, head)):
        if tensors:
            save_file(tensors, folder / name, metadata={"format": "pt"})
            (folder / name).chmod(0o644)
    write_json(folder / "config.json", json.loads(config.to_json_string()))
    write_json(folder / ABOUT, about)
    loaded.encoder.save(folder)
    fsync_folder(folder)


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
