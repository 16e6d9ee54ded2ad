"""math-verify in worker processes: a comparison that hangs costs its time limit and one process, never the run."""

import importlib.metadata
import multiprocessing
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from typing import Any

from .numbers import number_text

START_LIMIT = 60.0

# Above these a formula is not evaluated for its text.
MOST_POWERS = 8
LARGEST_EXPONENT = 64


def grader() -> str:
    return f"math-verify/{importlib.metadata.version('math-verify')}"


@dataclass(frozen=True)
class Verdict:
    """`answer` is what was read from the text, None where nothing was; `late` marks a comparison cut off."""

    answer: str | None
    correct: bool
    late: bool = False


def judge(
    items: Sequence[tuple[str, str]], *, processes: int, timeout: float, done: Callable[[], None] = lambda: None
) -> list[Verdict]:
    """Verdicts on (gold, text) pairs, in order. `done` is called after each."""
    if not items:
        return []
    free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    workers = [Worker(serve) for _ in range(min(processes, len(items)))]
    for worker in workers:
        free.put(worker)

    def one(item: tuple[str, str]) -> Verdict:
        worker = free.get()
        try:
            return worker.ask(item, timeout)
        finally:
            free.put(worker)
            done()

    try:
        with ThreadPoolExecutor(len(workers)) as pool:
            return list(pool.map(one, items))
    finally:
        for worker in workers:
            worker.stop()


class Worker:
    """One process that answers questions one by one and is replaced when it is late or dead."""

    def __init__(self, target: Callable[[Connection], None]) -> None:
        self._target = target
        self._process: Any = None
        self._pipe: Any = None

    def ask(self, item: tuple[str, str], timeout: float) -> Verdict:
        if self._process is None:
            self._start()
        try:
            self._pipe.send(item)
            if self._pipe.poll(timeout):
                answer, correct = self._pipe.recv()
                return Verdict(answer, correct)
        except (EOFError, OSError):
            pass
        self.stop()
        return Verdict(None, False, late=True)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=self._target, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(START_LIMIT) or self._pipe.recv() != "ready":
            raise RuntimeError("the math-verify worker did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None


def serve(pipe: Connection) -> None:
    """Body of a worker. The parent keeps the time, so the library's own alarms stay off."""
    import logging

    import math_verify

    logging.disable(logging.ERROR)
    pipe.send("ready")
    while True:
        try:
            gold, text = pipe.recv()
        except EOFError:
            return
        gold = gold.strip().rstrip(".")
        wanted = math_verify.parse(gold if "$" in gold or "\\boxed" in gold else f"${gold}$", parsing_timeout=None)
        got = math_verify.parse(text, parsing_timeout=None)
        correct = bool(wanted and got and math_verify.verify(wanted, got, timeout_seconds=None))
        pipe.send((answer_text(got) if got else None, correct))


def answer_text(read: list[Any]) -> str:
    """One text for equal answers, by which votes are counted, as far as they can be evaluated without great numbers."""
    import sympy

    form, written = read[0], str(read[-1])
    if isinstance(form, sympy.Eq) and form.lhs.is_Symbol:
        form = form.rhs
    if not isinstance(form, sympy.Basic):
        return written
    exponents = [power.exp for power in form.atoms(sympy.Pow)]
    if len(exponents) > MOST_POWERS or not all(
        each.is_Rational and abs(each) <= LARGEST_EXPONENT for each in exponents
    ):
        return written
    value = form.doit()
    return number_text(Fraction(int(value.p), int(value.q))) if isinstance(value, sympy.Rational) else str(value)
