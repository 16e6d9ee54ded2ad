"""Grades candidate answers against the gold answers.

    python grade.py --config grade.json

Where the gold answer and the answer of the text are numbers they are compared by rules, else by math-verify.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

from codepmp_trainer.grading import math_judge, rules
from codepmp_trainer.grading.numbers import number_text
from codepmp_trainer.process import frame
from codepmp_trainer.process.failures import Invalid
from codepmp_trainer.process.files import Progress, described
from codepmp_trainer.process.tables import read_tables

ADDED = ("answer", "correct", "grader")
Grade = tuple[str | None, bool, str]


def grade(config: dict[str, Any]) -> dict[str, Any]:
    """One whole run, from the configuration to the result."""
    import pyarrow
    import pyarrow.parquet

    table = read_tables(config["input"], None)
    missing = [column for column in ("text", "gold") if column not in table.column_names]
    if missing:
        raise Invalid(f"{', '.join(config['input'])}: expected the columns text and gold, got {table.column_names}")
    table = table.drop_columns([column for column in ADDED if column in table.column_names])
    rows = list(zip(table.column("gold").to_pylist(), table.column("text").to_pylist(), strict=True))
    grades, late = grade_rows(rows, config, Progress(Path(config["progress"])))
    columns = zip(ADDED, (pyarrow.string(), pyarrow.bool_(), pyarrow.string()), strict=True)
    for index, (name, kind) in enumerate(columns):
        table = table.append_column(pyarrow.field(name, kind), [pyarrow.array([g[index] for g in grades], kind)])
    output = Path(config["output"])
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("wb") as file:
        pyarrow.parquet.write_table(table, file, compression="snappy", row_group_size=100_000)
        file.flush()
        os.fsync(file.fileno())
    meta = {
        "rows": len(grades),
        "correct": sum(correct for _, correct, _ in grades),
        "unreadable": sum(answer is None for answer, _, _ in grades),
        "late": late,
        "graders": {name: sum(g[2] == name for g in grades) for name in sorted({g[2] for g in grades})},
    }
    return {"status": "succeeded", "files": [described(output)], "meta": meta}


def grade_rows(rows: list[tuple[Any, Any]], config: dict[str, Any], progress: Progress) -> tuple[list[Grade], int]:
    """Grades of (gold, text) rows in order, and how many comparisons ran out of time."""
    grades: dict[int, Grade] = {}
    formulas: dict[int, tuple[str, str]] = {}
    for index, (gold, text) in enumerate(rows):
        if not isinstance(gold, str) or not isinstance(text, str):
            raise Invalid(f"{', '.join(config['input'])}: row {index}: gold or text is null: produce the file again")
        number, answer = rules.gold_number(gold), rules.read_answer(text)
        if number is None or answer.may_be_number():
            formulas[index] = (gold, answer.formula)
        else:
            found = None if answer.value is None else number_text(answer.value)
            grades[index] = (found, rules.same_number(answer, number), rules.GRADER)
    done = len(grades)
    progress.line({"done": done, "total": len(rows), "time": time.time()})

    def count() -> None:
        nonlocal done
        done += 1
        progress.line({"done": done, "total": len(rows), "time": time.time()})

    verdicts = math_judge.judge(
        list(formulas.values()), processes=config["processes"], timeout=config["timeout"], done=count
    )
    for index, verdict in zip(formulas, verdicts, strict=True):
        grades[index] = (verdict.answer, verdict.correct, math_judge.grader())
    return [grades[index] for index in range(len(rows))], sum(verdict.late for verdict in verdicts)


if __name__ == "__main__":
    sys.exit(frame.run("grade", grade, __doc__ or ""))
