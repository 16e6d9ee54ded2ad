"""Models with random weights and texts of random tokens."""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, models
from transformers import AutoConfig, AutoModelForSequenceClassification

from codepmp_trainer.model.tokens import Encoded

VOCABULARY = 8192

Pair = tuple[Encoded, Encoded]


def make_model(
    folder: Path, *, layers: int, width: int, family: str = "llama", inner: int = 0, heads: int = 0, grouped: int = 0,
    vocabulary: int = VOCABULARY,
) -> None:  # fmt: skip
    """A model that both trainers read; what is 0 follows from the width."""
    config = AutoConfig.for_model(
        family, vocab_size=vocabulary, hidden_size=width, intermediate_size=inner or 3 * width,
        num_hidden_layers=layers, num_attention_heads=heads or width // 64, num_key_value_heads=grouped or width // 64,
        tie_word_embeddings=True, pad_token_id=0, eos_token_id=1, bos_token_id=None, num_labels=1,
    )  # fmt: skip
    torch.manual_seed(1)
    AutoModelForSequenceClassification.from_config(config, dtype=torch.float32).save_pretrained(folder)
    words = {f"t{index}": index for index in range(VOCABULARY)}
    Tokenizer(models.WordLevel(words, unk_token="t2")).save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "t0", "eos_token": "t1"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def make_pairs(mix: str, count: int) -> list[Pair]:
    """Pairs whose parts, prompt, chosen and rejected answer, have these mean lengths, such as "200/195/190"."""
    texts = RandomTexts(2)
    prompts, chosen, rejected = (int(mean) for mean in mix.split("/"))
    pairs = []
    for _ in range(count):
        prompt = texts.ids(prompts)
        pairs.append((encoded(prompt, texts.ids(chosen)), encoded(prompt, texts.ids(rejected))))
    return pairs


def make_candidates(mix: str, *, count: int, seed: int) -> list[Encoded]:
    """Answers to one question, of so many tokens and of this mean length, such as "70/160"."""
    texts = RandomTexts(seed)
    question, answer = (int(mean) for mean in mix.split("/"))
    prompt = texts.ids(question, exactly=True)
    return [encoded(prompt, texts.ids(answer)) for _ in range(count)]


class RandomTexts:
    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def ids(self, mean: int, *, exactly: bool = False) -> list[int]:
        """Tokens, from half to one and a half times as many as `mean`."""
        spread = 0 if exactly or not mean else mean // 2
        length = int(torch.randint(mean - spread, mean + spread + 1, (), generator=self._generator))
        return torch.randint(2, VOCABULARY, (length,), generator=self._generator).tolist()


def encoded(prompt: list[int], answer: list[int]) -> Encoded:
    return Encoded(prompt + answer, len(prompt), len(prompt) + len(answer), False)
