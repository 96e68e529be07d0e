"""Help on a question, examples from the cooperations studied, an old card."""

from bot.domain.closeness import shared, telling
from bot.domain.conversation import (
    PanelOpened,
    QuestionOpened,
)
from bot.domain.flow import Years
from bot.render import tables
from bot.render.cards import resume_row
from bot.render.panels.rows import language_row, out
from bot.render.panels.words import used
from bot.render.reply import Body, Button, Rows
from bot.render.view import View
from bot.render.words import shorten

MOST_EXAMPLES = 8
LONGEST_LABEL = 40


def stale(view: View, argument: str) -> Body:
    question = view.flow.questions.get(argument)
    if not question:
        return help_page(view, "")
    label = view.words.word("modify", name=shorten(view.called(argument), 24))
    text = view.words.page("stale", q=view.called(argument), answer=view.answered(question))
    return Body(text, ((Button(label, QuestionOpened(argument)),), resume_row(view)))


def help_page(view: View, argument: str) -> Body:
    question = view.flow.questions.get(argument)
    if not question:
        return Body(view.words.page("help", question=""), (*language_row(view), out(view)))
    wording = view.wording
    text = view.words.page(
        "help",
        question=argument,
        ask=wording.ask(question),
        seeks=wording.text(question.seeks),
        options=[] if question.buttons else wording.choices(question),
        rich=[wording.text(one.text) for one in question.rich],
    )
    terms = (Button(view.words.word("terms"), PanelOpened("terms", argument)),)
    return Body(text, (*((terms,) if used(view, question) else ()), resume_row(view)))


def table(view: View, argument: str) -> Body:
    """A table as it stands, beside the cell that is asked."""
    question = view.flow.questions.get(argument)
    if not question or not question.table:
        return help_page(view, "")
    return Body(tables.page(view, question), (*tables.openings(view, question), resume_row(view)))


def examples(view: View, argument: str) -> Body:
    question = view.flow.questions.get(argument)
    if not question:
        return help_page(view, "")
    library = tuple(view.cases.values())
    told = telling(view.flow, view.agenda.read, question, library)[:MOST_EXAMPLES]
    mentions = [
        {
            "title": view.cases[one.case].title if one.case in view.cases else one.title,
            "shows": view.wording.text(one.shows),
        }
        for one in told
    ]
    text = view.words.page("examples", ask=view.wording.ask(question), mentions=mentions)
    rows = [
        (
            Button(
                shorten(view.cases[one.case].title, LONGEST_LABEL),
                PanelOpened("case", f"{one.case}:{argument}"),
            ),
        )
        for one in told
        if one.case in view.cases
    ]
    return Body(text, (*rows, resume_row(view)))


def case(view: View, argument: str) -> Body:
    """« En savoir plus »: one cooperation, and the way back to the examples it came from."""
    number, _, question = argument.partition(":")
    case = view.cases.get(int(number)) if number.isascii() and number.isdigit() else None
    if not case:
        return help_page(view, "")
    near = shared(view.flow, view.agenda.read, case)
    roles = view.flow.roles
    why = [
        view.wording.answer(view.flow.questions[asked], option)
        for asked, options in (
            (roles.themes, near.themes),
            (roles.publics, near.publics),
            (roles.there_country, near.countries),
        )
        for option in options
        if asked in view.flow.questions
    ]
    back = Button(view.words.word("examples"), PanelOpened("examples", question))
    rows: Rows = ((back,), resume_row(view)) if question else (resume_row(view),)
    return Body(view.words.page("case", case=case, years=_years(case.years), near=why), rows)


def _years(years: Years) -> str:
    start, end = str(years.start or ""), str(years.end or ("…" if years.ongoing else ""))
    return "–".join(one for one in (start, end) if one)
