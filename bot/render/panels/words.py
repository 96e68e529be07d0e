"""The words of the method: one of them, all of them, those that a question uses."""

from itertools import groupby

from bot.domain import glossary
from bot.domain.conversation import PanelOpened
from bot.domain.flow import Question, Term
from bot.render.panels.rows import out
from bot.render.reply import Body, Button, Rows
from bot.render.view import View
from bot.render.words import shorten

LONGEST_LABEL = 40
LONGEST_WRITTEN = 60
MOST_TERMS = 6  # on one page


def word(view: View, argument: str) -> Body:
    """A term by its id or as a person wrote it; the nearest ones when it is not there."""
    written = " ".join(argument.split())
    term = glossary.find(view.terms, written) if written else None
    near = () if term else glossary.near(view.terms, written)
    groups = [
        {"name": name, "terms": " · ".join(one.term for one in terms)}
        for name, terms in groupby(view.terms, lambda one: one.group)
    ]
    text = view.words.page(
        "word", term=term, written=shorten(written, LONGEST_WRITTEN), near=near, groups=groups
    )
    return Body(text, (*_buttons(near), out(view)))


def terms(view: View, argument: str) -> Body:
    """The terms that a question uses, each with its definition."""
    question = view.flow.questions.get(argument)
    found = used(view, question) if question else ()
    if not found:
        return word(view, "")
    shown = found[:MOST_TERMS]
    text = view.words.page("terms", terms=shown)
    return Body(text, (*_buttons(found[MOST_TERMS:]), out(view)))


def used(view: View, question: Question) -> tuple[Term, ...]:
    """Those in the question, its options and what its help says."""
    said = (
        question.title,
        view.wording.ask(question),
        question.seeks,
        *(text for one in question.options for text in (one.label, one.help)),
        *(one.text for one in question.rich),
    )
    return glossary.used(view.terms, " . ".join(said))


def _buttons(terms: tuple[Term, ...]) -> Rows:
    return tuple(
        (Button(shorten(one.term, LONGEST_LABEL), PanelOpened("word", one.id)),) for one in terms
    )
