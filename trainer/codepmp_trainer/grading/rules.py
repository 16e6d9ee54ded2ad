"""
Rules that find the final number of a worked answer, as GSM8K-like data writes it. In this order: `#### X`,
`\\boxed{X}`, "the answer is X", "Answer: X", the last equation "= X", the last number. Values are exact: 3.4 is not 3.
"""

import re
from collections.abc import Callable
from fractions import Fraction

GRADER = "codepmp-rules/1"

NUMBER = r"(?<!\w)-?(?:\$\s?)?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d+)?(?:/\d+)?"
FIRST_NUMBER = re.compile(NUMBER)
EQUATION = re.compile(r"=\s*(" + NUMBER.removeprefix(r"(?<!\w)") + r")(?!\s*[-+*/×÷x^]\s*[\d($])(?![\d.,]*\d)")
WHOLE_NUMBER = re.compile(r"[-+]?\s?\$?\s?[\d,]*\.?\d+(?:/\d+)?\s?%?\.?")
NEXT_QUESTION = re.compile(r"\n\s*(?:question|problem|q)\s*\d*\s*[:.]", re.IGNORECASE)
CALCULATOR = re.compile(r"<<[^<>]*>>")
HASHES = re.compile(r"####([^\n]*)")
BOXED = re.compile(r"\\boxed\s*\{([^{}]*)\}")
ANSWER_IS = re.compile(r"\banswer\s+is\b\s*:?([^\n]*)", re.IGNORECASE)
ANSWER = re.compile(r"\banswer\s*[:=]([^\n]*(?:\n[^\n]+)*)", re.IGNORECASE)
NUMBER_WORD = re.compile(
    r"\b(?:(zero)|(one)|(two)|(three)|(four)|(five)|(six)|(seven)|(eight)|(nine)|(ten)|(eleven)|(twelve))\b",
    re.IGNORECASE,
)


def final_number(text: str) -> str | None:
    """The final number as plain digits (`-1200`, `3.5`, `3/4`); None where there is none."""
    text = CALCULATOR.sub("", NEXT_QUESTION.split(text, maxsplit=1)[0])
    for marker, rule in MARKERS:
        found = [rule(match.group(1)) for match in marker.finditer(text)]
        numbers = [number for number in found if number is not None]
        if numbers:
            return numbers[-1]
    return equation_or_last(text)


def first(text: str) -> str | None:
    match = FIRST_NUMBER.search(text)
    return plain(match.group()) if match else None


def equation_or_first(text: str) -> str | None:
    return last_equation(text) or first(text)


def equation_or_last(text: str) -> str | None:
    return last_equation(text) or last(text)


MARKERS: tuple[tuple[re.Pattern[str], Callable[[str], str | None]], ...] = (
    (HASHES, first),
    (BOXED, first),
    (ANSWER_IS, equation_or_first),
    (ANSWER, equation_or_last),
)


def last_equation(text: str) -> str | None:
    found = EQUATION.findall(text)
    return plain(found[-1]) if found else None


def last(text: str) -> str | None:
    numbers = FIRST_NUMBER.findall(text)
    if numbers:
        return plain(numbers[-1])
    words = [(match.lastindex or 1) - 1 for match in NUMBER_WORD.finditer(text)]
    return str(words[-1]) if words else None


def plain(number: str) -> str:
    return re.sub(r"[\s$,]", "", number)


def value_of(number: str) -> Fraction | None:
    """Exact value of a number as `final_number` gives it; None for a division by zero."""
    try:
        return Fraction(number if not number.startswith(("-.", ".")) else number.replace(".", "0.", 1))
    except (ValueError, ZeroDivisionError):
        try:
            top, bottom = number.split("/")
            return Fraction(top) / Fraction(bottom)
        except (ValueError, ZeroDivisionError):
            return None


def gold_number(gold: str) -> str | None:
    """The number that a gold answer is, alone or after `####`; None where it is something else (LaTeX, text)."""
    if HASHES.search(gold):
        return final_number(gold)
    stripped = gold.strip()
    return plain(stripped).strip("%.+") if WHOLE_NUMBER.fullmatch(stripped) else None


def same_number(answer: str | None, gold: str) -> bool:
    if answer is None:
        return False
    value = value_of(answer)
    return value is not None and value == value_of(gold)
