"""Numbers and formulas as they are typed, brought to one form."""

import re

# Marks of emphasis, and what is around them.
MARKS = " \t\r\n*_`"

STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"[\u2212\uff0d]", "-"),
        (r"\\(?:text|textbf|textit|mathrm|mathbf|mbox|operatorname)\s?\{([^{}]*)\}", r" \1 "),
        (r"\{,\}", ","),
        (r"(?<=\d),\s?\\!\s?(?=\d{3}(?!\d))", ","),
        (r"\\!", ""),
        (r"(?<=\d)(?:\\[,;: ]|[\u00a0\u2009\u202f])(?=\d{3})", ""),
        (r"\\(?:left|right|displaystyle|big|Big)(?![A-Za-z])|\\[()\[\]]|\\[,;: ]", " "),
        (r"\\?\$", ""),
        (r"\\%", "%"),
        (r"\^\s?\{?\s?\\circ\s?\}?|\\degree|\u00b0", ""),
        (r"\\[dtc]?frac\s?\{\s?(-?[\d.,]{1,40})\s?\}\s?\{\s?([\d.,]{1,40})\s?\}", r" \1/\2 "),
        (r"\\[dtc]?frac\s?(\d)\s?(\d)", r" \1/\2 "),
    )
)


def plain(text: str) -> str:
    """A text without LaTeX around its numbers, dollar signs, degrees and emphasis; `\\frac{1}{2}` becomes `1/2`."""
    for pattern, to in STEPS:
        text = pattern.sub(to, text)
    text = text.lstrip(MARKS + ":").rstrip(MARKS)
    grouped = re.fullmatch(r"-?\d{1,3}(?: \d{3})+", text)
    return text.replace(" ", "") if grouped else text


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    return re.split(r"(?<=[\w)}\]$%*])[.!?](?=\s|$)", text.strip(), maxsplit=1)[0]
