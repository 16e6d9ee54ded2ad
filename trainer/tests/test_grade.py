"""Grading by rules and by math-verify."""

import json
import os
from pathlib import Path

import pyarrow.parquet
import pytest

import grade
import rig
import slow_judge
from codepmp_trainer.grading import math_judge, rules

ANSWERS = [
    ("#### 18", "18"),
    ("She sells 9 eggs.\n#### 1,018", "1018"),
    ("so the total is \\boxed{42} apples", "42"),
    ("The answer is: 72", "72"),
    ("The answer is 3 + 4 = 7, for 2 days.", "7"),
    ("The answer is: 5. Check: 5 + 1 = 6", "6"),
    ("Answer: 12 apples", "12"),
    ("Answer: Tom had 3 apples. He bought 4 more, so he has 7.", "7"),
    ("Answer: $1,234.50", "1234.50"),
    ("5 + 3 = 8", "8"),
    ("9 * 2 = $18 every day for 7 days", "18"),
    ("He has 3 + 4 = 7 apples, 7 - 2 = 5 left.", "5"),
    ("2 + 2 = 4 = 8 / 2", "4"),
    ("Tom has 7 apples left.", "7"),
    ("10 - 3", "3"),
    ("x = -4", "-4"),
    ("<<9*2=18>>18 dollars", "18"),
    ("It costs .5 dollars", ".5"),
    ("one half, 1/2, is left", "1/2"),
    ("There are seven apples.", "7"),
    ("3 apples\n\nQuestion: what is 4 + 4?\nAnswer: 8", "3"),
    ("I do not know.", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "number"), ANSWERS)
def test_the_final_number_of_an_answer(text, number):
    assert rules.final_number(text) == number


@pytest.mark.parametrize(
    ("answer", "gold", "same"),
    [
        ("7", "7", True),
        ("7.0", "7", True),
        ("3.4", "3", False),
        ("1/2", "0.5", True),
        (".5", "0.5", True),
        ("-3", "3", False),
        ("1/0", "1", False),
        (None, "1", False),
    ],
)
def test_numbers_are_compared_exactly(answer, gold, same):
    assert rules.same_number(answer, gold) is same


@pytest.mark.parametrize(
    ("gold", "number"),
    [
        ("18", "18"),
        ("1,200", "1200"),
        ("$5", "5"),
        ("50%", "50"),
        ("work\n#### 3", "3"),
        ("\\frac{1}{2}", None),
        ("x+1", None),
    ],
)
def test_a_gold_answer_is_a_number_or_something_else(gold, number):
    assert rules.gold_number(gold) == number


@pytest.fixture(scope="module")
def gsm8k() -> list[str]:
    folder = os.environ.get("CODEPMP_TEST_DATA")
    if folder is None:
        pytest.skip("CODEPMP_TEST_DATA names no folder with gsm8k-test.jsonl: the gold answers of GSM8K are not tested")
    return [json.loads(line)["answer"] for line in (Path(folder) / "gsm8k-test.jsonl").read_text().splitlines()]


def test_every_gold_answer_of_gsm8k_is_right_against_itself_and_wrong_against_one_more(gsm8k):
    assert len(gsm8k) == 1319
    for answer in gsm8k:
        gold = rules.gold_number(answer)
        assert gold is not None
        found = rules.final_number(answer)
        assert rules.same_number(found, gold)
        assert not rules.same_number(found, str(rules.value_of(gold) + 1))


def test_worked_answers_of_gsm8k_are_read_without_their_marker_too(gsm8k):
    right = [rules.same_number(rules.final_number(a.split("####")[0]), rules.gold_number(a)) for a in gsm8k]
    assert sum(right) >= 1300


def graded(folder: Path, rows: list[dict], **changes) -> tuple[dict, list[dict]]:
    settings = {
        "format": 1,
        "task": "grade",
        "input": [str(rig.write_rows(folder / "candidates.parquet", rows))],
        "timeout": 5,
        "processes": 2,
        "output": str(folder / "graded.parquet"),
        "progress": str(folder / "progress.jsonl"),
        "result": str(folder / "result.json"),
        **changes,
    }
    rig.launch(grade.grade, settings)
    result = rig.read_result(settings)
    assert result["status"] == "succeeded", result
    assert rig.lines(Path(settings["progress"]))[-1]["done"] == len(rows)
    return result["meta"], pyarrow.parquet.read_table(settings["output"]).to_pylist()


def candidate(text: str, gold: str) -> dict:
    return {"question": 0, "ordinal": 0, "rm_prompt": "q", "text": text, "finish_reason": "stop", "gold": gold}


def test_rows_keep_their_columns_and_gain_answer_correct_and_grader(tmp_path):
    rows = [candidate("3 + 4 = 7", "7"), candidate("3 + 4 = 8", "7"), candidate("no idea", "7")]
    meta, found = graded(tmp_path, rows)
    grader = "codepmp-rules/1"
    assert found == [
        {**rows[0], "answer": "7", "correct": True, "grader": grader},
        {**rows[1], "answer": "8", "correct": False, "grader": grader},
        {**rows[2], "answer": None, "correct": False, "grader": grader},
    ]
    assert meta == {"rows": 3, "correct": 1, "unreadable": 1, "late": 0, "graders": {grader: 3}}


def test_answers_that_are_no_numbers_go_to_math_verify(tmp_path):
    rows = [
        candidate("So it is $\\frac{2}{4}$.", "\\frac{1}{2}"),
        candidate("thus \\boxed{x+1}", "1 + x"),
        candidate("thus \\boxed{x+2}", "1 + x"),
        candidate("7", "7"),
    ]
    _, found = graded(tmp_path, rows)
    assert [row["correct"] for row in found] == [True, True, False, True]
    assert [row["grader"].split("/")[0] for row in found] == ["math-verify"] * 3 + ["codepmp-rules"]
    assert found[0]["grader"] == math_judge.grader()


def test_a_comparison_that_hangs_or_dies_costs_only_itself(monkeypatch):
    monkeypatch.setattr(math_judge, "serve", slow_judge.serve)
    items = [("a", "a"), ("a", "hang"), ("a", "die"), ("b", "b"), ("b", "c")]
    verdicts = math_judge.judge(items, processes=2, timeout=0.5)
    assert [(verdict.correct, verdict.late) for verdict in verdicts] == [
        *((True, False), (False, True), (False, True), (True, False), (False, False))
    ]
