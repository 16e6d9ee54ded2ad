"""Questions answered in processes of their own: one that hangs costs its time limit and one process, never the run."""

import contextlib
import multiprocessing
import queue
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")

START_LIMIT = 60.0
# A question may take so many times its limit by the clock, since the processor has other work as well.
PATIENCE = 10
MEMORY = 4 << 30


@dataclass(frozen=True)
class Workers:
    """`timeout`: seconds of the processor for a question. `loaded`: a module that every process has from its start."""

    processes: int
    timeout: float
    loaded: str


def ask_all(
    questions: Sequence[Question],
    answer: Callable[[Question], Answer],
    settings: Workers,
    *,
    done: Callable[[], None] = lambda: None,
) -> list[Answer | None]:
    """
    Answers in order; None where a question took too much time or memory, or its process. `answer` is a function of a
    module. `done` is called after each question.
    """
    if not questions:
        return []
    free: queue.SimpleQueue[Worker[Question, Answer]] = queue.SimpleQueue()
    workers = [Worker(answer, settings) for _ in range(min(settings.processes, len(questions)))]
    for worker in workers:
        free.put(worker)

    def one(question: Question) -> Answer | None:
        worker = free.get()
        try:
            return worker.ask(question)
        finally:
            free.put(worker)
            done()

    try:
        with ThreadPoolExecutor(len(workers)) as pool:
            return list(pool.map(one, questions))
    finally:
        for worker in workers:
            worker.stop()


class Worker(Generic[Question, Answer]):
    """One process, replaced when it is late or dead; the next one is forked with its imports, in milliseconds."""

    def __init__(self, answer: Callable[[Question], Answer], settings: Workers) -> None:
        self._answer = answer
        self._settings = settings
        self._process: Any = None
        self._pipe: Any = None

    def ask(self, question: Question) -> Answer | None:
        if self._process is None:
            self._start()
        with contextlib.suppress(EOFError, OSError):
            self._pipe.send(question)
            if self._pipe.poll(self._settings.timeout * PATIENCE):
                return self._pipe.recv()
        self.stop()
        return None

    def _start(self) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([self._settings.loaded])
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, self._answer, self._settings.timeout), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(START_LIMIT) or self._pipe.recv() != "ready":
            raise RuntimeError("a process that compares formulas did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None


def serve(pipe: Connection, answer: Callable[[Any], Any], timeout: float) -> None:
    """Body of a process, which ends itself at the limit of a question, also where nobody is left to end it."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    pipe.send("ready")
    while True:
        try:
            question = pipe.recv()
            signal.setitimer(signal.ITIMER_PROF, timeout)
            answered = answer(question)
        except (EOFError, MemoryError):
            return
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send(answered)
