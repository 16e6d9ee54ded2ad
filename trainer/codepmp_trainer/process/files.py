"""Files that processes leave behind: digests, write-once JSON, progress lines."""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _digest(file)


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def described(path: Path, name: str | None = None) -> dict[str, Any]:
    """Entry of a result's `files`."""
    return {"name": name or path.name, "path": str(path), "sha256": sha256_of(path), "bytes": path.stat().st_size}


def fsync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folder(folder: Path) -> None:
    """Flushes the files of a folder and the folder itself."""
    for path in folder.iterdir() if folder.is_dir() else []:
        if path.is_file():
            fsync_file(path)
    fsync_file(folder)


def write_once(path: Path, value: Any) -> bool:
    """Publishes JSON under a name that is linked last; False where the name was taken (its content stays)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o644)
        try:
            os.link(part, path)
        except FileExistsError:
            return False
        fsync_file(path.parent)
        return True
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


class Progress:
    """
    Appends one JSON object a line. A line is one write, so a reader never sees half of one mixed with another; one that
    cannot be written whole raises, and whoever appends next leaves it on a line of its own.
    """

    def __init__(self, path: Path | None, *, fresh: bool = False) -> None:
        self._file = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("wb" if fresh else "ab", buffering=0)
            if not _ends_a_line(path):
                self._write(b"\n")

    def line(self, value: dict[str, Any]) -> None:
        self._write(json.dumps(value, ensure_ascii=False).encode() + b"\n")

    def _write(self, left: bytes) -> None:
        while self._file is not None and left:
            left = left[self._file.write(left) :]


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        return file.read(1) in (b"", b"\n")
