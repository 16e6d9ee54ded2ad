"""What is read of a worked solution, and of a gold answer."""

import pytest

from codepmp_trainer.grading import formulas, rules
from codepmp_trainer.grading.numbers import number_text

ASKED = "Question: Tom has 3 apples and gets 2. How many apples does he have?\n\nAnswer:\n"

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
    (" She has 1 and 2 more, so she has 3.\n\nProblem:\nAnd 4 + 4?\n\nSolution:\n8", "3"),
    ("3 apples.\n\nQuestion: what is 4 + 4?\nAnswer: 8\n\nQuestion: what", "3"),
    ("1 + 2 = 3 apples\nQuestion: what is 4 + 4?\nAnswer: 8", "3"),
    ("\n\nQuestion: what is 4 + 4?\nAnswer: 8", None),
    ("The answer is 3.\n\nQ: what is 4 + 4?\nA: The answer is 8.", "3"),
    ("Let me restate it.\n\nProblem: Tom has 3 apples and gets 2.\n\nSolution: 3 + 2 = 5. The answer is 5.", "5"),
    ("It is 1 case of x = 3.\n\nQuestion: Tom has 3 apples and gets 2.\nSolution: 3 + 2 = 5.", "5"),
    ("1 thing first.\n\nQ: How many apples does Tom have? Tom has 3 apples and gets 2.\n\nSo 5.", "5"),
    ("1 thing first.\n\nQ: How many?\n\nSo 5.", "5"),
    ("Sure!\nQuestion: Tom has 3 apples and gets 2.\nAnswer: 3 + 2 = 5", "5"),
    ("Given: Tom has 3 and gets 2.\nQuestion: how many are that?\nAnswer: 5\nQuestion: and 4 + 4?\nAnswer: 8", "5"),
    ("Question 1: no, since 2 = 2.\n\nQuestion 2: yes.\n\nQuestion 3: yes, so it is $\\boxed{5}$.", "5"),
    ("Answer:\nProblem: with x = 3, what is x + 2?\nProblem 2: none.\n#### 5", "5"),
    ("I do not know.", None),
    ("1/0", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "number"), ANSWERS)
def test_the_number_that_a_worked_solution_gives(text, number):
    value = rules.read_answer(text, asked=ASKED).value
    assert (None if value is None else number_text(value)) == number


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("The answer is: 2x+3", "$2x+3$"),
        ("The answer is 10^3.", "$10^3$"),
        ("The answer is 10**3.", "$10^{3}$"),
        ("The answer is 3,5", "$3,5$"),
        ("The answer is 5, 6 and 7", "$5, 6, 7$"),
        ("The answer is $5$ and $6$", "$5$ and $6$"),
        ("The answer is 19 \\text{ and }43", "$19,43$"),
        ("The answer is 4:30", "$4:30$"),
        ("The answer is **B**.", "$B$"),
        ("The answer is A dog.", "A dog"),
        ("The answer is \\frac \\pi4", "$\\frac{\\pi}{4}$"),
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


OPTION_TEXTS = (
    "B",
    "**B**.",
    "(B)",
    "(B) some dogs bark.",
    "B) A dog barks.",
    "B: some dogs bark.",
    "B. Some dogs bark.",
    "B;",
    "B!",
    "B, because it fits.",
    "**B**, since A fails.",
    "B because it fits",
    "B, A dog barks.",
    "B, not A.",
    "(B), for 2 reasons",
    "B - the second option",
    "B – A dog barks",
    "B—some dogs bark",
    "**B**: Some dogs bark",
    "B (some dogs)",
    "B (12 dogs)",
    "B, C is wrong",
    "B (A and C)",
    "B - E-mails bark",
    "B - A and C",
    "the letter B",
    "option B.",
    "Option (B), because dogs bark.",
    "choice B because dogs bark",
    "$\\text{B}$, as C fails",
)
OPTION_BOXES = (
    "B",
    "(B)",
    "B. Some dogs bark",
    "\\text{B. Some dogs}",
    "\\text{(B) dogs}",
    "\\textbf{(B)}\\ 7",
    "B: x + 2",
)


@pytest.mark.parametrize(
    "text",
    [
        *(f"The answer is: {each}" for each in OPTION_TEXTS),
        *(f"Answer: {each}" for each in OPTION_TEXTS),
        *(f"So it is $\\boxed{{{each}}}$." for each in OPTION_BOXES),
        "Answer:\nB\nIt fits.",
        "Answer: B\n- A fails\n- C fails",
        "#### B) Some dogs",
    ],
)
def test_the_letter_of_an_option_is_read_whatever_is_said_after_it(text):
    assert rules.read_answer(text, options=True) == rules.Reading(None, False, "$B$")


@pytest.mark.parametrize(
    "answer",
    [
        *("A dog.", "An apple", "A company purchases goods", "Both A and B", "AB", "A'", "A_1", "A^2"),
        *("A, B and C", "A, B", "A; B", "A, and B", "A or B", "A and not B", "A/B", "(A) or (B)", "(A), (B)", "(A, B)"),
        *("option A or B", "option A and option B", "A,\\ B", "A \\text{ and } B", "\\{A, B\\}", "A \\cup B"),
        *("A - B", "A - B + C", "A-1", "A + B", "A*B", "A = 3", "A(2,3)", "(A) + 1"),
    ],
)
def test_several_options_or_a_formula_or_a_sentence_are_not_the_letter_of_an_option(answer):
    for text in (f"The answer is: {answer}", f"Answer: {answer}", f"\\boxed{{{answer}}}"):
        assert rules.read_answer(text, options=True) == rules.read_answer(text)


@pytest.mark.parametrize("answer", [" B", "(B)", "B.", "$\\frac{1}{2}$", " Evelyn"])
def test_the_answer_to_another_question_is_not_read(answer):
    for options in (False, True):
        alone = rules.read_answer(answer, asked=ASKED, options=options)
        for question in ("which?", "What does he have?\nA. 3 apples\nB. 2 apples", "How many pears does Ann eat?"):
            text = f"{answer}\n\nQuestion: {question}\nAnswer: C"
            assert rules.read_answer(text, asked=ASKED, options=options) == alone


def test_letters_are_options_only_where_the_gold_answer_is_one():
    assert [gold for gold in ("A", "H", "\\text{(C)}", "(\\text{E})", "\\text{D}") if not rules.is_option(gold)] == []
    assert [gold for gold in ("I", "P", "x", "b", "AB", "A + B", "A, B", "7", "") if rules.is_option(gold)] == []
    assert rules.read_answer("The answer is: A, because it fits").formula == "A, because it fits"


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
        "\nq:" * 11_000,
        "\n\nq:" * 8_000,
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


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("The answer is 5, since 7 - 2 = 5 and 2 * 3 = 6", "$5$"),
        ("The answer is: $5$ apples, where $2 + 3 = 5$ and $2 * 3 = 6$", "$5$"),
        ("The answer is \\$40.", "$40$"),
        ("The answer is 111, \\! 111, \\! 111", "$111111111$"),
        ("The answer is 1 1/2 cups", "$1.5$"),
        ("The answer is 3 + 4 = 7, for 2 days.", "$7$"),
        ("The answer is x = 1 or x = 2", "$x = 1, x = 2$"),
    ],
)
def test_what_is_left_to_mathematics_is_the_answer_and_nothing_around_it(text, formula):
    assert rules.read_answer(text).formula == formula


@pytest.mark.parametrize(
    ("gold", "formula", "form"),
    [
        ("18", "$18$", "number"),
        ("\\$1,\\!234.50", "$1234.50$", "number"),
        ("\\frac{270}7\\text{ degrees}", "$\\frac{270}7\\text{ degrees}$", "formula"),
        ("3, 5, 7", "$3, 5, 7$", "list"),
        ("7, -2, \\text{ and } -5", "$7, -2, -5$", "list"),
        ("(3,4]", "$(3,4]$", "interval or tuple"),
        ("\\left( 3, \\frac{\\pi}{2} \\right)", "$\\left( 3, \\frac{\\pi}{2} \\right)$", "interval or tuple"),
        ("y = 2x + 3", "$y = 2x + 3$", "equation"),
        ("\\text{(C)}", "$\\text{(C)}$", "text"),
        ("Evelyn", "$\\text{Evelyn}$", "text"),
        ("no such number", "$\\text{no such number}$", "text"),
        ("x^2 + 1", "$x^2 + 1$", "formula"),
    ],
)
def test_a_gold_answer_as_a_formula_and_what_it_is(gold, formula, form):
    assert (formulas.gold_formula(gold), formulas.form_of(gold)) == (formula, form)
