"""The sentence that presents a project, written from its answers (method.md §4bis.2).

A template holds `{goal}`, `{proof}`… for its pieces and `[…]` around what vanishes with them. Its
order of filling is its safety: brackets, pieces, territories, and last what a person wrote.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bot.domain.conditions import Facts, parse
from bot.domain.flow import Flow, Piece, Sentence
from bot.domain.names import grammar

_SLOT = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_HELD = re.compile("\0(\\w+)\0")  # the place of a person's words while territories are filled
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")  # all but the no-break spaces of French typography
_LEFT_BEHIND = " \u00a0\u202f,;:"  # what a missing name leaves at the head of a sentence
_TERRITORIES = ("ici", "la_bas")
_PUBLICS = 2


def sentence(
    flow: Flow,
    read: Facts,
    *,
    stage: str,
    values: Mapping[str, str],
    words: Callable[[str], str],
) -> str:
    """The project in one sentence, at most `limit` characters as far as dropping pieces allows.

    `values`: what the person wrote (`name`), copied as it is. `words`: says `{ici}` and `{la_bas}`.
    "" when the flow has no first page.
    """
    if flow.first_page is None:
        return ""
    form = flow.first_page.sentence
    read = _at(flow, stage, read)
    pieces = _pieces(form, read, grammar(flow.language).conjunction)
    written = {"name": ""} | {key: " ".join(value.split()) for key, value in values.items()}
    text = ""
    for dropped in range(len(form.drop) + 1):
        kept = {key: piece for key, piece in pieces.items() if key not in form.drop[:dropped]}
        text = _write(_template(form, read, kept, written), kept, written, words)
        if len(text) <= form.limit:
            break
    return text


def _at(flow: Flow, stage: str, read: Facts) -> Facts:
    """The facts at this stage: pieces read it, and while unknown it is a default (§0.4 C)."""
    options = {**read.options, flow.roles.stage: frozenset({stage})}
    return replace(read, options=options, missing=read.missing - {flow.roles.stage})


def _pieces(form: Sentence, read: Facts, conjunction: str) -> Mapping[str, str]:
    """Placeholder -> words; absent when no piece of its list holds."""
    public = (
        conjunction.join([one.text for one in _holding(form.publics, read)][:_PUBLICS])
        or form.anyone
    )
    goals = list(_holding(form.goals, read))
    found = {
        "drive": _first(form.drives, read),
        "goal": goals[0].text if goals else "",
        "second_goal": next((one.second for one in goals[1:] if one.second), ""),
        "proof": _first(form.proofs, read),
        "sequel": _first(form.sequels, read),
        "gain": _first(form.gains, read),
        "public": public,
    }
    return {key: text.replace("{public}", public) for key, text in found.items() if text}


def _template(
    form: Sentence, read: Facts, pieces: Mapping[str, str], written: Mapping[str, str]
) -> str:
    """The first template whose `when` holds and whose pieces outside brackets are all there.

    Failing that, the first with all its pieces: an aim told in other words leaves no goal to quote.
    """
    known = {*pieces, *written, *_TERRITORIES}
    for piece in (*_holding(form.templates, read), *form.templates):
        if known.issuperset(_SLOT.findall(_OPTIONAL.sub("", piece.text))):
            return piece.text
    return ""


def _write(
    template: str,
    pieces: Mapping[str, str],
    written: Mapping[str, str],
    words: Callable[[str], str],
) -> str:
    filled = {*pieces, *_TERRITORIES, *(key for key, value in written.items() if value)}

    def optional(found: re.Match[str]) -> str:
        return found[1] if filled.issuperset(_SLOT.findall(found[1])) else ""

    def held(found: re.Match[str]) -> str:
        return f"\0{found[1]}\0" if found[1] in written else found[0]

    text = _OPTIONAL.sub(optional, template)
    text = _SLOT.sub(lambda found: pieces.get(found[1], found[0]), text)
    text = words(_SLOT.sub(held, text))
    return _tidy(_HELD.sub(lambda found: written.get(found[1], ""), text))


def _tidy(text: str) -> str:
    text = _SPACES.sub(" ", text).lstrip(_LEFT_BEHIND).rstrip(" \u00a0\u202f.")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _first(pieces: Iterable[Piece], read: Facts) -> str:
    return next((piece.text for piece in _holding(pieces, read)), "")


def _holding(pieces: Iterable[Piece], read: Facts) -> Iterable[Piece]:
    return (piece for piece in pieces if not piece.when or parse(piece.when).holds(read))
