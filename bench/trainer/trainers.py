"""A step of our training and one of TRL's RewardTrainer, in turn on the same weights and the same tokens."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from datasets import Dataset
from inputs import Pair
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoModelForSequenceClassification, PrinterCallback, TrainerCallback
from trl import RewardConfig, RewardTrainer

from codepmp_trainer.model import preference
from codepmp_trainer.process.ranks import Ranks
from codepmp_trainer.training import parallel
from codepmp_trainer.training.objective import Objective
from codepmp_trainer.training.optimizer import Optimizer

RATE, DECAY = 1e-4, 0.1
"""Learning rate and weight decay."""


@dataclass(frozen=True)
class Work:
    """What both trainers do in a step."""

    lm: bool
    """Whether the loss has a language-model term."""
    size: int = 4
    """Pairs of a step."""
    device: str = "cpu"
    compiled: bool = False
    """Whether our layers are compiled."""

    @property
    def on_gpu(self) -> bool:
        return self.device != "cpu"

    def batch(self, pairs: list[Pair], step: int) -> list[Pair]:
        return pairs[step * self.size : (step + 1) * self.size]


Gradient = dict[str, torch.Tensor]
"""By the names of the tensors of weights."""


class Measured:
    """
    Losses and seconds of the steps of one trainer. The first step, which makes what later ones keep, is not timed: its
    gradient is kept and its operations are counted.
    """

    def __init__(self) -> None:
        self.peak = 0
        """Bytes of a GPU's memory at most."""
        self.losses: list[float] = []
        self.processor: list[float] = []
        self.wall: list[float] = []
        self.flops = 0
        self.gradient: Gradient = {}
        self._counter: FlopCounterMode | None = None

    def begin(self) -> None:
        self._counter = None if self.losses else FlopCounterMode(display=False)
        if self._counter:
            self._counter.__enter__()
        wait()
        self._began = time.process_time(), time.perf_counter()

    def end(self, loss: float) -> None:
        wait()
        processor, wall = time.process_time() - self._began[0], time.perf_counter() - self._began[1]
        if self._counter:
            self._counter.__exit__(None, None, None)
            self.flops = self._counter.get_total_flops()
        else:
            self.processor.append(processor)
            self.wall.append(wall)
        self.losses.append(loss)
        self.peak = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0

    def keep_gradient(self, net: torch.nn.Module) -> None:
        if not self.losses and all(parameter.device.type == "cpu" for parameter in net.parameters()):
            self.gradient = gradient_of(net)


def wait() -> None:
    """Until a GPU has done what it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def gradient_of(net: torch.nn.Module) -> Gradient:
    return {name: p.grad.detach().clone() for name, p in net.named_parameters() if p.grad is not None}


def our_step(folder: Path, pairs: list[Pair], measured: Measured, work: Work) -> Callable[[int], None]:
    """What `train.py` does in a step, on tokens that are given."""
    loaded = preference.load_for_training(folder, layers=None, eoc=False, lm=work.lm, max_length=1024, seed=1)
    settings = {"rank": 1, "lm": float(work.lm), "verdict": 0, "margin": 0, "center": 0}
    peers = Ranks(0, 1, torch.device(work.device))
    objective = Objective(loaded.model, settings, parallel.compute_type(peers))
    if work.compiled:
        for layer in loaded.model.model.layers:
            layer.compile(dynamic=True)
    if parallel.is_sharded(peers):
        parallel.divide(objective, peers)
    optimizer = Optimizer(loaded.model, lr=RATE, head_lr=RATE, weight_decay=DECAY)

    def step(number: int) -> None:
        batch = work.batch(pairs, number)
        measured.begin()
        optimizer.zero_grad(set_to_none=False)
        labels = sum(chosen.end - max(chosen.start, 1) for chosen, _ in batch)
        loss, _ = objective(batch, shown=work.size, lm_tokens=labels, device=peers.device)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(loaded.model.parameters(), 1.0)
        measured.keep_gradient(loaded.model)
        optimizer.update(1.0)
        measured.end(loss.item())

    return step


class WithLanguage(RewardTrainer):
    """TRL's trainer with the language-model term of chosen answers, which it lacks, over the labelled tokens alone."""

    pairs: list[Pair]
    work: Work
    last: float

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        if not self.work.lm:
            loss = super().compute_loss(model, inputs, False, num_items_in_batch)
            self.last = loss.item()
            return loss
        outputs = model(**inputs, use_cache=False, output_hidden_states=True)
        chosen, rejected = outputs.logits.squeeze(-1).chunk(2)
        rows = [row for row, _ in self.work.batch(self.pairs, self.state.global_step)]
        hidden = outputs.hidden_states[-1]
        read = torch.cat([hidden[n, max(row.start, 1) - 1 : row.end - 1] for n, row in enumerate(rows)])
        wanted = torch.tensor([token for row in rows for token in row.ids[max(row.start, 1) : row.end]])
        language = F.cross_entropy(read @ model.get_input_embeddings().weight.T, wanted.to(read.device))
        loss = -F.logsigmoid(chosen - rejected).mean() + language
        self.last = loss.item()
        return loss


class Measuring(TrainerCallback):  # type: ignore[misc]
    """Measures TRL's steps, and calls `after` with the number of each, from 0."""

    def __init__(self, theirs: Measured, after: Callable[[int], None]) -> None:
        self.theirs, self.after, self.trainer = theirs, after, None

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self.theirs.begin()

    def on_pre_optimizer_step(self, *_: Any, model: torch.nn.Module, **__: Any) -> None:
        self.theirs.keep_gradient(model)

    def on_step_end(self, _: Any, state: Any, *__: Any, **___: Any) -> None:
        self.theirs.end(self.trainer.last)
        self.after(state.global_step - 1)


def their_steps(
    folder: Path, pairs: list[Pair], measured: Measured, work: Work, after: Callable[[int], None] = lambda _: None
) -> None:
    """Trains with TRL on all pairs, in their order."""
    measuring = Measuring(measured, after)
    settings = RewardConfig(
        output_dir=str(folder / "trl"), max_steps=len(pairs) // work.size, per_device_train_batch_size=work.size,
        learning_rate=RATE, lr_scheduler_type="constant", weight_decay=DECAY, adam_beta2=0.95, max_grad_norm=1.0,
        max_length=1024, train_sampling_strategy="sequential", gradient_checkpointing=False, bf16=work.on_gpu,
        use_cpu=not work.on_gpu, report_to=[], save_strategy="no", logging_strategy="no", disable_tqdm=True,
    )  # fmt: skip
    rows = [{"chosen_ids": chosen.ids, "rejected_ids": rejected.ids} for chosen, rejected in pairs]
    trainer = WithLanguage(
        model=AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32),
        args=settings, train_dataset=Dataset.from_list(rows), callbacks=[measuring],
    )  # fmt: skip
    trainer.pairs, trainer.work, measuring.trainer = pairs, work, trainer
    trainer.remove_callback(PrinterCallback)
    trainer.train()


def exact_gradient(folder: Path, pairs: list[Pair], *, lm: bool) -> Gradient:
    """The gradient of the first step in fp64, by transformers' own model, row by row."""
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float64)
    scores, hidden = {}, {}
    for number, pair in enumerate(pairs):
        for side, row in enumerate(pair):
            outputs = model(torch.tensor([row.ids]), use_cache=False, output_hidden_states=True)
            scores[number, side], hidden[number, side] = outputs.logits[0, 0], outputs.hidden_states[-1][0]
    margins = [scores[number, 0] - scores[number, 1] for number in range(len(pairs))]
    loss = -F.logsigmoid(torch.stack(margins)).mean()
    if lm:
        rows = [row for row, _ in pairs]
        read = torch.cat([hidden[n, 0][max(row.start, 1) - 1 : row.end - 1] for n, row in enumerate(rows)])
        wanted = torch.tensor([token for row in rows for token in row.ids[max(row.start, 1) : row.end]])
        loss = loss + F.cross_entropy(read @ model.get_input_embeddings().weight.T, wanted)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    return gradient_of(model)
