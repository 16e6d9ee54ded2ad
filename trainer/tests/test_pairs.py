"""Pairs become tokens once, and take no memory of a rank, however many they are."""

import os
import random
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

import rig
from codepmp_trainer.model.tokens import Encoder
from codepmp_trainer.training import pairs as training_pairs
from codepmp_trainer.training.pairs import parts_of, tokenised

SCHEMA = pyarrow.schema([(name, pyarrow.string()) for name in ("prompt", "kind", "chosen", "rejected")])


def texts(number: int, *, size: int = 1) -> dict[str, str]:
    prompt = f"{number}: " * size
    return {"prompt": prompt, "kind": "", "chosen": "yes" * (number % 20), "rejected": "no" * (number % 3)}


def in_files(folder: Path, counts: list[int], *, group: int = 3, size: int = 1) -> list[str]:
    """Files of so many pairs each, numbered from one file to the next, in row groups."""
    numbers = iter(range(sum(counts)))
    for name, count in enumerate(counts):
        rows = pyarrow.Table.from_pylist([texts(next(numbers), size=size) for _ in range(count)], SCHEMA)
        pyarrow.parquet.write_table(rows, folder / f"{name}.parquet", row_group_size=group)
    return [str(folder / f"{name}.parquet") for name in range(len(counts))]


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(training_pairs, "PART_ROWS", 4)


def test_rows_of_all_files_are_found_by_their_number(base, tmp_path, small_parts):
    encoder = Encoder(base, max_length=32)
    pairs = tokenised(parts_of(in_files(tmp_path, [5, 0, 13, 1])), encoder, tmp_path / "tokens", rig.ALONE)
    expected = [
        tuple(encoder.encode(texts(row)["prompt"], texts(row)[side]) for side in ("chosen", "rejected"))
        for row in range(19)
    ]
    assert [pairs.encoded(row) for row in range(19)] == expected
    assert (len(pairs), pairs.cut) == (19, sum(chosen.cut or rejected.cut for chosen, rejected in expected))
    assert 0 < pairs.cut < 19
    assert sorted(path.name for path in (tmp_path / "tokens").iterdir()) == [
        f"pairs-0000{number}.arrow" for number in range(4)
    ]


def test_ranks_make_a_part_each_and_a_launch_after_a_kill_makes_what_is_missing(base, tmp_path, small_parts):
    (tmp_path / "made").mkdir()
    paths = in_files(tmp_path, [9, 9])
    whole, killed = (
        {**rig.train_config(tmp_path / name, base, Path(paths[0])), "pairs": paths} for name in ("whole", "killed")
    )
    assert rig.launch_training(whole, ranks=2)["status"] == "succeeded"

    def watch(rank: int, *, dies: bool = False) -> None:
        write = training_pairs.write

        def watched(path: Path, *given: object) -> None:
            if dies and path.name == "pairs-00001.arrow":
                rig.kill_self()
            write(path, *given)
            (tmp_path / "made" / f"{path.stem} by {rank}").touch()

        training_pairs.write = watched

    def made() -> list[str]:
        found = sorted((tmp_path / "made").iterdir())
        return [path.name for path in found if path.unlink() is None]

    rig.launch_training(killed, ranks=2, before=lambda rank: watch(rank, dies=True))
    assert made() == ["pairs-00000 by 0", "pairs-00002 by 0"]
    assert rig.launch_training(killed, ranks=2, before=watch)["status"] == "succeeded"
    assert made() == ["pairs-00001 by 1"]
    assert rig.output_bytes(killed) == rig.output_bytes(whole)
    assert not [*Path(killed["checkpoints"]).glob("pairs-*")]


def memory_of_pairs(base: Path, paths: list[str], folder: Path) -> int:
    """Bytes of memory of its own that a process has more when it has made all tokens and read some of them."""

    def measure() -> int:
        before = own_memory()
        pairs = tokenised(parts_of(paths), Encoder(base, max_length=512), folder, rig.ALONE)
        for row in random.Random(1).sample(range(len(pairs)), 200):
            pairs.encoded(row)
        return own_memory() - before

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(measure()).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as answer:
        found = answer.read()
    os.waitpid(child, 0)
    return int(found)


def own_memory() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("RssAnon:"))


def test_twenty_times_as_many_pairs_take_no_more_memory(base, tmp_path):
    found = {}
    for count in (500, 10_000):
        (tmp_path / str(count)).mkdir()
        paths = in_files(tmp_path / str(count), [count], group=250, size=40)
        found[count] = memory_of_pairs(base, paths, tmp_path / f"tokens-{count}")
    size = sum(path.stat().st_size for path in (tmp_path / "tokens-10000").iterdir())
    assert size > 8_000_000
    assert found[10_000] - found[500] < size / 4, found


def test_a_row_that_cannot_be_used_is_named_by_its_file_and_number(base, tmp_path):
    rows = [texts(1), {**texts(2), "prompt": "", "chosen": ""}]
    path = rig.write_rows(tmp_path / "empty.parquet", [*rows])
    settings = rig.train_config(tmp_path, base, path, eoc=False)
    result = rig.launch_training({**settings, "pairs": [*in_files(tmp_path, [4]), str(path)]})
    message = f"{path}: row 1: a row has neither prompt nor response: remove it from the data"
    assert (result["class"], result["message"]) == ("invalid", message)
