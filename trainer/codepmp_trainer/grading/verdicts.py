"""Verdicts of two graders on the same answers. One of them decides, by what the answers of the data set are."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from . import math_judge, rules
from .formulas import form_of, gold_formula
from .rules import Reading
from .workers import Workers, ask_all

Answered = tuple[str, Reading]


@dataclass(frozen=True)
class Verdict:
    """`answer` is one text for equal answers, None where none was read; `late` marks a comparison that was cut off."""

    answer: str | None
    correct: bool
    grader: str
    late: bool = False
    # What the other grader says; None where it was cut off.
    other: bool | None = None


@dataclass
class Counts:
    """What is counted of all rows; `disagreement` by form of the gold answer."""

    correct: int = 0
    unreadable: int = 0
    late: int = 0
    disagreement: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, gold: str, verdict: Verdict) -> None:
        self.correct += verdict.correct
        self.unreadable += verdict.answer is None
        self.late += verdict.late
        if verdict.other is not None:
            counts = self.disagreement.setdefault(form_of(gold), Counter(rows=0, differ=0))
            counts.update(rows=1, differ=int(verdict.other != verdict.correct))


def verdicts_on(
    answers: Iterable[Answered],
    *,
    numbers: bool,
    processes: int,
    timeout: float,
    done: Callable[[int, int], None] = lambda done, total: None,
) -> dict[Answered, Verdict]:
    """
    A verdict on each different (gold, reading). `numbers`: the rules decide what they read as a number, math-verify the
    rest; else math-verify decides everything. `done` is called with how many comparisons are over, and with all.
    """
    different = list(dict.fromkeys(answers))
    over = 0

    def count() -> None:
        nonlocal over
        over += 1
        done(over, len(different))

    questions = [(gold_formula(gold), reading.formula) for gold, reading in different]
    workers = Workers(processes=processes, timeout=timeout, loaded=math_judge.LIBRARY)
    judged = ask_all(questions, math_judge.judge, workers, done=count)
    names = (f"{rules.NAME}/{rules.VERSION}", f"{math_judge.NAME}/{math_judge.VERSION}")
    decide = [
        verdict_of(each, math, numbers=numbers, names=names) for each, math in zip(different, judged, strict=True)
    ]
    return dict(zip(different, decide, strict=True))


def verdict_of(
    answered: Answered, math: tuple[str | None, bool] | None, *, numbers: bool, names: Sequence[str]
) -> Verdict:
    """`math` is what math-verify says, None where it was cut off."""
    gold, reading = answered
    by_rules = rules.verdict(reading, gold)
    if numbers and not reading.may_be_number():
        return Verdict(reading.text(), by_rules, names[0], other=None if math is None else math[1])
    if math is None:
        return Verdict(None, False, names[1], late=True)
    return Verdict(*math, names[1], other=by_rules)
