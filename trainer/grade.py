"""Grades candidate answers against the gold answers.

    python grade.py --config grade.json

Two graders judge every answer: rules that read numbers, and math-verify. `answers` says which of them decides.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codepmp_trainer.grading import math_judge, rules
from codepmp_trainer.grading.verdicts import Answered, Counts, Verdict, verdicts_on
from codepmp_trainer.process import frame
from codepmp_trainer.process.failures import Invalid
from codepmp_trainer.process.files import Progress, described
from codepmp_trainer.process.tables import read_tables

ADDED = ("answer", "correct", "grader")


def grade(config: dict[str, Any]) -> dict[str, Any]:
    """One whole run, from the configuration to the result."""
    table = read_tables(config["input"])
    missing = [column for column in ("rm_prompt", "text", "gold", "status") if column not in table.column_names]
    if missing:
        raise Invalid(f"{', '.join(config['input'])}: no column {', '.join(missing)} among {table.column_names}")
    answers = list(answers_of(table, config))
    progress = Progress(Path(config["progress"]))
    verdicts = verdicts_on(
        answers,
        numbers=config["answers"] == "numbers",
        processes=config["processes"],
        timeout=config["timeout"],
        done=lambda done, total: progress.line({"done": done, "total": total, "time": time.time()}),
    )
    counts = Counts()
    for answered in answers:
        counts.add(answered[0], verdicts[answered])
    output = Path(config["output"])
    write_graded(output, table, [verdicts[answered] for answered in answers])
    meta = {
        "answers": config["answers"],
        "rows": len(answers),
        "correct": counts.correct,
        "unreadable": counts.unreadable,
        "late": counts.late,
        "truncated": sum(status == "truncated" for status in table.column("status").to_pylist()),
        "graders": {rules.NAME: rules.VERSION, math_judge.NAME: math_judge.VERSION},
        "disagreement": {form: dict(each) for form, each in sorted(counts.disagreement.items())},
    }
    return {"status": "succeeded", "files": [described(output)], "meta": meta}


def answers_of(table: Any, config: dict[str, Any]) -> Iterator[Answered]:
    """Gold answer and what is read of the text, of each row."""
    place = ", ".join(config["input"])
    row = 0
    for batch in table.select(["gold", "text", "rm_prompt"]).to_batches(max_chunksize=1000):
        for gold, text, asked in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if not all(isinstance(each, str) for each in (gold, text, asked)):
                raise Invalid(f"{place}: row {row}: gold, text or rm_prompt is null: produce the file again")
            if config["answers"] == "numbers" and rules.gold_number(gold) is None:
                raise Invalid(f"{place}: row {row}: gold is not a number: {gold!r}. Grade with answers: mathematics")
            yield gold, rules.read_answer(text, asked=asked, options=rules.is_option(gold))
            row += 1


def write_graded(path: Path, table: Any, verdicts: list[Verdict]) -> None:
    """The rows with the verdicts beside them."""
    import pyarrow
    import pyarrow.parquet

    table = table.drop_columns([column for column in ADDED if column in table.column_names])
    for name, kind in zip(ADDED, (pyarrow.string(), pyarrow.bool_(), pyarrow.string()), strict=True):
        values = pyarrow.array([getattr(verdict, name) for verdict in verdicts], kind)
        table = table.append_column(pyarrow.field(name, kind), [values])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        pyarrow.parquet.write_table(table, file, compression="snappy", row_group_size=100_000)
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    sys.exit(frame.run("grade", grade, __doc__ or ""))
