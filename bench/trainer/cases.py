"""The cases of the trainer's bench. Called by bench/trainer.ts."""

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import gpu
import psutil
import torch
from inputs import Pair, make_candidates, make_model, make_pairs
from trainers import Gradient, Measured, Work, exact_gradient, our_step, their_steps
from transformers import AutoModelForSequenceClassification

import score
from codepmp_trainer.model import preference
from codepmp_trainer.model.tokens import Encoded

MODELS = {"shallow": {"layers": 4, "width": 256}, "deep": {"layers": 24, "width": 128}}
MIXES = ["200/195/190", "70/160/160", "150/25/25", "20/195/190", "0/195/190"]
"""Mean tokens of prompt, chosen and rejected answer."""
STEPS, TIMES = 5, 3
"""Timed steps of a training, and measurements of everything else: the least and the most of n ratios are printed, which
enclose the median with a probability of 1 − 2^(1 − n)."""
CANDIDATES, BATCH_TOKENS = 256, 4096
QUESTIONS = ["70/160", "150/150"]
"""Tokens of a question, and mean tokens of an answer to it."""
WITH_LANGUAGE = Work(lm=True)
GRADIENT = 2e-6
"""By how much of their length two gradients may differ that are not compared with the one in fp64."""


class NotEqual(Exception):
    """Two sides that should be the same work differ by more than rounding explains."""


unequal: list[NotEqual] = []
"""Cases of `steps` whose two sides were not equal: the bench goes on to the others, and fails."""


def memory() -> None:
    """What two steps need at most beyond a process that has all libraries loaded, the weights included."""
    print("\nmemory of two steps:      TRL ÷ ours, MB")
    for name, shape in MODELS.items():
        with tempfile.TemporaryDirectory() as place:
            make_model(Path(place), **shape)
            theirs, ours = ([peak_of(train, place) for _ in range(TIMES)] for train in (train_theirs, train_ours))
            say(name, MIXES[0], True, compared(theirs, ours, ".0f"))


def peak_of(train: Callable[[Path, list[Pair]], None], folder: str) -> float:
    """Megabytes, in a copy of this process."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        return pool.submit(peak_here, train, Path(folder)).result()


def peak_here(train: Callable[[Path, list[Pair]], None], folder: Path) -> float:
    before = psutil.Process().memory_info().rss
    train(folder, make_pairs(MIXES[0], 2 * WITH_LANGUAGE.size))
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before) / 1e6


def train_theirs(folder: Path, pairs: list[Pair]) -> None:
    their_steps(folder, pairs, Measured(), WITH_LANGUAGE)


def train_ours(folder: Path, pairs: list[Pair]) -> None:
    step = our_step(folder, pairs, Measured(), WITH_LANGUAGE)
    for number in range(len(pairs) // WITH_LANGUAGE.size):
        step(number)


def scoring() -> None:
    """Answers to a question by our scorer, and by transformers' own model in padded batches of similar length."""
    print(f"\nscoring {CANDIDATES} answers:      padded batches ÷ ours, processor seconds")
    with tempfile.TemporaryDirectory() as place:
        make_model(Path(place), **MODELS["shallow"])
        loaded = preference.load_for_training(Path(place), layers=None, eoc=False, lm=False, max_length=1024, seed=1)
        peer = AutoModelForSequenceClassification.from_pretrained(place, dtype=torch.float32).eval()
        for mix in QUESTIONS:
            theirs, ours, apart = [], [], []
            for seed in range(TIMES):
                answers = make_candidates(mix, count=CANDIDATES, seed=seed)
                answers.sort(key=lambda row: len(row.ids), reverse=True)
                padded = timed(lambda: padded_scores(peer, answers), theirs)  # noqa: B023 (called at once)
                scored = timed(lambda: our_scores(loaded, answers), ours)  # noqa: B023
                apart.append(float((scored - padded).abs().max()))
                if apart[-1] > 1e-5 or scored.argmax() != padded.argmax():
                    raise NotEqual(f"scores by {apart[-1]:.1e}, best answers {scored.argmax()} and {padded.argmax()}")
            say("shallow", mix, False, compared(theirs, ours, ".2f"), f"scores within {max(apart):.0e}, same best")


def our_scores(loaded: preference.Loaded, answers: Sequence[Encoded]) -> torch.Tensor:
    rows = [score.Row(str(number), "", answer) for number, answer in enumerate(answers)]
    lines = b"".join(score.scored("bench", loaded, batch) for batch in score.batches(rows, BATCH_TOKENS))
    return torch.tensor([json.loads(line)["score"] for line in lines.splitlines()])


@torch.inference_mode()
def padded_scores(model: torch.nn.Module, answers: Sequence[Encoded]) -> torch.Tensor:
    scores, rest = [], list(answers)
    while rest:
        longest = len(rest[0].ids)
        batch, rest = rest[: BATCH_TOKENS // longest], rest[BATCH_TOKENS // longest :]
        ids = torch.zeros(len(batch), longest, dtype=torch.long)
        for row, answer in zip(ids, batch, strict=True):
            row[: len(answer.ids)] = torch.tensor(answer.ids)
        scores.append(model(ids, attention_mask=(ids != 0).long(), use_cache=False).logits[:, 0])
    return torch.cat(scores)


def timed(work: Callable[[], torch.Tensor], seconds: list[float]) -> torch.Tensor:
    began = time.process_time()
    result = work()
    seconds.append(time.process_time() - began)
    return result


def fifty_steps() -> None:
    """Whether both trainers are still at the same loss after fifty steps."""
    print("\nfifty steps:              relative differences")
    with tempfile.TemporaryDirectory() as place:
        make_model(Path(place), **MODELS["shallow"])
        say("shallow", MIXES[2], True, equality(*compare(Path(place), MIXES[2], lm=True, steps=50)))


def steps(model: str | None = None, mix: str | None = None) -> None:
    """A step of training, by length of texts and with or without the language-model term."""
    print("\na step:                   TRL ÷ ours, processor seconds | wall | operations | relative differences")
    for name in [model] if model else MODELS:
        with tempfile.TemporaryDirectory() as place:
            make_model(Path(place), **MODELS[name])
            for each in [mix] if mix else MIXES:
                for lm in (True, False):
                    ours, theirs = compare(Path(place), each, lm=lm, steps=STEPS + 1)
                    try:
                        first = make_pairs(each, Work(lm).size)
                        equal = equality(ours, theirs, lambda: exact_gradient(Path(place), first, lm=lm))  # noqa: B023
                    except NotEqual as error:
                        unequal.append(error)
                        say(name, each, lm, f"NOT EQUAL, so not compared: {error}")
                        continue
                    took = compared(theirs.processor, ours.processor, ".2f")
                    wall = statistics.median(theirs.wall) / statistics.median(ours.wall)
                    say(name, each, lm, took, f"{wall:.2f}", f"{theirs.flops / ours.flops:.2f}", equal)


def compare(folder: Path, mix: str, *, lm: bool, steps: int) -> tuple[Measured, Measured]:
    """Both trainers' steps in turn, ours first."""
    work = Work(lm)
    pairs, ours, theirs = make_pairs(mix, work.size * steps), Measured(), Measured()
    their_steps(folder, pairs, theirs, work, our_step(folder, pairs, ours, work))
    return ours, theirs


def equality(ours: Measured, theirs: Measured, exact: Callable[[], Gradient] | None = None) -> str:
    """
    The largest differences. Raises `NotEqual` where they are larger than rounding explains: where the gradients are
    further apart than `GRADIENT`, ours must not be further than TRL's from the `exact` one.
    """
    losses = [abs(one - other) / abs(other) for one, other in zip(ours.losses, theirs.losses, strict=True)]
    is_far = losses[0] > 2e-7 or max(losses[:5]) > 1e-6 or max(losses) > 5e-6
    gradient = distance(ours.gradient, theirs.gradient)
    if is_far or (gradient > GRADIENT and exact is None):
        raise NotEqual(f"losses by up to {max(losses):.1e}, gradients by {gradient:.1e}")
    found = f"loss of step 1 {losses[0]:.0e}, gradient {gradient:.1e}, losses of {len(losses)} steps {max(losses):.0e}"
    if gradient <= GRADIENT or exact is None:
        return found
    true = exact()
    away = [distance(side.gradient, true) for side in (ours, theirs)]
    exactly = f"from the gradient in fp64, ours is {away[0]:.1e} away and theirs {away[1]:.1e}"
    if away[0] > away[1]:
        raise NotEqual(f"gradients by {gradient:.1e}; {exactly}")
    return f"{found}; {exactly}"


def distance(one: Gradient, other: Gradient) -> float:
    """Between two gradients, as a share of the length of the second."""
    if one.keys() != other.keys():
        raise NotEqual(f"gradients of {len(one)} and of {len(other)} tensors")
    apart = sum(float((one[name].double() - each.double()).square().sum()) for name, each in other.items())
    return float((apart / sum(float(each.double().square().sum()) for each in other.values())) ** 0.5)


def compared(theirs: Sequence[float], ours: Sequence[float], form: str) -> str:
    """Median, smallest and largest of the ratios of measurements taken in turn, and the medians of both."""
    each = sorted(one / other for one, other in zip(theirs, ours, strict=True))
    medians = f"{statistics.median(theirs):{form}} : {statistics.median(ours):{form}}"
    return f"{statistics.median(each):.2f} ({each[0]:.2f}–{each[-1]:.2f}, n = {len(each)})  {medians}"


def say(model: str, mix: str, lm: bool, *found: str) -> None:
    print(f"{model:8}{mix:12}{'LM' if lm else '':5} {' | '.join(found)}", flush=True)


CASES: dict[str, Callable[..., None]] = {
    "memory": memory,  # first: what other cases have freed, a copy of this process would take without needing more
    "scoring": scoring,
    "fifty-steps": fifty_steps,
    "steps": steps,
    "gpu": gpu.gpu,
}


def main(case: str | None = None, *choice: str) -> None:
    torch.set_num_threads(1)
    if case is not None and case not in CASES:
        sys.exit(f"no case {case}: expected one of {', '.join(CASES)}")
    for name in [case] if case else [name for name in CASES if name != "gpu"]:
        CASES[name](*choice)
    if unequal:
        sys.exit(f"{len(unequal)} NOT EQUAL")


if __name__ == "__main__":
    main(*sys.argv[1:])
