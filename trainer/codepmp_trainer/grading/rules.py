"""
Rules that find the answer of a worked solution and read it as an exact number. The answer is what follows, in this
order: `\\boxed`, `####`, "the answer is", "Answer:"; without one of them it is the last equation or the last number.
The same answer as a formula is for a reader of mathematics.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .formulas import has_words, number_formula, wrapped
from .numbers import NUMBER, Number, first_number, last_number, last_word, number, number_text
from .plain import first_sentence, plain

NAME = "codepmp-rules"
VERSION = "7"

# Characters of a text that are read, from its end: a model may repeat itself without end.
LONGEST = 32_000
# Of a text that marks no answer, a reader of mathematics gets so many.
LONGEST_END = 2_000
LONGEST_BOX = 1_000
MOST_BOXES = 100

# What makes a formula or a list of the number before it.
GOES_ON = re.compile(
    r"[A-Za-z\\^_(]|[,:]\d|(?:,|,?\s{1,3}(?:and|or))\s{1,3}[-$]?\d|\s{0,3}(?:[-+*/×÷^]{1,2}\s{0,3}[\d(\\]|[-+*/×÷^]\s{0,3}[A-Za-z]\b|x\s{0,3}\d|\\)"
)
UNIT_AT_MOST = re.compile(r"[A-Za-z°²³'.%\s]*")
SHORT = re.compile(r"\s?[\w%°']*\s?(?:[.,;(\n]|$)")

NEXT_QUESTION = re.compile(
    r"(?:^|(?P<blank>\n[ \t]*)?\n)[ \t]*(?:question|problem|q)[ \t]*(?P<number>\d*)[ \t]*[:.]", re.IGNORECASE
)
# The first line of a question, with the options under it.
ASKED = re.compile(r"\s*([^\n]*(?:\n[ \t]*\(?[A-H][.)][^\n]*)*)")
CALCULATOR = re.compile(r"<<[^<>\n]{0,200}>>")
# Four of them begin a heading as well: words, or a number with a full stop and words.
HASHES = re.compile(r"(?<!#)####(?!#)(?!\s*\**[A-Za-z]{2})(?!\s*\d+[.)]\s+\S)([^\n]*)")
BOX = re.compile(r"\\f?boxed\s?")
ANSWER_IS = re.compile(r"\banswer\s{1,3}is\b\s{0,3}:?\s{0,3}([^\n]*)", re.IGNORECASE)
# The letter of an option, as in `option B because …`, `(B) the text of the option`, `B: the text` or `B, because …`.
DASH = r"\s[-–—]{1,2}\s(?![A-H]\s*(?:[-+*/=.,;]\s|$))|—"
AFTER_OPTION = rf"\s?[.:;,!)]|\s\(|{DASH}|\s*\n|\s(?:because|since|as)\b|$"
OPTION = re.compile(
    r"(?:[Tt]he\s)?(?:[Oo]ption|[Cc]hoice|[Ll]etter)\s\(?([A-H])\b"
    rf"|\(\s?([A-H])\s?\)(?={AFTER_OPTION}|\s+[\w\"“\\])|([A-H])(?={AFTER_OPTION})"
)
# What is after the letter where it is one of several, as in `A, B and C` or `(A) or (B)`; not in `B, a dog`.
ANOTHER = re.compile(
    r"\)? ?(?:[,;/&+=]|(?:and|or)\b) *(?:(?:and|or) )?(?:[Oo]ption )?\(?(?:A\b(?! [a-z])|[B-H]\b(?! is\b))(?!['’-]\w)"
)
EMPHASIS = re.compile(r"[*_`]")
ANSWER = re.compile(r"\banswer\s{0,3}[:=]([^\n]*(?:\n[^\n]+)*)", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """The answer of a text as a number, where it is one, and as text for a reader of formulas."""

    value: Fraction | None
    percent: bool = False
    formula: str = ""

    def may_be_number(self) -> bool:
        """Whether mathematics could find a number in it."""
        return self.value is None and re.search(r"[\d\\]", self.formula) is not None

    def text(self) -> str | None:
        return None if self.value is None else number_text(self.value)


def read_answer(text: str, *, asked: str = "", options: bool = False) -> Reading:
    """
    What a worked solution gives as its answer: of the last marker of the strongest kind, else of its end. `asked`: the
    prompt with its question, by which one told again is known from another; left out, each is another. `options`: the
    answer is the letter of an option, which may be followed by more words.
    """
    text = CALCULATOR.sub("", own_part(text[-LONGEST:], asked))
    found = marked(text)
    if found is None:
        return read_end(text)
    read, answer = found
    letter = option_letter(answer) if options else None
    return reading(None, wrapped(letter)) if letter else read(answer)


def own_part(text: str, asked: str) -> str:
    """
    Without the questions that a base model goes on with: up to the first that comes after a marked answer, or that is
    another than the one asked and comes after a blank line or, where it is the first, after an equation. After a blank
    line, questions with numbers (`Question 2:`) are parts of the one asked.
    """
    start = 0
    for nth, question in enumerate(NEXT_QUESTION.finditer(text)):
        part = text[start : question.start()]
        is_apart = question["blank"] and not question["number"]
        if marked(part) or (
            (is_apart or (nth == 0 and last_equation(plain(part)))) and not tells_again(text, question.end(), asked)
        ):
            return text[: question.start()]
        start = question.start()
    return text


def tells_again(text: str, start: int, asked: str) -> bool:
    """Whether half of what the question at a place says, by three words in a row, stands in the prompt."""
    question = ASKED.match(text, start)
    words = words_of(question[1]) if question else []
    told, known = (in_a_row(each, min(3, len(words))) for each in (words, words_of(asked)))
    return 2 * len(told & known) >= len(told)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def in_a_row(words: list[str], count: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[at:] for at in range(count)), strict=False))


def marked(text: str) -> tuple[Callable[[str], Reading], str] | None:
    """What follows the last marker of the strongest kind, and what reads it; None without a marker."""
    for read, answers in (
        (read_box, boxed(text)),
        (read_sentence, HASHES.findall(text)),
        (read_sentence, ANSWER_IS.findall(text)),
        (read_paragraph, ANSWER.findall(text)),
    ):
        written = [answer for answer in answers if plain(answer)]
        if written:
            return read, written[-1]
    return None


def boxed(text: str) -> list[str]:
    """Contents of the last boxes of a text."""
    places = [match.end() for match in BOX.finditer(text)]
    return [box for box in (box_at(text, place) for place in places[-MOST_BOXES:]) if box is not None]


def box_at(text: str, start: int) -> str | None:
    """Between the brace at a place and the one that closes it; a single character where there is no brace."""
    depth = 0
    for end in range(start, min(len(text), start + LONGEST_BOX)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth <= 0:
            return text[start + 1 : end] if end > start else text[end]
    return None


def read_box(text: str) -> Reading:
    """A number with a unit at most; anything else is a formula."""
    line = plain(text).rsplit("=", maxsplit=1)[-1].strip()
    match = NUMBER.match(line)
    is_number = match and UNIT_AT_MOST.fullmatch(line, match.end()) and not GOES_ON.match(line, match.end())
    formula = wrapped(text)
    return reading(number(match) if match and is_number else None, formula if "$" in formula else f"\\boxed{{{text}}}")


def read_sentence(text: str) -> Reading:
    """The number it begins with, else its last equation, else the first number; a formula is none."""
    sentence = first_sentence(text)
    line = plain(sentence)
    match = NUMBER.match(line)
    if match and not goes_on(line, match.end()):
        return reading_of(number(match), sentence)
    if "=" in line:
        return reading_of(last_equation(line), sentence)
    is_formula = "\\" in line or not line[:1].isalpha()
    return reading_of(None if is_formula else first_number(line) or last_word(line), sentence)


def is_option(gold: str) -> bool:
    """Whether a gold answer is the letter of an option, alone or in brackets."""
    return re.fullmatch(r"\(?\s*[A-H]\s*\)?", plain(gold)) is not None


def option_letter(text: str) -> str | None:
    """The letter of the option that a text begins with and names alone."""
    line = EMPHASIS.sub("", plain(text))
    match = OPTION.match(line)
    return next(filter(None, match.groups())) if match and not ANOTHER.match(line, match.end()) else None


def read_paragraph(text: str) -> Reading:
    """The number it begins with, where hardly more is said; else the last equation or number."""
    line = plain(text)
    match = NUMBER.match(line)
    if match and not goes_on(line, match.end()) and SHORT.match(line, match.end()):
        return reading(number(match), number_formula(number(match)))
    sentence = first_sentence(text)
    rest = re.sub(r"\([^()]*\)", "", line)
    return reading_of(None if "\\" in sentence else equation_or_last(rest), sentence)


def read_end(text: str) -> Reading:
    line = plain(text)
    return reading(None if "\\" in line else equation_or_last(line), text[-LONGEST_END:])


def equation_or_last(text: str) -> Number | None:
    return last_equation(text) or last_number(text) or last_word(text)


def reading_of(found: Number | None, text: str) -> Reading:
    """What is read of a text; where it has words as well, the number is the formula."""
    return reading(found, number_formula(found) if found and has_words(text) else wrapped(text))


def reading(found: Number | None, formula: str) -> Reading:
    return Reading(None if found is None else found[0], found is not None and found[1], formula)


def goes_on(text: str, end: int) -> bool:
    return GOES_ON.match(text, end) is not None or text[end:].lstrip().startswith("=")


def last_equation(text: str) -> Number | None:
    for part in reversed(text.split("=")[1:]):
        match = NUMBER.match(part.lstrip())
        if match and not GOES_ON.match(part.lstrip(), match.end()):
            return number(match)
    return None


def gold_number(gold: str) -> Number | None:
    """The number that a gold answer is, alone or after `####`; None for a formula, a list or words."""
    marked = HASHES.findall(gold)
    match = NUMBER.fullmatch(plain(marked[-1] if marked else gold).rstrip("."))
    return number(match) if match else None


def same_number(answer: Reading, gold: Number) -> bool:
    """Whether two numbers are equal; a percent sign on one side alone may also stand for the factor 100."""
    value, percent = gold
    if answer.value is None or answer.value == value:
        return answer.value is not None
    return answer.percent != percent and answer.value * (Fraction(1, 100) if answer.percent else 100) == value


def verdict(answer: Reading, gold: str) -> bool:
    """The verdict of the rules alone: equal numbers or, where the gold answer is no number, equal texts."""
    wanted = gold_number(gold)
    if wanted is not None:
        return same_number(answer, wanted)
    return "".join(plain(answer.formula).split()) == "".join(plain(gold.rstrip(".")).split())
