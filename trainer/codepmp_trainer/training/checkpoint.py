"""
Checkpoints for resuming. `<dir>/step-<n>/` holds raw fp32 buffers and `manifest.json`, which is linked last: a folder
without it does not count. Writing happens beside the training; at most two folders exist.
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


@dataclass
class State:
    """What a run is continued from. `rng` has one row a rank; `history` holds the progress lines up to `step`."""

    step: int
    buffers: dict[str, torch.Tensor]
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
        for name, buffer in state.buffers.items():
            if name not in self._snapshot:
                self._snapshot[name] = torch.empty_like(buffer, device="cpu")
            self._snapshot[name].copy_(buffer)
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
    folder.mkdir(parents=True)
    sizes = {}
    for name, tensor in {**state.buffers, **{f"rng-{rank}": rng for rank, rng in enumerate(state.rng)}}.items():
        with (folder / name).open("wb") as file:
            file.write(memoryview(tensor.numpy()).cast("B"))
        sizes[name] = tensor.numel() * tensor.element_size()
    fsync_folder(folder)
    manifest = {"format": 1, "step": state.step, "fingerprint": fingerprint, "sizes": sizes, "history": state.history}
    write_once(folder / "manifest.json", manifest)
    fsync_folder(folder.parent)


def restore(folder: Path, fingerprint: dict[str, Any], buffers: dict[str, torch.Tensor]) -> State | None:
    """Fills `buffers` from the last checkpoint that counts; None where there is none."""
    for place in committed(folder)[-1:]:
        manifest = json.loads((place / "manifest.json").read_text())
        differing = sorted(key for key in fingerprint if manifest["fingerprint"].get(key) != fingerprint[key])
        if differing:
            raise Invalid(
                f"{place} was written with another {', '.join(differing)}: remove {folder} to start over, or restore "
                "the earlier configuration"
            )
        for name, buffer in buffers.items():
            stored = torch.from_file(str(place / name), size=buffer.numel(), dtype=buffer.dtype)
            buffer.copy_(stored)
        ranks = sum(name.startswith("rng-") for name in manifest["sizes"])
        rng = [torch.frombuffer(bytearray((place / f"rng-{r}").read_bytes()), dtype=torch.uint8) for r in range(ranks)]
        return State(manifest["step"], buffers, rng, manifest["history"])
    return None


def committed(folder: Path) -> list[Path]:
    """Checkpoints that count, oldest first: those with a manifest and every file it lists in full."""
    return [path.parent for path in sorted(folder.glob("step-*/manifest.json")) if whole(path)]


def whole(manifest: Path) -> bool:
    sizes = json.loads(manifest.read_text())["sizes"]
    files = {path.name: path.stat().st_size for path in manifest.parent.iterdir()}
    if sizes.items() <= files.items():
        return True
    print(f"checkpoint {manifest.parent} is damaged and left out", file=sys.stderr, flush=True)
    return False


def prune(folder: Path, *, keep: int) -> None:
    """Removes all but the last `keep` checkpoints that count."""
    kept = set(committed(folder)[-keep:])
    for path in folder.glob("step-*"):
        if path not in kept:
            (path / "manifest.json").unlink(missing_ok=True)
            shutil.rmtree(path)
