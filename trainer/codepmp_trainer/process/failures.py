"""How a run fails: the caller's mistakes, training that came apart, and the class of everything else."""


class Invalid(Exception):
    """The caller's mistake: trying again cannot help. The message names the file or key and the next action."""


class Diverged(Exception):
    """The loss or the gradient is not a finite number."""


LOST_PEER = ("connection closed by peer", "connection reset", "gloo", "nccl", "socket", "broken pipe")
NO_MEMORY = ("out of memory", "can't allocate memory", "cannot allocate memory")


def failure_class(problem: BaseException) -> str:
    """Class of a failure, from the closed list that the rest of the project knows."""
    words = str(problem).lower()
    if isinstance(problem, Invalid):
        return "invalid"
    if isinstance(problem, Diverged):
        return "diverged"
    if isinstance(problem, MemoryError) or type(problem).__name__ == "OutOfMemoryError":
        return "out-of-memory"
    if isinstance(problem, RuntimeError) and any(sign in words for sign in NO_MEMORY):
        return "out-of-memory"
    if isinstance(problem, RuntimeError | OSError) and any(sign in words for sign in LOST_PEER):
        return "node-lost"
    return "job-failed"


def message_of(problem: BaseException) -> str:
    text = str(problem).strip()
    return text if isinstance(problem, Invalid | Diverged) else f"{type(problem).__name__}: {text}"
