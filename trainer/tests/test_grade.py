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
from codepmp_trainer.grading.verdicts import Verdict, verdicts_on
from codepmp_trainer.grading.workers import Workers, ask_all
from codepmp_trainer.process.config import read_config
from codepmp_trainer.process.failures import Invalid

RULES = f"{rules.NAME}/{rules.VERSION}"
MATH = f"{math_judge.NAME}/{math_judge.VERSION}"

FORMS = ("So it is $\\boxed{%s}$.", "The answer is $%s$.", "The answer is: %s", "Thus.\n#### %s")
CHANGES = ("%s+1", "-%s", "\\frac{%s}{7}", "\\sqrt{%s}")


def data(name: str) -> list[dict]:
    folder = os.environ.get("CODEPMP_TEST_DATA")
    if folder is None:
        pytest.skip(f"CODEPMP_TEST_DATA names no folder with {name}: its answers are not tested")
    raw = (Path(folder) / name).read_bytes()
    text = gzip.decompress(raw) if name.endswith(".gz") else raw
    return [json.loads(line) for line in text.decode().splitlines()]


def verdicts(rows: list[tuple[str, str]], *, numbers: bool = False) -> list[Verdict]:
    """Verdicts on (gold, text) rows."""
    answered = [(gold, rules.read_answer(text, options=rules.is_option(gold))) for gold, text in rows]
    found = verdicts_on(answered, numbers=numbers, processes=2, timeout=5)
    return [found[each] for each in answered]


def changed(change: str, gold: str) -> str:
    """A gold answer with a change; of an equation the right side changes."""
    left, equals, right = gold.rpartition("=")
    return left + equals + change.replace("%s", right)


@pytest.fixture(scope="module")
def gsm8k() -> list[tuple[str, str]]:
    """Worked answers and gold answers."""
    answers = [row["answer"] for row in data("gsm8k-test.jsonl")]
    return [(answer, answer.split("#### ")[1]) for answer in answers]


def test_every_gold_answer_of_gsm8k_is_right_in_every_form_and_wrong_when_it_is_changed(gsm8k):
    assert len(gsm8k) == 1319
    right = [(gold, form.replace("%s", gold)) for _, gold in gsm8k for form in FORMS]
    wrong = [
        (gold, FORMS[(at + nth) % 4].replace("%s", change.replace("%s", gold)))
        for at, (_, gold) in enumerate(gsm8k)
        for nth, change in enumerate(CHANGES)
        if not (gold == "1" and "sqrt" in change) and gold != "0"
    ]
    assert [row for row, verdict in zip(right, verdicts(right, numbers=True), strict=True) if not verdict.correct] == []
    assert [row for row, verdict in zip(wrong, verdicts(wrong, numbers=True), strict=True) if verdict.correct] == []


def test_worked_answers_of_gsm8k_are_read_without_their_marker_too(gsm8k):
    right = [rules.verdict(rules.read_answer(answer.split("####")[0]), gold) for answer, gold in gsm8k]
    assert sum(right) >= 1300


def framed(question: str) -> str:
    """As a reward model is shown a question, which is how a grader has it."""
    return f"Question: {question}\n\nAnswer:\n"


@pytest.mark.parametrize("marker", ["\n#### %s", "\nThe answer is: %s", ""])
def test_solutions_of_gsm8k_are_read_after_their_own_question_and_before_the_next_one(gsm8k, marker):
    solutions = [answer.split("\n####")[0] + marker.replace("%s", gold) for answer, gold in gsm8k]
    questions = [row["question"] for row in data("gsm8k-test.jsonl")]
    asked = [framed(each) for each in questions]
    told = [f"Question: {each}\nAnswer: {solution}" for each, solution in zip(questions, solutions, strict=True)]
    alone = [rules.read_answer(each).value for each in solutions]

    def values(texts: list[str]) -> list:
        return [rules.read_answer(text, asked=each).value for text, each in zip(texts, asked, strict=True)]

    assert values([f"{each}\n\n{told[at - 1]}" for at, each in enumerate(solutions)]) == alone
    assert values([f"Let me tell it again.\n\n{each}" for each in told]) == values(told)
    if marker:
        assert values(told) == alone
        assert values([f"Let me tell it again.\n\n{each}\n\n{told[at - 1]}" for at, each in enumerate(told)]) == alone


@pytest.mark.parametrize(
    ("name", "question", "answer", "most"),
    [
        ("gsm8k-test.jsonl", "question", "answer", 0),
        # Some say hardly anything in their first line, as in "Find the value of" before a formula.
        ("math500.jsonl", "problem", "solution", 2),
    ],
)
def test_a_short_answer_is_read_before_the_next_question(name, question, answer, most):
    rows = data(name)
    golds = [row["answer"].split("#### ")[-1] for row in rows]
    for form in ("%s", "**%s**", " She has %s of them left.", " $x = %s$"):
        short = [form.replace("%s", gold) for gold in golds]
        texts = [
            f"{each}\n\nQuestion: {row[question]}\nAnswer: {row[answer]}"
            for each, row in zip(short, [*rows[1:], rows[0]], strict=True)
        ]
        found = [rules.read_answer(text, asked=framed(row[question])) for text, row in zip(texts, rows, strict=True)]
        wrong = [text for text, each, read in zip(texts, short, found, strict=True) if read != rules.read_answer(each)]
        assert wrong[most:] == []


def test_a_letter_for_a_question_of_logiqa_is_read_before_the_next_question():
    rows = data("logiqa2-dev-300.jsonl")
    questions = ["\n".join([row["question"], *map("{}. {}".format, "ABCD", row["options"])]) for row in rows]
    wrong = []
    for at, row in enumerate(rows):
        letter = "ABCD"[row["answer"]]
        text = f"{letter}\n\nQuestion: {questions[at - 1]}\nAnswer: {'ABCD'[rows[at - 1]['answer']]}"
        asked = f"Passage: {row['text']}\n\n{framed(questions[at])}"
        if rules.read_answer(text, asked=asked, options=True).formula != letter:
            wrong.append(text)
    # One of them is asked twice, on the same passage.
    assert wrong[1:] == []


def test_solutions_of_math_are_read_to_their_last_box():
    boxes = [(row["solution"], rules.boxed(row["solution"])[-1]) for row in data("math-test.jsonl.gz")]
    assert [at for at, (text, box) in enumerate(boxes) if rules.read_answer(text) != rules.read_box(box)] == []


OPTION_FORMS = (
    *(
        "The answer is: %s",
        "The answer is: (%s) {}",
        "The answer is: %s. {}",
        "The answer is: **%s**: {}",
        "Answer: %s\n\n{}",
    ),
    *("The answer is: %s, because it says: {}", "The answer is: %s - {}", "The answer is: %s ({})", "\\boxed{%s. {}}"),
)


def test_the_letter_of_an_option_of_logiqa_is_right_with_the_text_of_the_option_and_other_letters_are_wrong(tmp_path):
    rows, right = [], []
    for at, row in enumerate(data("logiqa2-dev-300.jsonl")):
        for nth, form in enumerate(OPTION_FORMS):
            option = row["answer"] if (at + nth) % 2 else at % 4
            text = form.replace("%s", "ABCD"[option]).replace("{}", row["options"][option])
            rows.append(candidate(text, "ABCD"[row["answer"]]))
            right.append(option == row["answer"])
    _, found = graded(tmp_path, rows, answers="mathematics")
    assert [row["text"] for row, is_right in zip(found, right, strict=True) if row["correct"] != is_right] == []


@pytest.fixture(scope="module")
def math_golds() -> list[str]:
    """The different gold answers of MATH and MATH-500, on one line each."""
    solutions = [rules.boxed(row["solution"])[-1] for row in data("math-test.jsonl.gz")]
    golds = [*solutions, *(row["answer"] for row in data("math500.jsonl"))]
    assert len(golds) == 5500
    return list(dict.fromkeys(gold.replace("\n", " ") for gold in golds))


def test_gold_answers_of_math_are_right_in_every_form(math_golds):
    rows = [(gold, form.replace("%s", gold)) for gold in math_golds for form in FORMS]
    assert [row for row, verdict in zip(rows, verdicts(rows), strict=True) if not verdict.correct] == []


def stays(change: str, gold: str) -> bool:
    """Whether a change leaves a gold answer the same: 0, a list that begins with it, and what has the square root 1."""
    part = gold.rpartition("=")[2].strip()
    is_zero = part == "0" or part == "\\begin{pmatrix} 0 \\\\ 0 \\\\ 0 \\end{pmatrix}"
    if change == "%s+1":
        return False
    if change == "\\sqrt{%s}":
        return part in ("0", "1", "100\\%", "1:1")
    return is_zero or (change == "-%s" and part.startswith("0,"))


def test_gold_answers_of_math_are_wrong_when_they_are_changed(math_golds):
    in_500 = {row["answer"] for row in data("math500.jsonl")}
    asked = [
        (gold, change)
        for at, gold in enumerate(math_golds)
        for change in (CHANGES if gold in in_500 else [CHANGES[at % 4]])
    ]
    rows = [(gold, FORMS[at % 5 % 4].replace("%s", changed(change, gold))) for at, (gold, change) in enumerate(asked)]
    right = [each for each, verdict in zip(asked, verdicts(rows), strict=True) if verdict.correct]
    assert [(gold, change) for gold, change in right if not stays(change, gold)] == []


def test_verdicts_on_real_candidates_agree_with_the_published_ones_in_every_form():
    rows, published = [], []
    for row in data("qwen25-math-bon-100x8.jsonl.gz"):
        for text, answer, right in zip(row["code"], row["pred"], row["score"], strict=True):
            rows.extend((row["gt"], each) for each in (text, *(form.replace("%s", answer) for form in FORMS)))
            published.extend([bool(right)] * 5)
    assert len(rows) == 4000
    found = verdicts(rows)
    others = [
        gold for (gold, _), verdict, right in zip(rows, found, published, strict=True) if verdict.correct != right
    ]
    # Published as wrong: 10000 for 10{,}000.
    assert others == ["10{,}000"] * 5


def graded(folder: Path, rows: list[dict], **changes) -> tuple[dict, list[dict]]:
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "format": 1,
        "task": "grade",
        "answers": "numbers",
        "input": [str(rig.write_rows(folder / "candidates.parquet", rows))],
        "timeout": 5,
        "processes": 2,
        "output": str(folder / "graded.parquet"),
        "progress": str(folder / "progress.jsonl"),
        "result": str(folder / "result.json"),
        **changes,
    }
    file = folder / "config.json"
    file.write_text(json.dumps(settings))
    meta = grade.grade(read_config(file, "grade"))["meta"]
    last = rig.lines(Path(settings["progress"]))[-1]
    assert last["done"] == last["total"]
    return meta, pyarrow.parquet.read_table(settings["output"]).to_pylist()


def candidate(text: str, gold: str, status: str = "ok") -> dict:
    return {"question": 0, "ordinal": 0, "rm_prompt": "q", "text": text, "status": status, "gold": gold}


def test_rows_keep_their_columns_and_gain_answer_correct_and_grader(tmp_path):
    rows = [candidate("3 + 4 = 7", "7"), candidate("3 + 4 = 8", "7"), candidate("no idea", "7", "truncated")]
    meta, found = graded(tmp_path, rows)
    assert found == [
        {**rows[0], "answer": "7", "correct": True, "grader": RULES},
        {**rows[1], "answer": "8", "correct": False, "grader": RULES},
        {**rows[2], "answer": None, "correct": False, "grader": RULES},
    ]
    assert meta == {
        "answers": "numbers",
        "rows": 3,
        "correct": 1,
        "unreadable": 1,
        "late": 0,
        "truncated": 1,
        "graders": {"codepmp-rules": rules.VERSION, "math-verify": math_judge.VERSION},
        "disagreement": {"number": {"rows": 3, "differ": 0}},
    }


def test_the_answer_to_another_question_that_a_model_goes_on_with_is_not_graded(tmp_path):
    question = "Tom has 3 apples and gets 4. How many apples does he have?"
    texts = [
        f" 7\n\n{framed('What is 4 + 8?')}12",
        f"Once more:\n\n{framed(question)}7",
        f" 12\n\n{framed('What is 4 + 3?')}7",
    ]
    _, found = graded(tmp_path, [{**candidate(text, "7"), "rm_prompt": framed(question)} for text in texts])
    assert [(row["answer"], row["correct"]) for row in found] == [("7", True), ("7", True), ("12", False)]


def test_who_decides_depends_on_the_answers_of_the_data_set_and_not_on_the_gold_answer(tmp_path):
    rows = [candidate("The answer is 18 dollars.", "18"), candidate("\\boxed{18}", "18")]
    for answers, grader in (("numbers", RULES), ("mathematics", MATH)):
        _, found = graded(tmp_path / answers, rows, answers=answers)
        assert [(row["correct"], row["grader"]) for row in found] == [(True, grader)] * 2


def test_a_gold_answer_that_is_no_number_is_no_row_of_a_data_set_of_numbers(tmp_path):
    with pytest.raises(Invalid) as problem:
        graded(tmp_path, [candidate("7", "7"), candidate("x", "x+1")])
    place = tmp_path / "candidates.parquet"
    assert str(problem.value) == f"{place}: row 1: gold is not a number: 'x+1'. Grade with answers: mathematics"


def test_mathematics_takes_formulas_lists_intervals_units_and_texts():
    rows = [
        ("\\frac{x}{2}", "So it is $\\frac{2x}{4}$.", True),
        ("1 + x.", "thus \\boxed{x+1}", True),
        ("1 + x", "thus \\boxed{x+2}", False),
        ("3, 5, 7", "The answer is: 7, 5 and 3", True),
        ("-2,1", "The answer is: -21", False),
        ("4,6,14,15", "The answer is: 461415", False),
        ("(3,4]", "The answer is (3, 4].", True),
        ("(3,4]", "The answer is (3, 4).", False),
        ("5.4 \\text{ cents}", "The answer is 5.4 cents.", True),
        ("\\frac{270}7\\text{ degrees}", "The answer is 270/7.", True),
        ("\\text{Evelyn}", "The answer is Evelyn.", True),
        ("\\text{Evelyn}", "The answer is Bob.", False),
        ("\\text{(C)}", "The answer is: (C)", True),
        (".5", "The answer is 0.5", True),
        (".5", "The answer is 5", False),
        ("3", "The answer is \\frac{3}{4}", False),
        ("2", "The answer is: 2x+3", False),
        ("10", "The answer is: 10^3", False),
        ("\\$40", "\\boxed{40}", True),
        ("10^{-7}", "The answer is $10^{-8}$", False),
    ]
    found = verdicts([(gold, text) for gold, text, _ in rows])
    assert [(gold, text, verdict.correct) for (gold, text, _), verdict in zip(rows, found, strict=True)] == rows


def test_a_formula_for_a_gold_number_goes_to_math_verify_too(tmp_path):
    texts = ["The answer is 10^3", "The answer is 2x+3", "The answer is 1e10**1e10"]
    _, found = graded(tmp_path, [candidate(text, gold) for text, gold in zip(texts, ["1000", "2", "1"], strict=True)])
    assert [row["correct"] for row in found] == [True, False, False]
    assert {row["grader"] for row in found} == {MATH}


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        (
            "18",
            [
                "18",
                "18.0",
                "The answer is $\\frac{36}{2}$",
                "\\boxed{9 + 9}",
                "\\boxed{x=18}",
                "\\boxed{18\\text{ cm}}",
            ],
        ),
        ("5.4", ["\\boxed{5.4}", "\\boxed{\\frac{27}{5}}", "The answer is 5.4 cents"]),
        ("0.5", ["\\boxed{\\frac{2}{4}}", "\\boxed{1/2}", "\\boxed{.5}"]),
        ("2*sqrt(2)", ["\\boxed{2\\sqrt{2}}", "\\boxed{\\sqrt{8}}"]),
        ("{1, 2}", ["\\boxed{1, 2}", "The answer is $x=2$ or $x=1$.", "The answer is: 2 and 1"]),
        ("evelyn", ["\\boxed{\\text{Evelyn}}", "The answer is Evelyn."]),
    ],
)
def test_equal_answers_are_written_alike_so_that_their_votes_are_counted_together(answer, texts):
    assert [verdict.answer for verdict in verdicts([("0", text) for text in texts])] == [answer] * len(texts)


def test_how_often_the_graders_differ_is_counted_by_the_form_of_the_gold_answer(tmp_path):
    rows = [
        candidate("The answer is 4", "4"),
        candidate("The answer is $2+2$", "4"),
        candidate("The answer is 2, 1", "1,2"),
        candidate("The answer is 1,2", "1,2"),
        candidate("The answer is $x+x$", "2x"),
    ]
    meta, _ = graded(tmp_path, rows, answers="mathematics")
    assert meta["disagreement"] == {
        "formula": {"rows": 1, "differ": 1},
        "list": {"rows": 2, "differ": 1},
        "number": {"rows": 2, "differ": 1},
    }


HOSTILE = (
    "9^{9^{9^{9}}}",
    "(10^{10^{10}})!",
    "\\binom{10^{9}}{5 \\cdot 10^{8}}",
    "\\sqrt{" * 400 + "2" + "}" * 400,
    "((x+y+z+w)^{99})^{99}",
    "\\frac{1}{" * 300 + "2" + "}" * 300,
    "\\sum_{n=1}^{10^{12}} n^{n}",
    "\\begin{pmatrix}" + "1 & " * 400 + "1\\end{pmatrix}",
)


def test_a_hostile_answer_costs_its_deadline_and_nothing_else():
    rows = [("18", f"The answer is ${text}$") for text in HOSTILE]
    others = [("18", "\\boxed{18}"), ("18", "\\boxed{\\frac{36}{2}}")]
    answered = [(gold, rules.read_answer(text)) for gold, text in (*rows, *others)]
    found = verdicts_on(answered, numbers=False, processes=2, timeout=0.5)
    assert [found[each].correct for each in answered] == [False] * len(rows) + [True] * len(others)
    assert any(verdict.late for verdict in found.values())


def test_a_question_that_hangs_waits_dies_or_eats_memory_costs_only_itself():
    questions = [("a", "a"), ("a", "hang"), ("a", "die"), ("a", "eat"), ("a", "wait"), ("b", "b"), ("b", "c")]
    done = []
    found = ask_all(
        questions, slow_judge.judge, Workers(processes=2, timeout=0.3, loaded="slow_judge"), done=lambda: done.append(1)
    )
    assert found == [True, None, None, None, None, True, False]
    assert len(done) == len(questions)
