"""The card of each place: a question, the end of a step, of the first page, the review, home."""

from typing import assert_never

from bot.domain import dossier
from bot.domain.agenda import NO_ANSWER
from bot.domain.conversation import (
    At,
    Continued,
    FirstPageEnd,
    Home,
    MovedOn,
    OptionChosen,
    OptionsRevealed,
    PanelOpened,
    QuestionOpened,
    Resumed,
    Review,
    Rhythm,
    RhythmChosen,
    SheetRequested,
    Skipped,
    StepEnd,
    StepOpened,
    TextCleared,
    TextMoved,
    WentBack,
)
from bot.domain.dossier import Act
from bot.domain.engine.documents import MESSAGE
from bot.domain.engine.moving import HEADER
from bot.domain.flow import Cell, Question
from bot.domain.photos import photos
from bot.render import projects, tables
from bot.render.reply import Body, Button, Rows
from bot.render.view import View
from bot.render.words import excerpt, shorten

CHOSEN = "✓"
SHORT_TITLE = 16  # characters of a title within the label of a button


def card(view: View) -> Body:
    """The card of the conversation's place."""
    place = view.conversation.place
    if not view.may(Act.ANSWER):
        return reading(view)
    match place:
        case Home():
            return home(view)
        case At(asked):
            known = asked in view.flow.questions
            return question(view, place) if known else review(view)
        case StepEnd(step):
            return step_end(view, step)
        case FirstPageEnd():
            return first_page_end(view)
        case Review():
            return review(view)
        case _:
            assert_never(place)


# --- a question --------------------------------------------------------------------------------


def question(view: View, place: At) -> Body:
    asked = view.flow.questions[place.question]
    if asked.table:
        return tables.closing(view, asked, _progress(view, place), _bar(view, place))
    conversation = view.conversation
    answer = conversation.answers.get(asked.id, NO_ANSWER)
    proposes = asked.id == view.flow.roles.sentence and not answer.given
    text = view.words.page(
        "card",
        noted=_noted(view),
        figures=view.figures(view.conversation.noted),
        figures_note=view.flow.figures_note,
        opening=_opening(view, place),
        progress=_progress(view, place),
        bar=_bar(view, place),
        telling=place.telling,
        tell=view.wording.text(asked.tell or view.flow.tell) if place.telling else "",
        chosen=[view.wording.answer(asked, one) for one in answer.options if place.telling],
        rich=[view.wording.text(one.text) for one in asked.rich] if place.telling else [],
        ask=view.wording.ask(asked),
        hint="" if place.telling else _hint(view, asked),
        written=excerpt(answer.text),
        count=len(answer.fragments),
        files=len(answer.attachments),
        skipped=answer.skipped and not answer.given,
        proposed=view.sentence if proposes else "",
        recalled=[] if place.telling else _recalled(view, asked),
        optional=asked.optional and not place.telling,
        row=tables.row(view, asked) if isinstance(asked, Cell) else None,
    )
    return Body(text, tuple(_rows(view, place, asked)))


def _rows(view: View, place: At, asked: Question) -> list[tuple[Button, ...]]:
    word, revision = view.words.word, view.conversation.revision
    answer = view.conversation.answers.get(asked.id, NO_ANSWER)
    rows: list[tuple[Button, ...]] = []
    if not place.telling:
        rows += [(one,) for one in _options(view, asked)]
    reread = bool(answer.fragments) and not view.conversation.joined
    if reread and (place.telling or not asked.choose):
        rows.append((Button(word("rewrite"), TextCleared(asked.id)),))
    if shown := len(photos(answer)):
        opened = PanelOpened("photos", asked.id)
        rows.append((Button(word("photos", count=shown), opened),))
    if rather := _rather(view):
        label = word("rather", name=view.called(rather, SHORT_TITLE))
        rows.append((Button(label, TextMoved(rather)),))
    if isinstance(asked, Cell):
        rows += tables.cell_rows(view, asked)
    if answer.given:
        rows.append((Button(word("continue"), Continued(asked.id, revision)),))
    noted = view.conversation.noted
    words = not isinstance(view.flow.questions.get(noted), Cell)
    if noted and words and not answer.given and view.flow.step_of.get(noted):
        added = QuestionOpened(noted, True)
        rows.append((Button(word("add_word"), added),))
    rows += [row for row in (_light(view, asked), _others(view, asked)) if row]
    proposes = asked.id == view.flow.roles.sentence and bool(view.sentence)
    named = isinstance(asked, Cell) and not asked.column
    passing = "keep_sentence" if proposes else "no_more_rows" if named else "skip"
    skip = Button(word(passing), Skipped(asked.id, revision))
    back = Button(word("back"), WentBack(asked.id, revision))
    settled = bool(answer.fragments) if place.telling else answer.given
    rows.append((back,) if settled else (skip, back))
    return rows


def _light(view: View, asked: Question) -> tuple[Button, ...]:
    """Help and examples, where there are any: a detail has its own help, its question's examples."""
    word, root = view.words.word, view.flow.questions[view.flow.root(asked.id)]
    helped = next((one for one in (asked, root) if one.seeks or one.rich or _explained(one)), None)
    buttons = []
    if helped:
        buttons.append(Button(word("help"), PanelOpened("help", helped.id)))
    if root.cases:
        buttons.append(Button(word("examples"), PanelOpened("examples", root.id)))
    return tuple(buttons)


def _others(view: View, asked: Question) -> tuple[Button, ...]:
    """What the others answered to this question, and its former versions."""
    together, question = view.conversation.together, view.own(asked.id)
    answer = view.conversation.answers.get(asked.id, NO_ANSWER)
    buttons = []
    if view.conversation.resume is not None and answer.given:  # opened to be changed
        buttons.append(Button(view.words.word("history"), PanelOpened("history", question)))
    said = together.voices.get(question) if together else ()
    if said and not dossier.personal(view.flow, question):
        buttons.append(Button(view.words.word("voices"), PanelOpened("voices", question)))
    return tuple(buttons)


def _explained(question: Question) -> bool:
    return any(option.help for option in question.options)


def _options(view: View, asked: Question) -> list[Button]:
    revision = view.conversation.revision
    chosen = view.conversation.answers.get(asked.id, NO_ANSWER).options
    buttons = []
    for one in view.wording.choices(asked):
        on = asked.choose == "one" or one.id not in chosen
        label = f"{one.label} {CHOSEN}" if one.id in chosen else one.label
        buttons.append(Button(label, OptionChosen(asked.id, revision, one.index, on)))
    if view.wording.only(asked):
        buttons.append(Button(view.words.word("reveal"), OptionsRevealed(asked.id)))
    return buttons


def _rather(view: View) -> str:
    """The question that words just joined here may have been meant for."""
    place, trail = view.conversation.place, view.conversation.trail
    if not view.conversation.joined or not isinstance(place, At):
        return ""
    former = next((one.question for one in reversed(trail) if one.question != place.question), "")
    asked = view.flow.questions.get(former)
    return former if asked and asked.kind != "line" else ""


def _recalled(view: View, asked: Question) -> list[dict[str, str]]:
    """Answers given elsewhere that help with this question."""
    known = [view.flow.questions[one] for one in asked.recalls if one in view.flow.questions]
    return [
        {"title": view.wording.title(one), "answer": answer}
        for one in known
        if (answer := view.answered(one))
    ]


def _noted(view: View) -> dict[str, str] | None:
    asked = view.flow.questions.get(view.conversation.noted)
    if not asked:
        return None
    told = view.conversation.trail[-1:] == (At(asked.id, telling=True),)
    text = view.conversation.answers.get(asked.id, NO_ANSWER).text
    answer = " ".join(text.split()) if told and text else view.answered(asked)
    return {"title": view.name(asked.id), "answer": shorten(answer, 160)} if answer else None


def _opening(view: View, place: At) -> str:
    """The words that open a step, on its first card, while nothing in it is answered; those that open
    a table, on its first cell."""
    step = view.flow.step_of.get(place.question)
    if not step or place.telling or view.conversation.rhythm is Rhythm.FIRST_PAGE:
        return ""
    opening = step.opening
    if opening:
        items = view.agenda.of_step(step)
        first = items and items[0].question == place.question
        touched = any(one.question in view.conversation.answers for one in items)
        opening = opening if first and not touched else ""
    table = view.flow.questions[view.flow.root(place.question)]
    if table.table and table.details[0].id == place.question:
        opening = " ".join(one for one in (opening, table.ask) if one)
    return view.wording.text(opening)


def _progress(view: View, place: At) -> str:
    flow, progress = view.flow, view.words.progress
    step = flow.step_of.get(place.question)
    if _on_first_page(view, place):
        items = view.agenda.walk()
        number = items.index(place) + 1 if place in items else 1
        return progress("first_page", number, len(items))
    if step and step.annex:
        return progress("annex", step.title)
    if step:
        steps = sum(not one.annex for one in flow.steps)
        number = flow.number(place.question)
        called = "question" if view.name(flow.root(place.question)) == f"Q{number}" else "numbered"
        said = progress(called, step.number, steps, number, len(flow.counted))
        cell = flow.questions[place.question]
        return f"{said} · {tables.at(view, cell)}" if isinstance(cell, Cell) else said
    if place.question in flow.header:
        items = view.agenda.header()
        number = items.index(place) + 1 if place in items else 1
        return progress("header", number, len(items))
    return progress("identity", view.name(place.question))


def _bar(view: View, place: At) -> str:
    if _on_first_page(view, place):
        return view.gauge(view.agenda.walk())
    root = view.flow.questions[view.flow.root(place.question)]
    if root.table:
        return view.gauge(view.agenda.of_table(root))
    if view.conversation.rhythm is Rhythm.IN_DEPTH:
        return view.gauge(view.agenda.walk())
    return view.bar(view.settled, len(view.flow.counted))


def _on_first_page(view: View, place: At) -> bool:
    page = view.flow.first_page
    first = view.conversation.rhythm is Rhythm.FIRST_PAGE
    return bool(first and page and place.question in page.questions)


def _hint(view: View, asked: Question) -> str:
    if asked.choose == "many":
        return view.words.progress("hint_many")
    if asked.buttons:
        return view.words.progress("hint_listed")
    if asked.choose == "one" and (asked.kind != "line" or isinstance(asked, Cell)):
        return view.words.progress("hint_one")
    if isinstance(asked, Cell) and asked.amount:
        return view.words.progress("hint_amount")
    own = f"{view.wording.text(asked.tell)} " if asked.tell else ""
    if asked.kind == "line":
        return own or view.words.progress("hint_line", asked.limit)
    return own or view.words.progress("hint_text")


# --- other places --------------------------------------------------------------------------------


def home(view: View) -> Body:
    return Body(rhythm_words(view), rhythm_rows(view))


def rhythm_words(view: View) -> str:
    first_page = bool(view.flow.first_page)
    return view.words.page("rhythm", name=view.project_name, first_page=first_page)


def rhythm_rows(view: View) -> Rows:
    word = view.words.word
    first = (Button(word("first_page"), RhythmChosen(Rhythm.FIRST_PAGE)),)
    rows: list[tuple[Button, ...]] = [
        *([first] if view.flow.first_page else []),
        (Button(word("essential"), RhythmChosen(Rhythm.ESSENTIAL)),),
        (Button(word("in_depth"), RhythmChosen(Rhythm.IN_DEPTH)),),
    ]
    if view.conversation.rhythm is not None:
        rows.append((Button(word("choose_step"), PanelOpened("steps")),))
    return tuple(rows)


def step_end(view: View, step: str) -> Body:
    found = view.flow.step(step)
    if found is None:  # a step that the flow has lost
        return review(view)
    word = view.words.word
    items = view.agenda.of_step(found)
    points = view.step_points(step)
    called = projects.proposed(view, step)[:1]
    text = view.words.page(
        "step_end",
        number=found.number,
        title=found.title,
        bar=view.gauge(items),
        figures=view.figures(view.conversation.noted),
        figures_note=view.flow.figures_note,
        strengths=view.some_strengths(1, step),
        points=[view.point(one) for one in points],
        open=sum(not _given(view, one.id) for one in found.questions),
        empty=not any(_given(view, one.question) for one in items),
        proposed=[
            {"title": projects.title(view, one.flow), "why": view.wording.text(one.why)}
            for one in called
        ],
    )
    beside = [
        (
            Button(
                shorten(word("proposed_flow", title=projects.title(view, one.flow)), 40),
                PanelOpened("flow_offer", one.flow),
            ),
        )
        for one in called
    ]
    handle = [
        (
            Button(
                shorten(word("handled_point", name=one.rule.title), 40),
                PanelOpened("point", one.rule.id),
            ),
        )
        for one in points
    ]
    return Body(
        text,
        (
            (Button(word("continue"), MovedOn()),),
            *handle,
            *beside,
            (
                Button(word("choose_step"), PanelOpened("steps")),
                Button(word("back"), WentBack("", view.conversation.revision)),
            ),
        ),
    )


def _given(view: View, question: str) -> bool:
    return view.conversation.answers.get(question, NO_ANSWER).given


def first_page_end(view: View) -> Body:
    word = view.words.word
    strengths = view.some_strengths(1)
    first = view.points.first
    goals = view.flow.questions.get(next(iter(_goal_questions(view)), ""))
    text = view.words.page(
        "first_page_end",
        name=view.project_name,
        sentence=view.sentence,
        strength=strengths[0] if strengths else None,
        goals=view.answered(goals) if goals else "",
        next_step=view.wording.text(first[0].rule.first_step) if first else "",
        next_question=_next_useful(view),
        date=view.date,
    )
    sentence = view.flow.roles.sentence
    rows: list[tuple[Button, ...]] = [
        (Button(word("continue_essential"), MovedOn()),),
        (Button(word("choose_step"), PanelOpened("steps")),),
        (
            Button(word("vigilance"), PanelOpened("vigilance")),
            Button(word("sheet"), PanelOpened("export")),
        ),
    ]
    if sentence in view.flow.questions:
        label = word("modify", name=shorten(view.called(sentence), 24))
        rows.insert(1, (Button(label, QuestionOpened(sentence)),))
    rows.insert(1, (Button(word("share"), PanelOpened("share")),))
    rows.append((Button(word("in_depth"), RhythmChosen(Rhythm.IN_DEPTH)),))
    return Body(text, tuple(rows))


def _goal_questions(view: View) -> list[str]:
    """The step question that the first page asks first: what one wants to change."""
    page = view.flow.first_page
    return [one for one in page.questions if view.flow.number(one)] if page else []


def _next_useful(view: View) -> str:
    for one in view.flow.stages.get(view.stage, ()):
        if not view.conversation.answers.get(one, NO_ANSWER).given:
            return view.wording.ask(view.flow.questions[one])
    return ""


def review(view: View) -> Body:
    word = view.words.word
    total = len(view.flow.counted)
    text = view.words.page(
        "review",
        name=view.project_name,
        settled=view.settled,
        total=total,
        bar=view.bar(view.settled, total),
        header=bool(view.flow.header)
        and any(not view.agenda.settled(one) for one in view.agenda.header()),
    )
    rows: list[tuple[Button, ...]] = [
        (Button(word("header"), StepOpened(HEADER)),),
        (Button(word("review_answers"), PanelOpened("modify")),),
        (Button(word("sheet"), PanelOpened("export")),),
        (
            Button(word("vigilance"), PanelOpened("vigilance")),
            Button(word("missing"), PanelOpened("missing")),
        ),
    ]
    if view.conversation.rhythm is not Rhythm.IN_DEPTH:
        rows.append((Button(word("go_deeper"), RhythmChosen(Rhythm.IN_DEPTH)),))
    if len(view.flows.books) > 1 and projects.in_hand(view):
        rows.append((Button(word("in_project"), PanelOpened("in_project")),))
    rows.append((Button(word("choose_step"), PanelOpened("steps")),))
    return Body(text, tuple(rows))


def reading(view: View) -> Body:
    """The card of whoever reads: a reader, or anyone once the dossier is closed."""
    word, together = view.words.word, view.conversation.together
    text = view.words.page(
        "reading",
        name=view.project_name,
        closed=bool(together and together.closed),
        settled=sum(one in view.retained and view.retained[one].given for one in view.flow.counted),
        total=len(view.flow.counted),
    )
    return Body(
        text,
        (
            (Button(word("show_message"), SheetRequested("show", MESSAGE)),),
            (Button(word("sheet"), PanelOpened("export")),),
            (
                Button(word("vigilance"), PanelOpened("vigilance")),
                Button(word("members"), PanelOpened("members")),
            ),
            (Button(word("projects"), PanelOpened("projects")),),
        ),
    )


def resume_row(view: View) -> tuple[Button, ...]:
    """« Reprendre à Q7 »: out of every page, back to the question."""
    place = view.conversation.place
    if isinstance(place, At) and place.question in view.flow.questions:
        label = view.words.word("resume_at", name=view.called(place.question, SHORT_TITLE))
        return (Button(label, Resumed()),)
    return (Button(view.words.word("resume"), Resumed()),)
