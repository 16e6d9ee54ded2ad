"""Tokens of a prompt and a response: each is tokenised once and alone, so the boundary between them is exact."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer

from ..process.failures import Invalid

NEW_EOC = "<|eoc|>"
FREE_TOKENS = (NEW_EOC, "<file_sep>", "<|file_sep|>", "<|im_end|>", "<|reserved_special_token_0|>", "<unused0>")
QUESTION, ANSWERS = "\n\nIs this answer correct (Yes/No)?\n", ("Yes", "No")
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja")


@dataclass(frozen=True)
class Eoc:
    """The end-of-context token, at which a model scores. Never the padding or end-of-text token."""

    token: str
    id: int


@dataclass(frozen=True)
class Verdict:
    """A question that ends a row, and the tokens of its two answers, of which a model finds one more likely."""

    question: str
    yes: int
    no: int


@dataclass(frozen=True)
class Encoded:
    """
    One row: `ids` of prompt, response, EOC and question; the response is `ids[start:end]`, and the score is read at
    `score`.
    """

    ids: list[int]
    start: int
    end: int
    cut: bool

    @property
    def score(self) -> int:
        return len(self.ids) - 1


class Encoder:
    """Turns texts into rows. Control tokens spelled out in a text stay text."""

    def __init__(self, folder: Path, *, max_length: int) -> None:
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise Invalid(f"{path} is missing: name a folder with a model and its fast tokenizer")
        self.folder = folder
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.tokenizer.encode_special_tokens = True
        self._further = further_tokenizer(self.tokenizer)
        self.max_length = max_length
        self.eoc: Eoc | None = None
        self.verdict: Verdict | None = None
        self.special = special_tokens(folder)
        self._start = self._start_tokens()

    def _start_tokens(self) -> list[int]:
        """The tokens that this tokenizer puts before every text (Gemma: one BOS)."""
        bos = self.token_id(self.special.get("bos_token"))
        around = self.tokenizer.encode("", add_special_tokens=True).ids
        return [bos] if bos is not None and around[:1] == [bos] else []

    def token_id(self, token: str | None) -> int | None:
        return None if token is None else self.tokenizer.token_to_id(token)

    def choose_eoc(self, taken: set[int | None]) -> Eoc:
        """A control token of the tokenizer that nothing else uses, else a new one with the next free id."""
        added = {token.content: index for index, token in self.tokenizer.get_added_tokens_decoder().items()}
        for token in FREE_TOKENS:
            if token in added and added[token] not in taken:
                return Eoc(token, added[token])
        self.tokenizer.add_special_tokens([AddedToken(NEW_EOC, normalized=False, special=True)])
        return Eoc(NEW_EOC, self.tokenizer.get_vocab()[NEW_EOC])

    def choose_verdict(self) -> Verdict:
        """The question and the first tokens of its answers. Raises `Invalid` where both begin with the same token."""
        yes, no = (self.ids_of(answer, after=QUESTION)[0] for answer in ANSWERS)
        if yes == no:
            raise Invalid(
                f"{self.folder}: its tokenizer begins {' and '.join(ANSWERS)} with the same token, so neither is a "
                "verdict: set `loss.verdict` to 0, or start from another base"
            )
        return Verdict(QUESTION, yes, no)

    @property
    def tail(self) -> list[int]:
        """The tokens that follow a response, cut or not."""
        question = self.ids_of(self.verdict.question, after=QUESTION) if self.verdict else []
        return [*([self.eoc.id] if self.eoc else []), *question]

    @property
    def scored_at(self) -> str:
        """Where a model reads the score of a row: after a question, at the EOC, or at the last token of a response."""
        return "verdict" if self.verdict else "eoc" if self.eoc else "last"

    def encode(self, prompt: str, response: str) -> Encoded:
        """The row of a prompt and a response, as `join` cuts it."""
        return self.join(self.ids_of(prompt), [self.ids_of(response, after=prompt)])[0]

    def ids_of(self, text: str, *, after: str = "") -> list[int]:
        """Tokens of a text that comes after another: some tokenizers put a space before the first text of a row."""
        tokenizer = self._further if after else self.tokenizer
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    def join(self, prompt: list[int], responses: Sequence[list[int]]) -> list[Encoded]:
        """
        Rows of one prompt, which is the same in all of them. Where the longest of them does not fit, the prompt loses
        tokens at its start until it does, but keeps ¾ `max_length`; then responses are cut at their end. EOC and
        question come after the cut, and count.
        """
        tail = self.tail
        whole = len(self._start) + len(prompt)
        most = max(self.max_length - max(map(len, responses)) - len(tail), self.max_length * 3 // 4)
        kept = self._start + prompt[max(whole - most, 0) :]
        room = self.max_length - len(kept) - len(tail)
        rows = []
        for response in responses:
            ids = kept + response[:room] + tail
            if not ids:
                raise Invalid("a row has neither prompt nor response: remove it from the data")
            cut = len(kept) < whole or len(response) > room
            rows.append(Encoded(ids, len(kept), len(kept) + min(len(response), room), cut))
        return rows

    def save(self, folder: Path) -> None:
        for name in TOKENIZER_FILES:
            if (self.folder / name).is_file():
                shutil.copyfile(self.folder / name, folder / name)
        if self.eoc and self.eoc.token == NEW_EOC:
            self.tokenizer.save(str(folder / "tokenizer.json"))


def further_tokenizer(tokenizer: Tokenizer) -> Tokenizer:
    """The same tokenizer without the space that it puts before every text, for texts that come after another."""
    values = json.loads(tokenizer.to_str())
    plain = {**values, **{part: spaceless(values[part]) for part in ("normalizer", "pre_tokenizer")}}
    if plain == values:
        return tokenizer
    further = Tokenizer.from_str(json.dumps(plain))
    further.encode_special_tokens = True
    return further


def spaceless(part: dict[str, Any] | None) -> dict[str, Any] | None:
    """A normalizer or pre-tokenizer of `tokenizer.json` that puts no space before a text."""
    if part is None or part["type"] == "Prepend":
        return None
    part = dict(part)
    for key in ("normalizers", "pretokenizers"):
        if key in part:
            part[key] = [each for each in map(spaceless, part[key]) if each is not None]
    if part["type"] == "Metaspace":
        part["prepend_scheme"] = "never"
    if "add_prefix_space" in part:
        part["add_prefix_space"] = False
    return part


def special_tokens(folder: Path) -> dict[str, str]:
    """The special tokens (`bos_token`, `eos_token`, `pad_token`) that the folder's tokenizer settings name."""
    found: dict[str, str] = {}
    for name in ("special_tokens_map.json", "tokenizer_config.json"):
        path = folder / name
        values: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
        for key in ("bos_token", "eos_token", "pad_token"):
            value = values.get(key)
            token = value.get("content") if isinstance(value, dict) else value
            if isinstance(token, str):
                found[key] = token
    return found
