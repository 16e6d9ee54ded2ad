"""Exact numbers as worked solutions write them."""

import re
from fractions import Fraction

# A value, and whether it has a percent sign.
Number = tuple[Fraction, bool]

# No number that is an answer has more than 40 digits on a side of its point.
DIGITS = r"(?=\.?\d)(?:\d{1,3}(?:,\d{3}){1,12}(?!\d)|\d{1,40}(?!\d)|)(?:\.\d{1,40}(?!\d))?"
NUMBER = re.compile(
    rf"(?P<sign>[-+]?)\s?(?:(?P<whole>\d{{1,12}})\s{{1,2}}(?=\d{{1,12}}/\d))?(?P<top>{DIGITS})(?:/(?P<under>{DIGITS}))?"
    r"(?:[eE](?P<e>[-+]?\d{1,3})(?!\d)|\s?(?:[x×*]|\\times|\\cdot)\s?10\s?\^\s?\{?(?P<power>-?\d{1,3})\}?)?(?:\s?(?P<percent>%))?"
)
ANYWHERE = re.compile(rf"(?<![\w.])-?{DIGITS}(?:/\d{{1,40}})?%?")

SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORD = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(TENS)})(?:[- ](?P<unit>{'|'.join(SMALL[1:10])}))?|(?P<small>{'|'.join(SMALL)}))\b"
)


def first_number(text: str) -> Number | None:
    found = ANYWHERE.search(text)
    match = NUMBER.match(found.group()) if found else None
    return number(match) if match else None


def last_number(text: str) -> Number | None:
    found = ANYWHERE.findall(text)
    match = NUMBER.match(found[-1]) if found else None
    return number(match) if match else None


def last_word(text: str) -> Number | None:
    """A number that is written as words, below a hundred."""
    last = None
    for match in NUMBER_WORD.finditer(text.lower()):
        last = match
    if last is None:
        return None
    tens = (TENS.index(last["tens"]) + 2) * 10 if last["tens"] else 0
    return Fraction(tens + SMALL.index(last["unit"] or last["small"] or "zero")), False


def number(match: re.Match[str]) -> Number | None:
    """The exact value of a match of `NUMBER`; None for a division by zero."""
    value = Fraction(digits(match["top"]))
    if match["under"]:
        if Fraction(digits(match["under"])) == 0:
            return None
        value /= Fraction(digits(match["under"]))
    value += int(match["whole"] or 0)
    value *= Fraction(10) ** int(match["e"] or match["power"] or 0)
    return -value if match["sign"] == "-" else value, match["percent"] is not None


def digits(text: str) -> str:
    return f"0{text.replace(',', '')}"


def number_text(value: Fraction) -> str:
    """One text for each value, by which votes are counted: a decimal number where there is one, else a fraction."""
    under = value.denominator
    for prime in (2, 5):
        while under % prime == 0:
            under //= prime
    if under != 1 or value.denominator > 10**18:
        return str(value)
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    whole = f"{abs(value) * 10**places}".rjust(places + 1, "0")
    text = f"{whole[:-places]}.{whole[-places:]}" if places else whole
    return f"-{text}" if value < 0 else text
