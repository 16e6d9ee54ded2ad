"""Runs an answer and its tests in a process of their own inside the sandbox, and writes the verdict to standard output.

A verdict counts if it begins with the secret that came with the answer. The process of the answer has the secret too,
but only in variables of functions that have yet to return: what else it writes, and its end, are no verdict.
"""

import ast
import glob
import json
import os
import re
import resource
import select
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

# Seconds between two looks at the process of the answer.
INTERVAL = 0.05

# The most bytes of a verdict.
LONGEST = 1000

# The most threads of all processes of an answer together.
THREADS = 64

# The most descriptors of each process.
DESCRIPTORS = 256

# The version of Linux, as (6, 1).
KERNEL = tuple(int(each) for each in re.findall(r"\d+", os.uname().release)[:2])

# Where an answer can write.
FOLDERS = ("/tmp", "/dev/shm")

# Bytes of what stays without a process or a file, by the columns in which the kernel lists it: segments of shared memory,
# messages in queues, and semaphores, of which it says only how many there are.
KEPT_BY_KERNEL = {"shm": {"rss": 1, "swap": 1}, "msg": {"cbytes": 1, "qnum": 64}, "sem": {"nsems": 64}}


def main() -> None:
    asked = json.load(sys.stdin)
    report = os.dup(1)
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    os.write(report, asked["secret"].encode())  # it has begun
    verdicts, verdict = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(report)
        os.close(verdicts)
        limit(asked["seconds"], asked["megabytes"])
        judge(asked["code"], asked["tests"], verdict, asked["secret"])
    os.close(verdict)
    os.write(report, watch(child, verdicts, asked))
    os._exit(0)  # ends all processes of the sandbox


def watch(child: int, verdicts: int, asked: dict[str, Any]) -> bytes:
    """Waits for the verdict of a process, for its end, or until all processes together take more than they may."""
    secret, most = asked["secret"], asked["megabytes"] * 2**20
    idle, looked = 0.0, time.monotonic()
    while True:
        has_ended = child in ended_processes()
        if select.select([verdicts], [], [], 0 if has_ended else INTERVAL)[0]:
            written = os.read(verdicts, LONGEST)
            return written if written.startswith(secret.encode()) else failure("crashed", secret)
        processes = processes_of_answer()
        threads = [each for process in processes for each in glob.glob(f"/proc/{process}/task/*")]
        if has_ended or len(threads) > THREADS or memory_of(processes) > most:
            return failure("crashed", secret)
        before, looked = looked, time.monotonic()
        if not any(map(wants_processor, threads)):
            idle += min(looked - before, 2 * INTERVAL)  # longer if this process had to wait
        if idle + processor_time() > asked["seconds"]:
            return failure("timed-out", secret)


def ended_processes() -> set[int]:
    """Those that have ended since the last look, also those that an answer has left to this first process."""
    ended = set()
    with suppress(ChildProcessError):  # there is none any longer
        while process := os.waitpid(-1, os.WNOHANG)[0]:
            ended.add(process)
    return ended


def wants_processor(thread: str) -> bool:
    """Whether it runs, could run, or waits for a disk."""
    return stat_of(f"{thread}/stat")[:1] in (["R"], ["D"])


def processor_time() -> float:
    """Seconds that processors have spent on the answer, also on its processes that have ended."""
    own = f"/proc/{os.getpid()}/stat"  # of which only those count that it has waited for
    times = (stat_of(path)[13 if path == own else 11 : 15] for path in glob.glob("/proc/[0-9]*/stat"))
    ticks = sum(int(each) for each in chain.from_iterable(times))
    return ticks / os.sysconf("SC_CLK_TCK")


def stat_of(path: str) -> list[str]:
    """What the kernel says of a process or thread, from its state on; nothing for one that has ended."""
    try:
        with open(path) as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def processes_of_answer() -> list[str]:
    """All but this one."""
    return [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def memory_of(processes: list[str]) -> int:
    """
    Bytes of processes, what they share counted once, of the files in memory, also of those without a name, and of what the
    kernel keeps. Files and segments that a process has mapped count twice, so that none is missed.
    """
    files = sum((each.f_blocks - each.f_bfree) * each.f_frsize for each in map(os.statvfs, FOLDERS))
    nameless = dict(chain.from_iterable(map(nameless_files, processes)))
    kept = sum(chain.from_iterable(map(kept_by_kernel, KEPT_BY_KERNEL)))
    return files + sum(nameless.values()) + kept + sum(map(memory_of_process, processes))


def nameless_files(process: str) -> Iterator[tuple[int, int]]:
    """The files of `memfd_create` that a process has open, each with its bytes."""
    for path in glob.glob(f"/proc/{process}/fd/*"):
        with suppress(OSError):  # it is closed
            if os.readlink(path).startswith("/memfd:"):
                status = os.stat(path)
                yield status.st_ino, status.st_blocks * 512


def kept_by_kernel(kind: str) -> Iterator[int]:
    """Bytes of System V's objects of one kind; none where the kernel has no such objects."""
    with suppress(FileNotFoundError), open(f"/proc/sysvipc/{kind}") as lines:
        columns = next(lines).split()
        for line in lines:
            row = dict(zip(columns, map(int, line.split()), strict=True))
            yield sum(row[column] * each for column, each in KEPT_BY_KERNEL[kind].items())


def memory_of_process(process: str) -> int:
    """Its bytes, with its share of what others have too; 0 for one that has ended, no end for one that can hide some."""
    try:
        if os.readlink(f"/proc/{process}/ns/user") != os.readlink("/proc/self/ns/user"):
            return sys.maxsize  # there it may have files and segments that are not seen here
        with open(f"/proc/{process}/smaps_rollup") as lines:
            return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except PermissionError:
        return sys.maxsize


def failure(reason: str, secret: str) -> bytes:
    return f'{secret}{{"failure": "{reason}"}}'.encode()


def limit(seconds: int, megabytes: int) -> None:
    bounds = {
        resource.RLIMIT_AS: megabytes * 2**20,
        resource.RLIMIT_CPU: seconds + 1,  # for one that holds up the process that watches
        resource.RLIMIT_FSIZE: 16 * 2**20,
        resource.RLIMIT_NOFILE: DESCRIPTORS,
        resource.RLIMIT_CORE: 0,
    }
    if KERNEL >= (5, 14):  # older ones count all threads of the user on the machine
        bounds[resource.RLIMIT_NPROC] = THREADS
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))


def judge(code: str, tests: str, verdict: int, secret: str) -> None:
    """Writes the verdict and ends the process, without what the answer has left to be done at its end."""
    write, end = os.write, os._exit  # the answer may replace them
    try:
        write(verdict, outcome(code, tests, secret))
    finally:
        end(0)


def outcome(code: str, tests: str, secret: str) -> bytes:
    try:
        statements = ast.parse(tests).body
        compiled = [(is_test(each), compiled_with_call(each)) for each in statements]
    except (SyntaxError, ValueError):
        return failure("broken-tests", secret)
    of = sum(tests_something for tests_something, _ in compiled)
    if of == 0:
        return failure("no-tests", secret)
    module = types.ModuleType("answer")
    sys.modules["answer"] = module
    runs = runner(module)
    passed = 0
    if runs(code):
        for tests_something, statement in compiled:
            ran = runs(statement)
            if tests_something:
                passed += ran
            elif not ran:
                return failure("broken-tests", secret)
    return f'{secret}{{"passed": {passed}, "of": {of}}}'.encode()


def is_test(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef(name=name):
            return name.startswith("test_")
        case ast.Assert() | ast.Expr(value=ast.Call()):
            return True
    return False


def compiled_with_call(statement: ast.stmt) -> types.CodeType:
    """A statement as code, and the call of a function that is a test."""
    is_function = isinstance(statement, ast.FunctionDef) and is_test(statement)
    call = ast.parse(f"{statement.name}()").body if is_function else []
    return compile(ast.Module([statement, *call], []), "answer.py", "exec")


def runner(module: types.ModuleType) -> Callable[[str | types.CodeType], bool]:
    """What runs code in a module and says whether it ends without an error. Copies of the process end there."""
    run, compiled, process, end = exec, compile, os.getpid, os._exit  # the answer may replace them
    own = process()

    def runs(code: str | types.CodeType) -> bool:
        try:
            run(compiled(code, "answer.py", "exec") if isinstance(code, str) else code, module.__dict__)
            return True
        except BaseException:  # code that nobody has read may raise anything
            return False
        finally:
            if process() != own:
                end(0)

    return runs


main()
