"""Scores pairs, options of questions or candidate answers with a trained model.

    python score.py --config score.json

Writes one JSON line a row, in the order of the input, and a result file last.
"""

import json
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from codepmp_trainer.process import frame

frame.catch_stop()  # before torch loads: a SIGTERM in these seconds must not be lost

import torch  # noqa: E402

from codepmp_trainer.model import preference  # noqa: E402
from codepmp_trainer.model.rows import pack  # noqa: E402
from codepmp_trainer.model.tokens import Encoded  # noqa: E402
from codepmp_trainer.process import ranks  # noqa: E402
from codepmp_trainer.process.failures import Diverged, Invalid  # noqa: E402
from codepmp_trainer.process.files import Progress, described  # noqa: E402
from codepmp_trainer.process.tables import read_tables  # noqa: E402

Text = tuple[str, str]
COLUMNS = {
    "pairs": ("prompt", "chosen", "rejected"),
    "choices": ("question", "prompt", "options"),
    "candidates": ("question", "ordinal", "rm_prompt", "text"),
}


def score(config: dict[str, Any]) -> dict[str, Any]:
    """One whole run, from the configuration to the result."""
    device = ranks.join().device
    loaded = preference.load_for_scoring(Path(config["model"]))
    refuse_other_format(config, loaded)
    loaded.model.to(device)
    progress = Progress(Path(config["progress"]))
    items = [item_of(config["task"], row, values) for row, values in enumerate(read_rows(config))]
    rows = encode_distinct(loaded, [text for _, texts in items for text in texts])
    scores = score_rows(loaded, rows, config["batch_tokens"], progress)
    if scores is None:
        return {"status": "preempted", "message": "stopped before all rows were scored"}
    refuse_broken(config["model"], scores)
    output = Path(config["output"])
    write_lines(output, (line_of(config["task"], key, [scores[text] for text in texts]) for key, texts in items))
    meta = {
        "task": config["task"],
        "rows": len(items),
        "scored": sum(len(texts) for _, texts in items),
        "distinct": len(rows),
        "cut": sum(row.cut for row in rows.values()),
        "score": "eoc" if loaded.encoder.eoc else "last",
        "prompt_format": config["prompt_format"],
    }
    return {"status": "succeeded", "files": [described(output)], "meta": meta}


def refuse_other_format(config: dict[str, Any], loaded: preference.Loaded) -> None:
    trained = loaded.about["prompt_format"] if loaded.about else None
    if trained != config["prompt_format"]:
        raise Invalid(
            f"{config['model']} was trained on prompts of the format {trained}, the data has "
            f"{config['prompt_format']}: its scores would mean nothing; score with a model trained on this format"
        )


def refuse_broken(folder: str, scores: dict[Text, float]) -> None:
    broken = sum(not math.isfinite(value) for value in scores.values())
    if broken:
        raise Diverged(
            f"{folder}: {broken} of {len(scores)} scores are not finite numbers: train the model again with a lower "
            "learning rate"
        )


def read_rows(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    table = read_tables(config["input"], COLUMNS[config["task"]])
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def item_of(task: str, row: int, values: dict[str, Any]) -> tuple[dict[str, Any], list[Text]]:
    """Key of an output line and the (prompt, response) texts that it needs scores of."""
    for column, value in values.items():
        if value is None:
            raise Invalid(f"input row {row}: column {column} is null: produce the file again")
    if task == "pairs":
        return {"row": row}, [(values["prompt"], values["chosen"]), (values["prompt"], values["rejected"])]
    if task == "choices":
        return {"question": values["question"]}, [(values["prompt"], option) for option in values["options"]]
    return {"question": values["question"], "ordinal": values["ordinal"]}, [(values["rm_prompt"], values["text"])]


def line_of(task: str, key: dict[str, Any], scores: list[float]) -> dict[str, Any]:
    if task == "pairs":
        return {**key, "chosen": scores[0], "rejected": scores[1]}
    return {**key, "scores": scores} if task == "choices" else {**key, "score": scores[0]}


def encode_distinct(loaded: preference.Loaded, texts: Sequence[Text]) -> dict[Text, Encoded]:
    """Equal texts are scored once, so they also get equal scores."""
    prompts = {prompt: loaded.encoder.ids_of(prompt) for prompt in dict.fromkeys(prompt for prompt, _ in texts)}
    return {
        text: loaded.encoder.join(prompts[text[0]], loaded.encoder.ids_of(text[1])) for text in dict.fromkeys(texts)
    }


def score_rows(
    loaded: preference.Loaded, rows: dict[Text, Encoded], batch_tokens: int, progress: Progress
) -> dict[Text, float] | None:
    """
    Longest rows first, so that memory runs out at once or never. Every batch holds at most `batch_tokens` with its
    padding, or one row. None where it was asked to stop.
    """
    device = loaded.model.score.weight.device
    scores: dict[Text, float] = {}
    progress.line({"event": "start", "total": len(rows), "time": time.time()})
    with torch.inference_mode():
        for texts in batches(rows, batch_tokens):
            if frame.stop_asked():
                return None
            packed = pack([rows[text] for text in texts]).to(device)
            values = loaded.model(packed)[0].tolist()
            scores.update(zip(texts, values, strict=True))
            progress.line({"done": len(scores), "total": len(rows), "time": time.time()})
    return scores


def batches(rows: dict[Text, Encoded], batch_tokens: int) -> Iterator[list[Text]]:
    waiting: list[Text] = []
    for text in sorted(rows, key=lambda text: -len(rows[text].ids)):
        if waiting and len(rows[waiting[0]].ids) * (len(waiting) + 1) > batch_tokens:
            yield waiting
            waiting = []
        waiting.append(text)
    if waiting:
        yield waiting


def write_lines(path: Path, lines: Iterator[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, allow_nan=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    sys.exit(frame.run("score", score, __doc__ or ""))
