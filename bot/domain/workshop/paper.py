"""What a facilitator enters for those without a phone: « Q8 : 12 / 5 / 3 », or « Q8 », then a text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NAMED = re.compile(r"\s*([A-Za-z]\w{0,40})\s*(?::|\s|$)\s*(.*)", re.S)
_COUNTS = re.compile(r"\d{1,4}(?:\s*[/;,]\s*\d{1,4})*")


@dataclass(frozen=True, slots=True)
class Paper:
    """`counts` in the order of the options; () when it is a text."""

    question: str
    text: str = ""
    counts: tuple[int, ...] = ()


def read(text: str, questions: Sequence[str], in_hand: str) -> Paper:
    """Without the name of one of the questions, it is for the one in hand."""
    question, rest = in_hand, text.strip()
    named = _NAMED.match(text)
    known = {one.casefold(): one for one in questions}
    if named and named[1].casefold() in known:
        question, rest = known[named[1].casefold()], named[2].strip()
    if _COUNTS.fullmatch(rest):
        return Paper(question, counts=tuple(int(one) for one in re.findall(r"\d+", rest)))
    return Paper(question, rest)
