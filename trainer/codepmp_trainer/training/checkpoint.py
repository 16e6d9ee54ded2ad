"""
Checkpoints for resuming. `<dir>/step-<n>/` holds the tensors in `state.safetensors` and `manifest.json`, which is
linked last: a folder without it does not count. Writing happens beside the training; at most two folders exist.
"""

import json
import shutil
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..process.failures import Invalid
from ..process.files import fsync_folder, write_once

MANIFEST = "manifest.json"
TENSORS = "state.safetensors"


@dataclass
class State:
    """What a run is continued from. `rng` has one row a rank; `history` holds the progress lines up to `step`."""

    step: int
    tensors: dict[str, torch.Tensor]
    rng: list[torch.Tensor]
    history: list[dict[str, Any]]


class Writer:
    """Writes one checkpoint at a time in a thread, from a snapshot, so that training goes on."""

    def __init__(self, folder: Path, fingerprint: dict[str, Any]) -> None:
        self.folder, self.fingerprint = folder, fingerprint
        self._snapshot: dict[str, torch.Tensor] = {}
        self._thread: threading.Thread | None = None
        self._problem: Exception | None = None
        self.last: int | None = None

    def save(self, state: State) -> None:
        self.wait()
        for name, tensor in state.tensors.items():
            if name not in self._snapshot:
                self._snapshot[name] = torch.empty_like(tensor, device="cpu")
            self._snapshot[name].copy_(tensor)
        frozen = State(state.step, self._snapshot, state.rng, list(state.history))
        self.last = state.step
        self._thread = threading.Thread(target=self._write, args=(frozen,), name="checkpoint")
        self._thread.start()

    def wait(self) -> None:
        """Until the checkpoint under way is committed; raises what went wrong with it."""
        if self._thread:
            self._thread.join()
            self._thread = None
        if self._problem:
            raise self._problem

    def _write(self, state: State) -> None:
        try:
            prune(self.folder, keep=1)
            write(self.folder / f"step-{state.step:08d}", state, self.fingerprint)
        except Exception as problem:
            self._problem = problem


def write(folder: Path, state: State, fingerprint: dict[str, Any]) -> None:
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    rng = {f"rng.{rank}": row for rank, row in enumerate(state.rng)}
    save_file({**state.tensors, **rng}, folder / TENSORS)
    fsync_folder(folder)
    size = (folder / TENSORS).stat().st_size
    manifest = {"format": 2, "step": state.step, "fingerprint": fingerprint, "bytes": size, "history": state.history}
    write_once(folder / MANIFEST, manifest)
    fsync_folder(folder.parent)


def keep(path: Path, step: int, tensors: dict[str, torch.Tensor]) -> None:
    """Keeps a state for other trainings to begin from; a training that was killed writes it again, with equal bytes."""
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file({name: tensor.cpu() for name, tensor in tensors.items()}, part, metadata={"step": str(step)})
    part.chmod(0o644)
    part.replace(path)
    fsync_folder(path.parent)


def branch_from(path: Path, tensors: dict[str, torch.Tensor]) -> int:
    """Fills `tensors` from a state that was kept; returns the step it was kept at."""
    from safetensors import safe_open

    if not path.is_file():
        raise Invalid(f"{path} is missing: branch from a training that kept it")
    with safe_open(path, framework="pt") as stored:
        for name, tensor in tensors.items():
            tensor.copy_(stored.get_tensor(name))
        return int(stored.metadata()["step"])


def restore(folder: Path, fingerprint: dict[str, Any], tensors: dict[str, torch.Tensor]) -> State | None:
    """Fills `tensors` from the last checkpoint that counts; None where there is none."""
    from safetensors import safe_open

    found = committed(folder)
    if not found:
        return None
    place, manifest = found[-1]
    differing = sorted(key for key in fingerprint if manifest["fingerprint"].get(key) != fingerprint[key])
    if differing:
        raise Invalid(
            f"{place} belongs to a training that differs in {', '.join(differing)}: remove {folder} to start over, or "
            "restore what it was written with"
        )
    with safe_open(place / TENSORS, framework="pt") as stored:
        for name, tensor in tensors.items():
            tensor.copy_(stored.get_tensor(name))
        ranks = sum(name.startswith("rng.") for name in stored.keys())  # noqa: SIM118 (not a dict)
        rng = [stored.get_tensor(f"rng.{rank}") for rank in range(ranks)]
    return State(manifest["step"], tensors, rng, manifest["history"])


def committed(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Checkpoints that count, oldest first, each with its manifest. Damaged ones are named and left out."""
    found = []
    for path in sorted(folder.glob(f"step-*/{MANIFEST}")):
        try:
            manifest = json.loads(path.read_text())
            if manifest["bytes"] == (path.parent / TENSORS).stat().st_size:
                found.append((path.parent, manifest))
                continue
        except (OSError, ValueError, KeyError, TypeError):
            pass
        print(f"checkpoint {path.parent} is damaged and left out", file=sys.stderr, flush=True)
    return found


def prune(folder: Path, *, keep: int) -> None:
    """Removes all but the last `keep` checkpoints that count."""
    kept = {place for place, _ in committed(folder)[-keep:]}
    for path in folder.glob("step-*"):
        if path not in kept:
            (path / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(path)
