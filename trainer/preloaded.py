"""Runs a script of the trainer in a process that has torch and transformers loaded already.

    python -I -S preloaded.py train.py --config run.json

Loading them takes ten seconds of a processor, a small training one. The first call starts a server, which loads them
and copies itself (fork) for each script; it ends after a minute without work. The process of the call passes signals on
and ends as the script ends; if it is killed, so is the script. Where no server can be had it becomes the script itself:
outside Linux, and where there is a GPU, which a copy of a process cannot be sure to use.
"""

import atexit
import contextlib
import ctypes
import gc
import hashlib
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
import traceback
from typing import NamedTuple, NoReturn

IDLE = 60.0  # seconds without work after which the server ends
START = 10.0  # seconds that its interpreter may take to start
ROOM = 8192  # bytes kept for the command line and for the environment that other processes see of a copy
OF_A_JOB = ("CODEPMP_JOB", "PWD", "OLDPWD", "SHLVL", "_")  # how variables begin that differ from job to job
PASSED_ON = (signal.SIGTERM, signal.SIGINT)
LIBRARIES = (
    "safetensors.torch",
    "tokenizers",
    "torch.distributed.fsdp",
    "transformers.initialization",
    "transformers.models.auto.modeling_auto",
    "transformers.models.gemma.modeling_gemma",
    "transformers.models.llama.modeling_llama",
    "transformers.models.qwen2.modeling_qwen2",
)
GPUS = ("/dev/nvidiactl", "/dev/kfd")
PARENT_ENDS = 1  # PR_SET_PDEATHSIG


class Job(NamedTuple):
    argv: list[str]
    cwd: str
    env: dict[str, str]


def call(argv: list[str]) -> int:
    """Has a server run the script, and ends as the script ends."""
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    connection = connect()
    if connection:
        hand_over(connection, argv)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    if connection is None or hear(connection, 1) == b"":
        os.execv(sys.executable, [sys.executable, *argv])
    status = hear(connection, 4)
    return end_like(os.waitstatus_to_exitcode(*struct.unpack("I", status)) if status else -signal.SIGKILL)


def hand_over(connection: socket.socket, argv: list[str]) -> None:
    """Sends what to run, and from now on every signal. A server that ends meanwhile says so by its silence."""
    job = json.dumps(Job(argv, os.getcwd(), dict(os.environ))).encode()
    with contextlib.suppress(ConnectionError):
        socket.send_fds(connection, [struct.pack("I", len(job))], [0, 1, 2])
        connection.sendall(job)

    def pass_on(number: int, _: object) -> None:
        with contextlib.suppress(ConnectionError):
            connection.send(bytes([number]))

    for number in PASSED_ON:
        signal.signal(number, pass_on)


def hear(connection: socket.socket, size: int) -> bytes:
    """What the other side says; nothing once it has ended."""
    with contextlib.suppress(ConnectionError):
        return connection.recv(size)
    return b""


def end_like(code: int) -> int:
    """Ends this process by the signal that ended the script; returns the exit code of one that ended by itself."""
    if code < 0:
        if -code in PASSED_ON:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def connect() -> socket.socket | None:
    """A connection to the server for this environment, started if there is none; None where there can be none."""
    if sys.platform != "linux" or any(map(os.path.exists, GPUS)):
        return None
    deadline = time.monotonic() + START
    started = False
    while time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect("\0" + server_name())
            return connection if is_ours(connection) else None
        except ConnectionRefusedError:
            connection.close()
        if not started:
            start_server()
            started = True
        time.sleep(0.02)
    return None


def shared_environment() -> dict[str, str]:
    """The environment without what differs from job to job."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OF_A_JOB)}


def server_name() -> str:
    """
    A name that exists as long as the server listens. Libraries read the environment when they are loaded, so each
    environment has its own server, and so has each state of the installed packages, and each container: two of them may
    share the network, where these names are, but neither files nor processes.
    """
    root = os.path.dirname(os.path.dirname(sys.executable))
    packages = os.path.join(root, "lib", f"python3.{sys.version_info.minor}", "site-packages")
    installed = os.path.getmtime(packages) if os.path.isdir(packages) else None
    container = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("mnt", "pid")]
    parts = [sys.executable, os.path.abspath(__file__), installed, container, shared_environment()]
    return "codepmp-" + hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def is_ours(connection: socket.socket) -> bool:
    """Whether the other side is a process of this user: names of this sort have no permissions."""
    _, user, _ = struct.unpack("iII", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return bool(user == os.getuid())


def start_server() -> None:
    """Starts a server that is no child of this process, so that it does not end with the job that needed it first."""
    padding = "-" * ROOM
    argv = [sys.executable, os.path.abspath(__file__), "--serve", server_name(), padding]
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.chdir("/")
    alone = {"OPENBLAS_NUM_THREADS": "1"}  # numpy starts threads when it is loaded, and a process that forks has none
    os.execve(sys.executable, argv, {**shared_environment(), **alone, "CODEPMP_JOB_PADDING": padding})


def serve(name: str) -> Job | None:
    """As fork does: returns None in the server, when it was idle long enough, and in each copy the script to run."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind("\0" + name)
    except OSError:
        return None  # another one was faster
    listener.listen(64)
    load()
    listener.settimeout(IDLE)
    while True:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            if not reap():
                return None
            continue
        reap()
        if os.fork() == 0:
            listener.close()
            return keep(connection)
        connection.close()


def load() -> None:
    """
    Loads what takes time, but nothing that starts threads, as pyarrow does, and nothing of our own, which may change
    while the server runs.
    """
    with tempfile.TemporaryDirectory() as cache:  # the compiler of torch makes one when it is loaded
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache
        for module in LIBRARIES:
            importlib.import_module(module)
    gc.freeze()  # a collection in a copy would write to what it shares with the server


def reap() -> bool:
    """Forgets the children that have ended; whether others run."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def keep(connection: socket.socket) -> Job:
    """Reads what to run and returns it in a copy; this process looks after that copy and never returns."""
    if not is_ours(connection):
        os._exit(1)
    length, streams, _, _ = socket.recv_fds(connection, 4, 3)
    (size,) = struct.unpack("I", length)
    job = Job(*json.loads(connection.recv(size, socket.MSG_WAITALL)))
    keeper = os.getpid()
    pid = os.fork()
    if pid:
        look_after(pid, connection)
    become(job, streams, keeper)
    connection.close()
    return job


def look_after(pid: int, connection: socket.socket) -> NoReturn:
    """Passes signals on to a script until it ends, and says how it ended. It is killed when nobody listens any more."""
    connection.send(b"+")
    process = os.pidfd_open(pid)
    while process not in (ready := select.select([connection, process], [], [])[0]):
        numbers = connection.recv(16) if ready else b""
        for number in numbers or [signal.SIGKILL]:
            signal.pidfd_send_signal(process, number)
        if not numbers:
            break
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):
        connection.send(struct.pack("I", status))
    os._exit(0)


def become(job: Job, streams: list[int], keeper: int) -> None:
    """Gives this copy what a process started for the script would have: session, streams, folder, environment, name."""
    os.setsid()
    ctypes.CDLL(None).prctl(PARENT_ENDS, signal.SIGKILL)
    if os.getppid() != keeper:
        os._exit(1)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(job.cwd)
    os.environ.clear()
    os.environ.update(job.env)
    show(job)


def show(job: Job) -> None:
    """
    Writes command line and environment where other processes read them (`ps`, and the launcher, which finds the
    processes of a job by its environment). The server was started with room to spare for both.
    """
    with open("/proc/self/stat") as file:
        fields = file.read().rpartition(") ")[2].split()
    command = [sys.executable, *job.argv]
    marks = sorted(job.env, key=lambda name: not name.startswith("CODEPMP_JOB"))
    variables = [f"{name}={job.env[name]}" for name in marks]
    for texts, begin, end in ((command, *map(int, fields[45:47])), (variables, *map(int, fields[47:49]))):
        text = b"".join(os.fsencode(each) + b"\0" for each in texts)
        ctypes.memmove(begin, text[: end - begin - 1].ljust(end - begin, b"\0"), end - begin)


def run(argv: list[str]) -> NoReturn:
    """
    Runs a script and ends the process as Python would, but does not take the interpreter apart: that would write to all
    memory that is shared with the server, and so copy it.
    """
    sys.argv[:] = argv
    code: object = 0
    try:
        runpy.run_path(argv[0], run_name="__main__")
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    if not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(code)


def main() -> int:
    if sys.argv[1] != "--serve":
        return call(sys.argv[1:])
    job = serve(sys.argv[2])
    if job:
        run(job.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
