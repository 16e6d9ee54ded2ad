"""
Pairs as tokens, in files of Arrow that are mapped into memory: what a rank keeps in its own does not depend on their
number. All ranks make them together before the first step, and a launch after a kill finds them.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from ..model.tokens import Encoded, Encoder
from ..process.failures import Invalid
from ..process.files import fsync_file
from ..process.ranks import Ranks
from ..process.tables import open_table

PAIR = ("prompt", "chosen", "rejected")
PART_ROWS = 16_384
"""Rows of a file at least, but for the last one: a file has whole row groups of the tables."""
BATCH_ROWS = 1_024


@dataclass
class Pairs:
    """Pairs by their number: all those of the table, or those in the rows that `rows` lists."""

    table: Any
    encoder: Encoder
    folder: Path
    rows: Any = None

    def __len__(self) -> int:
        return int(self.table.num_rows if self.rows is None else len(self.rows))

    @property
    def cut(self) -> int:
        """Pairs that do not fit `max_length` as they are."""
        import pyarrow.compute

        return int(pyarrow.compute.sum(self.table.column("cut"), min_count=0).as_py())

    def encoded(self, number: int) -> tuple[Encoded, Encoded]:
        """The chosen and the rejected side."""
        row = number if self.rows is None else int(self.rows[number])
        prompt, *sides = [self.table.column(name)[row].values.to_numpy().tolist() for name in PAIR]
        chosen, rejected = self.encoder.join(prompt, sides)
        return chosen, rejected

    def divided(self, held_out: float) -> tuple["Pairs", "Pairs"]:
        """Those to train on, and the share of them that is held out; pairs of one origin are on one side."""
        import numpy

        is_held = self.table.column("draw").to_numpy() < held_out
        training, held = (
            replace(self, rows=numpy.flatnonzero(which).astype("uint32")) for which in (~is_held, is_held)
        )
        if not len(training) or not len(held):
            where = "for training" if not len(training) else "held out"
            raise Invalid(f"`held_out`: of {len(self)} pairs a share of {held_out} leaves none {where}: choose another")
        return training, held

    def remove(self) -> None:
        """Removes the files, when no rank needs them any longer."""
        shutil.rmtree(self.folder)


@dataclass
class Part:
    """Consecutive rows, as row groups of parquet files: path, number of the group, number of its first row."""

    rows: int = 0
    groups: list[tuple[str, int, int]] = field(default_factory=list)


def tokenised(parts: Sequence[Part], encoder: Encoder, folder: Path, peers: Ranks) -> Pairs:
    """All pairs of the parts; `folder` is for their tokens, a file each, and each rank makes some that are missing."""
    import pyarrow

    files = [folder / f"pairs-{number:05d}.arrow" for number in range(len(parts))]
    folder.mkdir(parents=True, exist_ok=True)
    for part, path in list(zip(parts, files, strict=True))[peers.rank :: peers.world]:
        if not path.exists():
            write(path, part, encoder)
    peers.wait()
    return Pairs(pyarrow.concat_tables(map(mapped, files)), encoder, folder)


def tokens_name(identity: dict[str, Any]) -> str:
    """Name of a folder of tokens that no other training, and none with other pairs, takes for its own."""
    return f"pairs-{hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]}"


def parts_of(paths: Sequence[str]) -> list[Part]:
    """The rows of parquet files, of which only the footers are read; `Invalid` where there are none."""
    parts: list[Part] = []
    for path in paths:
        first, about = 0, open_table(path, PAIR).metadata
        for group in range(about.num_row_groups):
            rows = about.row_group(group).num_rows
            if rows and (not parts or parts[-1].rows >= PART_ROWS):
                parts.append(Part())
            if rows:
                parts[-1].rows += rows
                parts[-1].groups.append((path, group, first))
            first += rows
    if not parts:
        raise Invalid(f"{', '.join(paths)}: expected at least one pair, got none: look at the steps before")
    return parts


def write(path: Path, part: Part, encoder: Encoder) -> None:
    """Writes the tokens of a part; the file has its name once it is whole."""
    import pyarrow
    import pyarrow.ipc

    ids = pyarrow.list_(pyarrow.int32())
    schema = pyarrow.schema([*((name, ids) for name in PAIR), ("cut", pyarrow.bool_()), ("draw", pyarrow.float64())])
    unfinished = path.with_suffix(".part")
    with pyarrow.OSFile(str(unfinished), "wb") as sink, pyarrow.ipc.new_file(sink, schema) as writer:
        for rows in batches_of(part):
            made = [tokens_of(texts, encoder, place) for place, texts in rows]
            writer.write_batch(pyarrow.RecordBatch.from_pylist(made, schema))
    fsync_file(unfinished)
    unfinished.replace(path)


def batches_of(part: Part) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Some rows at a time, each with the words for its place."""
    for path, groups in groupby(part.groups, itemgetter(0)):
        table = open_table(path, PAIR)
        columns = [name for name in (*PAIR, "origin") if name in table.schema_arrow.names]
        for _, group, row in groups:
            for batch in table.iter_batches(BATCH_ROWS, row_groups=[group], columns=columns):
                yield [(f"{path}: row {number}", texts) for number, texts in enumerate(batch.to_pylist(), row)]
                row += batch.num_rows


def tokens_of(texts: dict[str, Any], encoder: Encoder, place: str) -> dict[str, Any]:
    """The tokens of one pair, before they are joined, whether joining them cuts any, and a draw for `held_out`."""
    for column in PAIR:
        if not isinstance(texts[column], str):
            raise Invalid(f"{place}: column {column}: expected a text, got {texts[column]!r}")
    prompt = encoder.ids_of(texts["prompt"])
    chosen, rejected = (encoder.ids_of(texts[side], after=texts["prompt"]) for side in PAIR[1:])
    try:
        rows = encoder.join(prompt, [chosen, rejected])
    except Invalid as problem:
        raise Invalid(f"{place}: {problem}") from None
    tokens = dict(zip(PAIR, (prompt, chosen, rejected), strict=True))
    return {**tokens, "cut": any(row.cut for row in rows), "draw": draw_of(texts.get("origin") or texts["prompt"])}


def draw_of(origin: str) -> float:
    """A number from 0 to 1 that is the same for all pairs of an origin, in every training."""
    return int.from_bytes(hashlib.sha256(origin.encode()).digest()[:6]) / (1 << 48)


def mapped(path: Path) -> Any:
    """A file of tokens as a table that takes no memory of its own."""
    import pyarrow
    import pyarrow.ipc

    return pyarrow.ipc.open_file(pyarrow.memory_map(str(path))).read_all()
