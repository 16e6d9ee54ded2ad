"""Scores texts, each a prompt with an answer, with a trained model.

    python score.py --config score.json
    torchrun --standalone --nproc-per-node 2 --max-restarts 0 score.py --config score.json

The input has one JSON object a line: `text` (its name), `prompt`, `response`. Each rank writes lines of `text`, `score`
and `cut` to a file of its own in the folder `output`, a batch at a time, so a killed run leaves what it had scored.
"""

import functools
import itertools
import json
import math
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codepmp_trainer.process import frame

frame.catch_stop()  # before torch loads: a SIGTERM in these seconds must not be lost
frame.end_with_launcher()

import torch  # noqa: E402

from codepmp_trainer.model import preference  # noqa: E402
from codepmp_trainer.model.rows import pack  # noqa: E402
from codepmp_trainer.model.tokens import Encoded  # noqa: E402
from codepmp_trainer.process import ranks  # noqa: E402
from codepmp_trainer.process.failures import Diverged, Invalid  # noqa: E402
from codepmp_trainer.process.files import Progress  # noqa: E402
from codepmp_trainer.process.stall import Watch  # noqa: E402

PROMPTS = 4096  # prompts whose tokens are kept for the next answer to them


@dataclass
class Row:
    text: str
    prompt: str
    tokens: Encoded


def score(config: dict[str, Any]) -> dict[str, Any] | None:
    """One whole run, from the configuration to the result; None on all ranks but the first."""
    peers = ranks.join()
    loaded = preference.load_for_scoring(Path(config["model"]))
    refuse_other_format(config, loaded)
    loaded.model.to(peers.device)
    lines = Lines(Path(config["input"]))
    total = len(lines.longest_first)
    progress = Progress(Path(config["progress"]) if peers.first else None)
    watch = Watch(config["stall_after"])
    progress.line({"event": "start", "total": total, "time": time.time(), "within": watch.begin()})
    done = 0
    for done in score_share(config, peers, loaded, lines):
        progress.line({"done": done, "total": total, "time": time.time(), "within": watch.step(more=done == total)})
    watch.end()
    ranks.leave(peers)
    if not peers.first:
        return None
    if done < total:
        return {"status": "preempted", "message": f"stopped after {done} of {total} texts"}
    return {"status": "succeeded", "meta": {"texts": total, "score": loaded.encoder.scored_at}}


def refuse_other_format(config: dict[str, Any], loaded: preference.Loaded) -> None:
    trained = loaded.about["prompt_format"] if loaded.about else None
    if trained != config["prompt_format"]:
        raise Invalid(
            f"the model was trained on prompts of the format {trained}, and these have {config['prompt_format']}: its "
            "scores would mean nothing; score with a model trained on this format"
        )


class Lines:
    """The lines of the input, of which only the places are kept in memory."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise Invalid(f"{path} is missing: name an existing file of texts")
        self._file = path.open("rb")
        answers: dict[int, list[tuple[int, int]]] = {}
        place = 0
        for line in self._file:
            answers.setdefault(hash(json.loads(line)["prompt"]), []).append((-len(line), place))
            place += len(line)
        # The longest answer first, and behind each the others to its prompt, which they share when they are scored.
        self.longest_first = [place for rows in sorted(map(sorted, answers.values())) for _, place in rows]

    def at(self, place: int) -> dict[str, str]:
        self._file.seek(place)
        values: dict[str, str] = json.loads(self._file.readline())
        return values


def score_share(config: dict[str, Any], peers: ranks.Ranks, loaded: preference.Loaded, lines: Lines) -> Iterator[int]:
    """
    Scores the texts of this rank and gives, after each batch, how many all ranks have scored. Ranks take part until the
    last one has no texts left. Ends early where any rank was asked to stop.
    """
    mine = lines.longest_first[peers.rank :: peers.world]
    waiting = batches(rows_at(mine, loaded, lines), config["batch_tokens"])
    output = Path(config["output"])
    output.mkdir(parents=True, exist_ok=True)
    done, working = 0, True
    with (output / f"scores-{time.time_ns()}-{peers.rank}.jsonl").open("wb", buffering=0) as part:
        while working:
            batch = next(waiting, [])
            if batch:
                part.write(scored(config["model"], loaded, batch))
            counts = torch.tensor([len(batch), len(batch) > 0, frame.stop_asked()], device=peers.device)
            added, working_ranks, stops = (int(count) for count in peers.sum(counts).tolist())
            done += added
            working = working_ranks > 0 and not stops
            yield done
        os.fsync(part.fileno())
    peers.sum(torch.zeros(1, device=peers.device))  # the result comes after what every rank has written


def rows_at(places: Sequence[int], loaded: preference.Loaded, lines: Lines) -> Iterator[Row]:
    """The lines at these places, as tokens."""
    prompt_ids = functools.lru_cache(PROMPTS)(loaded.encoder.ids_of)
    for place in places:
        line = lines.at(place)
        prompt, response = line["prompt"], line["response"]
        tokens = loaded.encoder.join(prompt_ids(prompt), [loaded.encoder.ids_of(response, after=prompt)])[0]
        yield Row(line["text"], prompt, tokens)


def batches(rows: Iterable[Row], batch_tokens: int) -> Iterator[list[Row]]:
    """
    Rows in this order, where neighbours answer one prompt or are about as long as each other. A batch holds at most
    `batch_tokens` with the padding of its attention, or one row.
    """
    batch: list[Row] = []
    longest = 0
    for row in rows:
        longest = max(longest, len(row.tokens.ids))
        if batch and longest * (len(batch) + 1) > batch_tokens:
            yield batch
            batch, longest = [], len(row.tokens.ids)
        batch.append(row)
    if batch:
        yield batch


def scored(model: str, loaded: preference.Loaded, batch: Sequence[Row]) -> bytes:
    """The lines of a batch. Raises `Diverged` for a score that is not a finite number."""
    with torch.inference_mode():
        groups = [[row.tokens for row in rows] for _, rows in itertools.groupby(batch, key=lambda row: row.prompt)]
        values = loaded.model(pack(groups).to(loaded.model.score.weight.device))[0].tolist()
    broken = sum(not math.isfinite(value) for value in values)
    if broken:
        raise Diverged(
            f"{model}: {broken} of {len(batch)} scores are not finite numbers: train the model again with a lower "
            "learning rate"
        )
    lines = [
        {"text": row.text, "score": value, "cut": row.tokens.cut} for row, value in zip(batch, values, strict=True)
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


if __name__ == "__main__":
    sys.exit(frame.run("score", score, __doc__ or ""))
