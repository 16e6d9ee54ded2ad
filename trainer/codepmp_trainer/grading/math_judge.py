"""
Verdicts by math-verify, which reads formulas, lists, intervals, matrices and texts. It may hang, so it runs in
`workers`, which load it once.
"""

import importlib.metadata
import logging
from fractions import Fraction
from typing import Any

from .numbers import number_text

LIBRARY = "math_verify"
NAME = "math-verify"
VERSION = importlib.metadata.version(NAME)

# Above these a formula is not evaluated for its text.
MOST_POWERS = 8
LARGEST_EXPONENT = 64

# math-verify compares six decimals, which tell nothing about numbers below this; these are compared by their ratio.
SMALL = 1e-3
RATIO = 1e-6


def judge(question: tuple[str, str]) -> tuple[str | None, bool]:
    """Of the formulas of a gold answer and of an answer: what was read, None where nothing was, and the verdict."""
    import math_verify

    # The caller keeps the time, so the library's own alarms stay off, and it warns of that.
    logging.disable(logging.ERROR)
    gold, text = question
    try:
        wanted, read = (math_verify.parse(each, parsing_timeout=None) for each in (gold, text))
        if not read:
            return None, False
        same = bool(wanted) and math_verify.verify(wanted, read, timeout_seconds=None)
        return answer_text(read), same and not of_other_size(wanted[0], read[0])
    except MemoryError:
        raise
    except Exception:
        return None, False


def of_other_size(wanted: Any, read: Any) -> bool:
    """Whether two numbers that are equal to six decimals are small and differ all the same."""
    import sympy

    numbers = [form for form in (wanted, read) if isinstance(form, sympy.Expr) and form.is_number]
    if len(numbers) < 2:
        return False
    first, second = (form.doit().evalf() for form in numbers)
    if abs(first) > SMALL or first == second:
        return False
    return bool(second == 0 or abs(first / second - 1) > RATIO)


def answer_text(read: list[Any]) -> str:
    """One text for equal answers, by which votes are counted, as far as they can be evaluated without great numbers."""
    import sympy

    form, written = right_side(read[0]), " ".join(str(read[-1]).split())
    if isinstance(form, sympy.MatrixBase):
        form = sympy.ImmutableMatrix(form)
    if not isinstance(form, sympy.Basic):
        return form if isinstance(form, str) else written
    exponents = [power.exp for power in form.atoms(sympy.Pow)]
    if len(exponents) > MOST_POWERS or not all(
        each.is_Rational and abs(each) <= LARGEST_EXPONENT for each in exponents
    ):
        return written
    try:
        return " ".join(value_text(form.doit()).split())
    except ValueError:  # more digits than Python writes
        return written


def value_text(value: Any) -> str:
    import sympy

    if isinstance(value, sympy.Float):
        value = sympy.Rational(str(value))
    return number_text(Fraction(int(value.p), int(value.q))) if isinstance(value, sympy.Rational) else str(value)


def right_side(form: Any) -> Any:
    """What an equation, or each of several, says that its letter is."""
    import sympy

    if isinstance(form, sympy.FiniteSet):
        return sympy.FiniteSet(*(right_side(each) for each in form))
    return form.rhs if isinstance(form, sympy.Eq) and form.lhs.is_Symbol else form
