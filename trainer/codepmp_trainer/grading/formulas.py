"""Answers as formulas that a reader of mathematics sees."""

import re

from .numbers import NUMBER, Number, number_text
from .plain import MARKS, plain

POWER_OF_TEN = re.compile(r"(\d{1,40}(?:\.\d{1,40})?)[eE]([-+]?\d{1,3})(?!\d)")
STARS_AND_EXPONENT = re.compile(r"\*\*\s?(-?\d{1,9})(?![\d.])")
STARS = re.compile(r"(?<=[\w)])\*\*(?=[\w(])")
NAME = re.compile(r"[A-Za-z]{3,}(?: [A-Za-z]+)?")
NAMED = re.compile(r"\\(?:text|begin|end|mathrm|mbox)\s?\{[^{}]*\}")
WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
BETWEEN = re.compile(r",?\s(?:and|or)\s")
BETWEEN_IN_LATEX = re.compile(r",?\s{0,3}\\text\s?\{,?\s?(?:and|or)\s?\}")
GROUPED = re.compile(r"(?<=\d),\s?\\!\s?(?=\d{3}(?!\d))")
FRACTION = re.compile(r"\\([dt]?)frac\s+(\\[A-Za-z]+)\s?(\d)(?!\d)")


def wrapped(text: str) -> str:
    """A formula with dollar signs around it, without which it would not be seen; a text with words stays as it is."""
    text = GROUPED.sub("", BETWEEN_IN_LATEX.sub(",", text.replace("\\$", ""))).strip(MARKS).rstrip(".").rstrip(MARKS)
    text = re.sub(r"\.\s?\$$", "$", FRACTION.sub(r"\\\1frac{\2}{\3}", text))
    text = POWER_OF_TEN.sub(r"(\1\\cdot10^{\2})", text)
    text = STARS.sub("^", STARS_AND_EXPONENT.sub(r"^{\1}", text))
    if text.count("$") % 2:
        text = text.replace("$", "")
    if NAME.fullmatch(text):
        return f"$\\text{{{text}}}$"
    if "$" in text or "\\(" in text:
        return text
    listed = BETWEEN.sub(", ", text)
    return text if has_words(listed) else f"${listed}$"


def has_words(text: str) -> bool:
    return WORDS.search(NAMED.sub("", text)) is not None


def number_formula(found: Number | None) -> str:
    return "" if found is None else f"${number_text(found[0])}{'%' if found[1] else ''}$"


def gold_formula(gold: str) -> str:
    """A gold answer as a formula, or as a text in one."""
    formula = wrapped(gold)
    if "$" in formula or "\\(" in formula:
        return formula
    return f"${formula}$" if re.search(r"[\d\\]", formula) else f"$\\text{{{formula}}}$"


def form_of(gold: str) -> str:
    """What kind of answer a gold answer is: `number`, `list`, `interval or tuple`, `equation`, `text` or `formula`."""
    bare = BETWEEN_IN_LATEX.sub(",", plain(gold)).strip()
    if NUMBER.fullmatch(bare.rstrip(".")):
        return "number"
    if not re.search(r"[\d\\=]", bare) and (has_words(bare) or len(bare.strip("()")) == 1):
        return "text"
    if re.fullmatch(r"[(\[].*,.*[)\]]", bare) and "(" not in bare[1:]:
        return "interval or tuple"
    if re.search(r",(?![^({\[]*[)}\]])", bare):
        return "list"
    return "equation" if "=" in bare else "formula"
