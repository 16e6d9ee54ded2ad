"""Steps of training in turn with TRL's RewardTrainer: equal first, then what each takes. Called by bench/trainer.ts."""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from datasets import Dataset
from tokenizers import Tokenizer, models
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoModelForSequenceClassification, LlamaConfig, PrinterCallback, TrainerCallback
from trl import RewardConfig, RewardTrainer

from codepmp_trainer.model import preference
from codepmp_trainer.model.tokens import Encoded
from codepmp_trainer.training.objective import Objective
from codepmp_trainer.training.optimizer import Optimizer

VOCABULARY, PAIRS, STEPS, RATE, DECAY = 8192, 8, 6, 1e-4, 0.1
MODELS = {"shallow": {"layers": 4, "width": 256}, "deep": {"layers": 24, "width": 128}}
MIXES = ["200/195/190", "70/160/160", "150/25/25", "20/195/190", "0/195/190"]
"""Mean tokens of prompt, chosen and rejected answer."""
COUNTED = 1
"""Step whose operations are counted; it is not timed."""

Pair = tuple[Encoded, Encoded]


def make_model(folder: Path, *, layers: int, width: int) -> None:
    """A Llama with random weights that both trainers read."""
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=width, intermediate_size=3 * width, num_hidden_layers=layers,
        num_attention_heads=width // 64, num_key_value_heads=width // 64, tie_word_embeddings=True,
        pad_token_id=0, eos_token_id=1, bos_token_id=None, num_labels=1,
    )  # fmt: skip
    torch.manual_seed(1)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    words = {f"t{index}": index for index in range(VOCABULARY)}
    Tokenizer(models.WordLevel(words, unk_token="t2")).save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "t0", "eos_token": "t1"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def make_pairs(mix: str) -> list[Pair]:
    """Pairs whose parts have these mean lengths, from half to one and a half times as long."""
    generator = torch.Generator().manual_seed(2)

    def ids(mean: int) -> list[int]:
        length = int(torch.randint(mean // 2, mean + mean // 2 + 1, (), generator=generator)) if mean else 0
        return torch.randint(2, VOCABULARY, (length,), generator=generator).tolist()

    def pair() -> Pair:
        prompt, chosen, rejected = (ids(int(mean)) for mean in mix.split("/"))
        rows = [Encoded(prompt + side, len(prompt), len(prompt) + len(side), False) for side in (chosen, rejected)]
        return rows[0], rows[1]

    return [pair() for _ in range(PAIRS * STEPS)]


class Measured:
    """Losses, seconds and operations of the steps of one trainer, and its gradient of the first step."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.processor: list[float] = []
        self.wall: list[float] = []
        self.flops = 0
        self.gradient: dict[str, torch.Tensor] = {}
        self._counter: FlopCounterMode | None = None

    def begin(self) -> None:
        self._counter = FlopCounterMode(display=False) if len(self.losses) == COUNTED else None
        if self._counter:
            self._counter.__enter__()
        self._began = time.process_time(), time.perf_counter()

    def end(self, loss: float) -> None:
        processor, wall = time.process_time() - self._began[0], time.perf_counter() - self._began[1]
        if self._counter:
            self._counter.__exit__(None, None, None)
            self.flops = self._counter.get_total_flops()
        elif self.losses:  # the first step makes what later ones keep
            self.processor.append(processor)
            self.wall.append(wall)
        self.losses.append(loss)

    def keep_gradient(self, net: torch.nn.Module) -> None:
        if not self.losses:
            self.gradient = {name: p.grad.detach().clone() for name, p in net.named_parameters() if p.grad is not None}


def our_step(folder: Path, pairs: list[Pair], measured: Measured, *, lm: bool) -> Callable[[int], None]:
    """What `train.py` does in a step, on tokens that are given."""
    loaded = preference.load_for_training(folder, layers=None, eoc=False, lm=lm, max_length=1024, seed=1)
    settings = {"rank": 1, "lm": float(lm), "verdict": 0, "margin": 0, "center": 0}
    objective = Objective(loaded.model, settings, torch.float32)
    optimizer = Optimizer(loaded.model, lr=RATE, head_lr=RATE, weight_decay=DECAY)

    def step(number: int) -> None:
        batch = pairs[number * PAIRS : (number + 1) * PAIRS]
        measured.begin()
        optimizer.zero_grad(set_to_none=False)
        labels = sum(chosen.end - max(chosen.start, 1) for chosen, _ in batch)
        loss, _ = objective(batch, shown=PAIRS, lm_tokens=labels, device=torch.device("cpu"))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(loaded.model.parameters(), 1.0)
        measured.keep_gradient(loaded.model)
        optimizer.update(1.0)
        measured.end(loss.item())

    return step


class WithLanguage(RewardTrainer):
    """TRL's trainer with the language-model term of chosen answers, which it lacks, over the labelled tokens alone."""

    pairs: list[Pair]
    lm: bool
    last: float

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        if not self.lm:
            loss = super().compute_loss(model, inputs, False, num_items_in_batch)
            self.last = loss.item()
            return loss
        outputs = model(**inputs, use_cache=False, output_hidden_states=True)
        chosen, rejected = outputs.logits.squeeze(-1).chunk(2)
        at = self.state.global_step * PAIRS
        rows = [row for row, _ in self.pairs[at : at + PAIRS]]
        hidden = outputs.hidden_states[-1]
        read = torch.cat([hidden[n, max(row.start, 1) - 1 : row.end - 1] for n, row in enumerate(rows)])
        wanted = torch.tensor([token for row in rows for token in row.ids[max(row.start, 1) : row.end]])
        language = F.cross_entropy(read @ model.get_input_embeddings().weight.T, wanted)
        loss = -F.logsigmoid(chosen - rejected).mean() + language
        self.last = loss.item()
        return loss


class InTurn(TrainerCallback):  # type: ignore[misc]
    """Measures TRL's steps, and takes one of ours after each."""

    def __init__(self, theirs: Measured, ours: Callable[[int], None]) -> None:
        self.theirs, self.ours, self.trainer = theirs, ours, None

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self.theirs.begin()

    def on_pre_optimizer_step(self, *_: Any, model: torch.nn.Module, **__: Any) -> None:
        self.theirs.keep_gradient(model)

    def on_step_end(self, _: Any, state: Any, *__: Any, **___: Any) -> None:
        self.theirs.end(self.trainer.last)
        self.ours(state.global_step - 1)


def compare(folder: Path, mix: str, *, lm: bool) -> tuple[Measured, Measured]:
    """Both trainers' steps, ours first."""
    pairs, ours, theirs = make_pairs(mix), Measured(), Measured()
    in_turn = InTurn(theirs, our_step(folder, pairs, ours, lm=lm))
    settings = RewardConfig(
        output_dir=str(folder / "trl"), max_steps=STEPS, per_device_train_batch_size=PAIRS, learning_rate=RATE,
        lr_scheduler_type="constant", weight_decay=DECAY, adam_beta2=0.95, max_grad_norm=1.0, max_length=1024,
        train_sampling_strategy="sequential", gradient_checkpointing=False, bf16=False, use_cpu=True,
        report_to=[], save_strategy="no", logging_strategy="no", disable_tqdm=True,
    )  # fmt: skip
    rows = [{"chosen_ids": chosen.ids, "rejected_ids": rejected.ids} for chosen, rejected in pairs]
    trainer = WithLanguage(
        model=AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32),
        args=settings, train_dataset=Dataset.from_list(rows), callbacks=[in_turn],
    )  # fmt: skip
    trainer.pairs, trainer.lm, in_turn.trainer = pairs, lm, trainer
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return ours, theirs


def check_equal(ours: Measured, theirs: Measured) -> str:
    """The largest differences. Exits where they are larger than rounding explains."""
    losses = [abs(one - other) / abs(other) for one, other in zip(ours.losses, theirs.losses, strict=True)]
    names = theirs.gradient.keys() & ours.gradient.keys()
    differing = sum(float((ours.gradient[name] - theirs.gradient[name]).square().sum()) for name in names)
    whole = sum(float(theirs.gradient[name].square().sum()) for name in names)
    gradient = (differing / whole) ** 0.5
    if len(names) != len(theirs.gradient) or losses[0] > 2e-7 or gradient > 2e-6 or max(losses) > 1e-6:
        sys.exit(f"NOT EQUAL: losses differ by {losses}, gradients by {gradient:.1e}, in {len(names)} tensors")
    return f"loss of step 1 {losses[0]:.0e}, gradient {gradient:.0e}, losses of {len(losses)} steps {max(losses):.0e}"


def main(model: str | None = None, mix: str | None = None) -> None:
    torch.set_num_threads(1)
    print("TRL ÷ ours:              processor  wall  operations  processor s a step: TRL, ours  relative differences")
    for name in [model] if model else MODELS:
        with tempfile.TemporaryDirectory() as place:
            make_model(Path(place), **MODELS[name])
            for each in [mix] if mix else MIXES:
                for lm in (True, False):
                    ours, theirs = compare(Path(place), each, lm=lm)
                    equal = check_equal(ours, theirs)
                    took, takes = (statistics.median(one.processor) for one in (theirs, ours))
                    wall = statistics.median(theirs.wall) / statistics.median(ours.wall)
                    ratios = f"{took / takes:9.2f} {wall:5.2f} {theirs.flops / ours.flops:11.2f}"
                    case = f"{name:8}{each:12}{'LM' if lm else '':4}"
                    print(f"{case} {ratios}  {took:10.2f}, {takes:.2f}  {equal}", flush=True)


main(*sys.argv[1:])
