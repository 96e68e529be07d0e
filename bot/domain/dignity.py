"""Passages that may point at somebody (method.md §0.5): found with the flow's own words, judged by people.

A text is reread with the words of every language: that of its reader says nothing of its writer's.
Careful rather than thorough: a false alarm at every export would teach everyone to pass over them.
Nothing here changes a text.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.conversation import Answer
from bot.domain.flow import Flow, Signs

AROUND = 60  # characters shown on either side

_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
# From nine digits on, as telephones are written: +212 6 12 34 56 78, 06.12.34.56.78, 0612345678.
_PHONE = r"(?<![\d,.])(?:\+\d{1,3}|00\d{2,3}|0)(?:[ .\-/\u00a0\u202f]?\d){8,12}(?!\d)"


@dataclass(frozen=True, slots=True)
class Passage:
    """`words`: what points at somebody; `before`, `after`: what stands around. `key`: by which its
    judgement is remembered, as long as neither it nor its surroundings change."""

    question: str
    before: str
    words: str
    after: str

    @property
    def key(self) -> str:
        said = f"{self.question}\n{self.before}\n{self.words}\n{self.after}"
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:12]


def passages(flow: Flow, answers: Mapping[str, Answer]) -> tuple[Passage, ...]:
    """In the order of the flow, annexes apart: those are never printed unless asked for."""
    annexes = {key for key, step in flow.step_of.items() if step and step.annex}
    return tuple(
        passage
        for question in flow.questions
        if question in answers and question not in annexes
        for passage in found(flow.signs, question, _printed(answers[question]))
    )


def _printed(answer: Answer) -> str:
    """Everything of an answer that a document may print."""
    captions = (one.caption for one in answer.attachments if one.shown and one.caption)
    return "\n".join((answer.text, *captions))


def found(signs: tuple[Signs, ...], question: str, text: str) -> Iterator[Passage]:
    sought = _sought(signs)
    for one in sought.finditer(text) if sought else ():
        start, end = one.span()
        yield Passage(
            question,
            _last_words(text[:start]),
            " ".join(one[0].split()),
            _first_words(text[end:]),
        )


@lru_cache(maxsize=16)
def _sought(signs: tuple[Signs, ...]) -> re.Pattern[str] | None:
    ratios = [word for one in signs for word in one.ratios]
    parts = [part for one in signs if one.people for part in _patterns(one, ratios)]
    if not parts:
        return None
    return re.compile("|".join((_EMAIL, _PHONE, *parts)), re.IGNORECASE)


def _patterns(signs: Signs, ratios: Iterable[str]) -> Iterator[str]:
    """One pattern for each way of pointing at somebody; the words of each come from the flow."""
    yield from _addresses(signs)
    yield from _people(signs, ratios)
    yield from _functions(signs)
    for named in (signs.titles, signs.called):  # Mme Diallo
        if named:
            yield rf"\b{_any(named)} (?-i:[A-ZÀ-Þ])[\w’'-]+"


def _addresses(signs: Signs) -> Iterator[str]:
    if signs.streets:  # 12 bis, rue des Lilas
        yield rf"\b\d{{1,4}}(?: bis| ter)?,? {_any(signs.streets)}\b [^\n,.;]{{2,40}}"
    if signs.roads:  # 12 Market Street
        yield rf"\b\d{{1,4}},? (?-i:(?:[A-ZÀ-Þ][\w’'-]+ ){{1,3}}){_any(signs.roads)}\b"


def _people(signs: Signs, ratios: Iterable[str]) -> Iterator[str]:
    the, one = _any(signs.articles), _any(signs.person)
    if signs.few:  # 3 jeunes; not 2 jeunes sur 3, two women’s groups
        count = rf"(?<![\d,.\-–])\b{_any(signs.few)} (?:{_any(signs.kinds)} )?{_any(signs.people)}"
        shared = f"| {_any(ratios)}" if ratios else ""
        yield rf"{count}\b(?![’']s\b|’ \w{shared})"
    if signs.aged:  # une femme de 34 ans
        who = rf"\b{the}(?:[\w’'-]+ ){{0,2}}?{one}(?: [\w’'-]+){{0,3}}?"
        years = f" {_any(signs.years)}" if signs.years else ""
        yield rf"{who} {_any(signs.aged)} \d{{1,3}}{years}\b"
    if signs.old:  # a 34-year-old woman
        yield rf"\b{the}\d{{1,3}}[ -]{_any(signs.old)} (?:[\w’'-]+ )?{one}\b"
    if signs.situations:  # le jeune placé
        yield rf"\b{the}(?:[\w’'-]+ )?{one} {_any(signs.situations)}\b"
    if signs.situated:  # the homeless man
        yield rf"\b{the}{_any(signs.situated)} (?:[\w’'-]+ )?{one}\b"


def _functions(signs: Signs) -> Iterator[str]:
    if not (signs.functions and signs.places):
        return
    the, who, place = _any(signs.definite), _any(signs.functions), _any(signs.places)
    if signs.links:  # la directrice de l’école
        yield rf"\b{the}{who} {_any(signs.links)}{place}\b"
    if signs.owners:  # the school’s head teacher
        yield rf"\b{the}{place}{_any(signs.owners)}{who}\b"


def _any(words: Iterable[str]) -> str:
    """Any of these words; a straight apostrophe counts as a curved one."""
    told = sorted(words, key=len, reverse=True)
    return (
        "(?:"
        + "|".join(re.escape(one).replace("’", "[’']").replace(r"\ ", r"\s") for one in told)
        + ")"
    )


def _last_words(text: str) -> str:
    line = " ".join(text.rpartition("\n")[2].split())
    return line if len(line) <= AROUND else "…" + line[-AROUND:].partition(" ")[2]


def _first_words(text: str) -> str:
    line = " ".join(text.partition("\n")[0].split())
    return line if len(line) <= AROUND else line[:AROUND].rpartition(" ")[0] + "…"
