"""
Checkpoints for resuming. `<dir>/step-<n>/` holds one file of tensors for each rank and `manifest.json` with the digests
of these files, which is linked last: a folder without it does not count. Writing happens beside the training; at most
two folders exist, and a third one where an earlier checkpoint is the best so far.
"""

import fcntl
import json
import os
import shutil
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..process.failures import Invalid
from ..process.files import fsync_folder, sha256_of, write_once
from ..process.ranks import Ranks
from . import shards

FORMAT = 3
MANIFEST = "manifest.json"
LOCK_SECONDS = 20
"""How long a launch waits for an earlier one to leave the folder: its ranks end within seconds of their launcher."""


@dataclass
class State:
    """What a run is continued from. `history` holds the progress lines up to `step`."""

    step: int
    tensors: dict[str, torch.Tensor]
    rng: torch.Tensor
    history: list[dict[str, Any]]
    ranks: int


class Writer:
    """
    Writes one checkpoint at a time, each rank its part in a thread from a snapshot, so that training goes on. All ranks
    call its methods together.
    """

    def __init__(self, folder: Path, fingerprint: dict[str, Any], peers: Ranks) -> None:
        self.folder, self.fingerprint, self.peers = folder, fingerprint, peers
        self._snapshot: dict[str, torch.Tensor] = {}
        self._thread: threading.Thread | None = None
        self._problem: Exception | None = None
        self._digest = b""
        self._pending: State | None = None
        self.last: int | None = None

    @property
    def written(self) -> bool:
        """Whether this rank has written its part of a checkpoint that is not committed yet."""
        return self._thread is not None and not self._thread.is_alive()

    def save(self, state: State, *, best: int | None = None) -> None:
        """
        Takes a snapshot and begins to write it, after the checkpoint before it is committed. The checkpoint of the step
        `best` is kept as well.
        """
        self.wait()
        for name, tensor in shards.own_parts(state.tensors).items():
            if name not in self._snapshot:
                self._snapshot[name] = torch.empty_like(tensor, device="cpu")
            self._snapshot[name].copy_(tensor)
        if self.peers.first:
            prune(self.folder, keep=1, best=best)
        self.peers.wait()
        self.last = state.step
        self._pending = State(state.step, {}, state.rng, list(state.history), state.ranks)
        first_rows = shards.first_rows(state.tensors)
        self._thread = threading.Thread(target=self._write, args=(self._pending, first_rows), name="checkpoint")
        self._thread.start()

    def wait(self) -> None:
        """Until the checkpoint under way is committed; raises what went wrong with this rank's part of it."""
        if self._thread is None or self._pending is None:
            return
        self._thread.join()
        self._thread = None
        if self._problem:
            raise self._problem
        own = torch.frombuffer(bytearray(self._digest), dtype=torch.uint8)
        digests = [bytes(each.tolist()).hex() for each in self.peers.gather(own)]
        if self.peers.first:
            self._commit(self._pending, digests)
        self.peers.wait()

    def _write(self, state: State, first_rows: dict[str, int]) -> None:
        try:
            path = self.place(state.step) / part_name(self.peers.rank)
            path.parent.mkdir(parents=True, exist_ok=True)
            shards.write(path, {**self._snapshot, "rng": state.rng}, first_rows)
            self._digest = bytes.fromhex(sha256_of(path))
        except Exception as problem:
            self._problem = problem

    def _commit(self, state: State, digests: list[str]) -> None:
        """Links the manifest, with which the checkpoint counts."""
        place = self.place(state.step)
        names = [part_name(rank) for rank in range(len(digests))]
        files = {
            name: {"bytes": (place / name).stat().st_size, "sha256": digest}
            for name, digest in zip(names, digests, strict=True)
        }
        manifest = {"format": FORMAT, "step": state.step, "fingerprint": self.fingerprint, "files": files}
        fsync_folder(place)
        write_once(place / MANIFEST, {**manifest, "history": state.history})
        fsync_folder(self.folder)

    def place(self, step: int) -> Path:
        return self.folder / f"step-{step:08d}"


def part_name(rank: int) -> str:
    return f"state-{rank:05d}.safetensors"


def lock(folder: Path, peers: Ranks) -> Any:
    """
    Holds the folder for this launch until the process ends; returns what must be kept. Waits for an earlier launch to
    end, but not long.
    """
    if not peers.first:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "lock").open("a+")
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                file.seek(0)
                raise RuntimeError(
                    f"{folder} is in use by another training ({file.read().strip()}): end it, or wait for it"
                ) from None
            time.sleep(0.2)
    file.truncate(0)
    file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
    file.flush()
    return file


def keep(path: Path, step: int, tensors: dict[str, torch.Tensor], peers: Ranks) -> None:
    """Keeps a state for other trainings to begin from; a training that was killed writes it again, with equal bytes."""
    from safetensors.torch import save_file

    gathered = shards.gathered(tensors, peers)
    if not peers.first:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file(gathered, part, metadata={"step": str(step)})
    part.chmod(0o644)
    part.replace(path)
    fsync_folder(path.parent)


def branch_from(path: Path, tensors: dict[str, torch.Tensor]) -> int:
    """Fills `tensors` from a state that was kept; returns the step it was kept at."""
    if not path.is_file():
        raise Invalid(f"{path} is missing: branch from a training that kept it")
    return int(shards.read([path], tensors)["step"])


def restore(writer: Writer, tensors: dict[str, torch.Tensor]) -> State | None:
    """Fills `tensors` from the last checkpoint that is whole; None where there is none. All ranks take the same one."""
    folder, peers = writer.folder, writer.peers
    found = committed(folder)
    peers.agree({f"checkpoints in {folder}": [manifest["step"] for _, manifest in found]})
    for place, manifest in reversed(found):
        check_fingerprint(place, manifest, writer.fingerprint)
        if peers.all(whole(place, manifest, peers)):
            paths = [place / name for name in manifest["files"]]
            shards.read(paths, tensors)
            return State(manifest["step"], tensors, rng_of(paths, peers), manifest["history"], len(paths))
        tell_damaged(place, peers)
    return None


def take(writer: Writer, step: int, tensors: dict[str, torch.Tensor]) -> bool:
    """Fills `tensors` from the checkpoint of a step; False where it is not there or damaged."""
    for place, manifest in committed(writer.folder):
        if manifest["step"] == step and writer.peers.all(whole(place, manifest, writer.peers)):
            shards.read([place / name for name in manifest["files"]], tensors)
            return True
    tell_damaged(writer.place(step), writer.peers)
    return False


def check_fingerprint(place: Path, manifest: dict[str, Any], fingerprint: dict[str, Any]) -> None:
    differing = sorted(key for key in fingerprint if manifest["fingerprint"].get(key) != fingerprint[key])
    if differing:
        raise Invalid(
            f"{place} belongs to a training that differs in {', '.join(differing)}: remove {place.parent} to start "
            "over, or restore what it was written with"
        )


def whole(place: Path, manifest: dict[str, Any], peers: Ranks) -> bool:
    """Whether a rank's share of the files has the digests of the manifest."""
    names = list(manifest["files"])[peers.rank :: peers.world]
    return all(sha256_of(place / name) == manifest["files"][name]["sha256"] for name in names)


def rng_of(paths: list[Path], peers: Ranks) -> torch.Tensor:
    """State of the generator that this rank saved; its present one where other ranks were at work."""
    from safetensors import safe_open

    if len(paths) != peers.world:
        return torch.get_rng_state()
    with safe_open(paths[peers.rank], framework="pt") as stored:
        return stored.get_tensor("rng")


def committed(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Checkpoints whose files have the right sizes, oldest first, each with its manifest; others are left out."""
    found = []
    for path in sorted(folder.glob(f"step-*/{MANIFEST}")):
        try:
            manifest = json.loads(path.read_text())
            files = manifest["files"]
            if all((path.parent / name).stat().st_size == each["bytes"] for name, each in files.items()):
                found.append((path.parent, manifest))
                continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        tell_damaged(path.parent, None)
    return found


def tell_damaged(place: Path, peers: Ranks | None) -> None:
    if peers is None or peers.first:
        print(f"checkpoint {place} is damaged and left out", file=sys.stderr, flush=True)


def prune(folder: Path, *, keep: int, best: int | None) -> None:
    """Removes all checkpoints that count but the last `keep` and that of the step `best`."""
    found = committed(folder)
    kept = {place for place, _ in found[-keep:]} | {place for place, manifest in found if manifest["step"] == best}
    for path in folder.glob("step-*"):
        if path not in kept:
            (path / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(path)
