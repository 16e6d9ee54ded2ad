"""The frame of every process: one JSON configuration in, progress lines, and a result file written last."""

import argparse
import json
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .config import read_config
from .failures import failure_class, message_of
from .files import write_once

_stop_asked = False


def catch_stop() -> None:
    """From now on SIGTERM only sets a flag."""
    signal.signal(signal.SIGTERM, _ask_stop)


def _ask_stop(*_: Any) -> None:
    global _stop_asked
    _stop_asked = True


def end_with_launcher() -> None:
    """
    From now on a rank is killed within a second of its torchrun, which tells it nothing when it is killed itself: the
    next launch must not find an earlier one at work on its files. Without torchrun nothing happens.
    """
    if launch_id() is None:
        return
    launcher = os.getppid()

    def watch() -> None:
        while os.getppid() == launcher:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="launcher", daemon=True).start()


def stop_asked() -> bool:
    return _stop_asked


def run(script: str, body: Callable[[dict[str, Any]], dict[str, Any] | None], description: str) -> int:
    """
    Runs the `body` of a script with its checked configuration. What it returns is the result (`status` and more), None
    on ranks that have none to write. Every exception ends in a result with status `failed`; the traceback goes to
    stderr. A result that says `succeeded` is never done again; another one left by an earlier launch is replaced.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, type=Path, help="JSON file with the settings of this run")
    path: Path = parser.parse_args().config
    try:
        config = read_config(path, script)
        if finished_before(Path(config["result"])):
            return 0
        keep_cache_at(Path(config["result"]).parent)
        result = body(config)
    except Exception as problem:
        traceback.print_exc()
        place = result_place(path)
        failure = {"status": "failed", "class": failure_class(problem), "message": message_of(problem)}
        if place:
            write_result(place, failure)
        return 1
    if result is not None:
        write_result(Path(config["result"]), result)
    return 0


def keep_cache_at(folder: Path) -> None:
    """The compiler of torch makes a folder when it is imported, whether it is used or not: not in the temporary one."""
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(folder / "torchinductor"))


def finished_before(path: Path) -> bool:
    """Whether the work is done already. Rank 0 removes the unsuccessful result of an earlier launch."""
    try:
        earlier = json.loads(path.read_text())
    except (OSError, ValueError):
        return False
    if earlier.get("status") == "succeeded":
        return True
    launch = launch_id()
    if os.environ.get("RANK", "0") == "0" and (launch is None or earlier.get("launch") != launch):
        path.unlink(missing_ok=True)
    return False


def launch_id() -> str | None:
    """Name that all ranks of one launch share; None without torchrun."""
    return os.environ.get("TORCHELASTIC_RUN_ID")


def result_place(config: Path) -> Path | None:
    """Where the result goes, also when the rest of the configuration is wrong."""
    try:
        place = json.loads(config.read_text())["result"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Path(place) if isinstance(place, str) and place else None


def write_result(path: Path, result: dict[str, Any]) -> None:
    """The first writer wins: the rank that failed first names the cause, the others follow from it."""
    empty: dict[str, Any] = {"class": None, "message": "", "steps": 0, "steps_run": 0, "files": [], "meta": {}}
    write_once(path, {"format": 1, "launch": launch_id(), **empty, **result})
