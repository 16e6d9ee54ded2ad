"""Grading by rules and by math-verify."""

import gzip
import json
import os
from pathlib import Path

import pyarrow.parquet
import pytest

import grade
import rig
import slow_judge
from codepmp_trainer.grading import math_judge, rules
from codepmp_trainer.grading.numbers import number_text

ANSWERS = [
    ("#### 18", "18"),
    ("#### 1,234", "1234"),
    ("#### 7 apples", "7"),
    ("She sells 9 eggs.\n#### 1,018", "1018"),
    ("#### Step 2\nHe has 3 + 4 = 7.", "7"),
    ("#### 2. Add them\nHe has 3 + 4 = 7.", "7"),
    ("so the total is \\boxed{42} apples", "42"),
    ("\\boxed{6} days, or 12 half days", "6"),
    ("First \\boxed{3}, then \\boxed{4}", "4"),
    ("\\boxed{\\frac{1}{2}}", "0.5"),
    ("\\boxed{-\\frac{3}{4}}", "-0.75"),
    ("\\boxed{\\dfrac12}", "0.5"),
    ("\\boxed{1{,}234}", "1234"),
    ("\\boxed{18\\text{ dollars}}", "18"),
    ("\\boxed{\\$18}", "18"),
    ("\\boxed{x = 5}", "5"),
    ("\\boxed{30^\\circ}", "30"),
    ("\\boxed{1 000 000}", "1000000"),
    ("\\boxed 5", "5"),
    ("The answer is: 72", "72"),
    ("The answer is:\n72", "72"),
    ("The answer is 1 1/2", "1.5"),
    ("The answer is 0.50", "0.5"),
    ("The answer is \u22125", "-5"),
    ("The answer is - 5", "-5"),
    ("The answer is $\\frac{12}{2}$.", "6"),
    ("The answer is \\(3\\).", "3"),
    ("The answer is **7**.", "7"),
    ("The answer is 2 x 10^3", "2000"),
    ("The answer is 1e3", "1000"),
    ("The answer is twenty-one.", "21"),
    ("The answer is 3 + 4 = 7, for 2 days.", "7"),
    ("So the answer is 2 + 3 = 5.", "5"),
    ("The answer is: 5. Check: 5 + 1 = 6", "5"),
    ("The answer is 5, since 7 - 2 = 5 and 2 * 3 = 6", "5"),
    ("Answer: 12 apples", "12"),
    ("Answer: 72 clips (48 in April and 24 in May)", "72"),
    ("Answer: 72. She sold 48 in April and 24 in May.", "72"),
    ("Answer: Tom had 3 apples. He bought 4 more, so he has 7.", "7"),
    ("Answer: $1,234.50", "1234.5"),
    ("5 + 3 = 8", "8"),
    ("9 * 2 = $18 every day for 7 days", "18"),
    ("He has 3 + 4 = 7 apples, 7 - 2 = 5 left.", "5"),
    ("2 + 2 = 4 = 8 / 2", "4"),
    ("He runs 3*60*3 = <<3*60*3=540>>540 meters", "540"),
    ("Tom has 7 apples left.", "7"),
    ("10 - 3", "3"),
    ("x = -4", "-4"),
    ("<<9*2=18>>18 dollars", "18"),
    ("It costs .5 dollars", "0.5"),
    ("one third, 1/3, is left", "1/3"),
    ("There are seven apples.", "7"),
    ("3 apples\n\nQuestion: what is 4 + 4?\nAnswer: 8", "3"),
    ("I do not know.", None),
    ("1/0", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "number"), ANSWERS)
def test_the_number_that_a_worked_solution_gives(text, number):
    value = rules.read_answer(text).value
    assert (None if value is None else number_text(value)) == number


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("The answer is: 2x+3", "$2x+3$"),
        ("The answer is 10^3.", "$10^3$"),
        ("The answer is 10**3.", "$10^{3}$"),
        ("The answer is 3,5", "$3,5$"),
        ("The answer is --22", "$--22$"),
        ("The answer is 1e10**1e10", "$(1\\cdot10^{10})^(1\\cdot10^{10})$"),
        ("The answer is \\sqrt{16}", "$\\sqrt{16}$"),
        ("The answer is Monday", "$\\text{Monday}$"),
        ("so \\boxed{\\frac{x}{2}} it is", "$\\frac{x}{2}$"),
        ("\\boxed{3,5}", "$3,5$"),
        ("\\boxed{no solution at all}", "\\boxed{no solution at all}"),
        ("The answer is \\frac{3}{16} + 1", "$\\frac{3}{16} + 1$"),
        ("#### \\text{Monday}", "$\\text{Monday}$"),
        ("So \\sqrt{16}", "So \\sqrt{16}"),
    ],
)
def test_an_answer_that_is_more_than_a_number_is_left_to_mathematics(text, formula):
    assert rules.read_answer(text) == rules.Reading(None, False, formula)


@pytest.mark.parametrize(
    ("answer", "gold", "same"),
    [
        ("7", "7", True),
        ("7.0", "7", True),
        ("3.4", "3", False),
        ("1/2", "0.5", True),
        (".5", "0.5", True),
        ("0.5", ".5", True),
        ("5", ".5", False),
        ("-3", "3", False),
        ("1/0", "1", False),
        ("50%", "50", True),
        ("50%", "0.5", True),
        ("50", "0.5", False),
        ("no idea", "1", False),
    ],
)
def test_numbers_are_compared_exactly(answer, gold, same):
    number = rules.gold_number(gold)
    assert number is not None
    assert rules.same_number(rules.read_answer(answer), number) is same


@pytest.mark.parametrize(
    ("gold", "number"),
    [
        ("18", "18"),
        ("1,200", "1200"),
        ("$5", "5"),
        ("50%", "50"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("work\n#### 3", "3"),
        ("\\frac{1}{2}", "0.5"),
        ("1\\frac{1}{2}", "1.5"),
        ("-2,1", None),
        ("4,6,14,15", None),
        ("x+1", None),
        ("\\sqrt{2}", None),
    ],
)
def test_a_gold_answer_is_a_number_or_something_else(gold, number):
    found = rules.gold_number(gold)
    assert (None if found is None else number_text(found[0])) == number


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 40_000,
        "\nq" + " " * 40_000,
        "= " + "1" * 40_000 + " * 2",
        "111," * 20_000,
        "\\boxed{" * 5_000,
        "\\boxed{5" + "a" * 900 + "(}",
        "the answer is " + " " * 31_000 + "x",
        "(" * 32_000,
        "<<" * 16_000,
    ],
)
def test_a_text_that_repeats_itself_is_read_in_no_time(text):
    rules.read_answer(text)


def data(name: str) -> list[dict]:
    folder = os.environ.get("CODEPMP_TEST_DATA")
    if folder is None:
        pytest.skip(f"CODEPMP_TEST_DATA names no folder with {name}: its answers are not tested")
    raw = (Path(folder) / name).read_bytes()
    text = gzip.decompress(raw) if name.endswith(".gz") else raw
    return [json.loads(line) for line in text.decode().splitlines()]


@pytest.fixture(scope="module")
def gsm8k() -> list[str]:
    return [row["answer"] for row in data("gsm8k-test.jsonl")]


def test_every_gold_answer_of_gsm8k_is_right_against_itself_and_wrong_against_one_more(gsm8k):
    assert len(gsm8k) == 1319
    for answer in gsm8k:
        gold = rules.gold_number(answer)
        assert gold is not None
        assert rules.same_number(rules.read_answer(answer), gold)
        assert not rules.same_number(rules.Reading(gold[0] + 1), gold)


def test_worked_answers_of_gsm8k_are_read_without_their_marker_too(gsm8k):
    right = [rules.same_number(rules.read_answer(a.split("####")[0]), rules.gold_number(a)) for a in gsm8k]
    assert sum(right) >= 1300


FORMS = ("So it is $\\boxed{%s}$.", "The answer is $%s$.", "The answer is: %s", "Thus.\n#### %s")
CHANGES = ("%s+1", "\\frac{%s}{7}", "-%s")


def test_gold_answers_of_math_are_right_in_every_form_and_wrong_when_they_are_changed(tmp_path):
    golds = [row["answer"] for row in data("math500.jsonl")][::20]
    changed = [gold for gold in golds if "=" not in gold and gold != "0"]
    right = [candidate(form % gold, gold) for gold in golds for form in FORMS]
    wrong = [candidate(FORMS[at % 4] % (change % gold), gold) for at, gold in enumerate(changed) for change in CHANGES]
    meta, found = graded(tmp_path, [*right, *wrong])
    assert [row["text"] for row in found[: len(right)] if not row["correct"]] == []
    assert [row["text"] for row in found[len(right) :] if row["correct"]] == []
    assert meta["late"] == 0


def test_verdicts_on_real_candidates_agree_with_the_published_ones(tmp_path):
    rows = data("qwen25-math-bon-100x8.jsonl.gz")[::10]
    verdicts = [bool(score) for row in rows for score in row["score"]]
    _, found = graded(tmp_path, [candidate(text, row["gt"]) for row in rows for text in row["code"]])
    others = [row["gold"] for row, verdict in zip(found, verdicts, strict=True) if row["correct"] != verdict]
    assert others in ([], ["10{,}000"])


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
    grader = "codepmp-rules/2"
    assert found == [
        {**rows[0], "answer": "7", "correct": True, "grader": grader},
        {**rows[1], "answer": "8", "correct": False, "grader": grader},
        {**rows[2], "answer": None, "correct": False, "grader": grader},
    ]
    assert meta == {"rows": 3, "correct": 1, "unreadable": 1, "late": 0, "graders": {grader: 3}}


def test_answers_that_are_no_numbers_go_to_math_verify(tmp_path):
    rows = [
        candidate("So it is $\\frac{2x}{4}$.", "\\frac{x}{2}"),
        candidate("thus \\boxed{x+1}", "1 + x."),
        candidate("thus \\boxed{x+2}", "1 + x"),
        candidate("7", "7"),
    ]
    _, found = graded(tmp_path, rows)
    assert [row["correct"] for row in found] == [True, True, False, True]
    assert [row["grader"].split("/")[0] for row in found] == ["math-verify"] * 3 + ["codepmp-rules"]
    assert found[0]["grader"] == math_judge.grader()


def test_a_formula_for_a_gold_number_goes_to_math_verify_too(tmp_path):
    texts = ["The answer is 10^3", "The answer is 2x+3", "The answer is 1e10**1e10"]
    _, found = graded(tmp_path, [candidate(text, gold) for text, gold in zip(texts, ["1000", "2", "1"], strict=True)])
    assert [row["correct"] for row in found] == [True, False, False]
    assert {row["grader"] for row in found} == {math_judge.grader()}


def test_equal_answers_are_written_alike_so_that_their_votes_are_counted_together(tmp_path):
    numbers = ["18", "18.0", "The answer is $\\frac{36}{2}$", "\\boxed{9 + 9}", "\\boxed{x=18}"]
    texts = [*numbers, "\\boxed{2\\sqrt{2}}", "\\boxed{\\sqrt{8}}"]
    _, found = graded(tmp_path, [candidate(text, "18") for text in texts])
    assert [row["answer"] for row in found] == ["18", "18", "18", "18", "18", "2*sqrt(2)", "2*sqrt(2)"]


def test_a_comparison_that_hangs_or_dies_costs_only_itself(monkeypatch):
    monkeypatch.setattr(math_judge, "serve", slow_judge.serve)
    items = [("a", "a"), ("a", "hang"), ("a", "die"), ("b", "b"), ("b", "c")]
    verdicts = math_judge.judge(items, processes=2, timeout=0.5)
    assert [(verdict.correct, verdict.late) for verdict in verdicts] == [
        *((True, False), (False, True), (False, True), (True, False), (False, False))
    ]
