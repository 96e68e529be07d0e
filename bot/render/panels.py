"""The pages beside the conversation: help, examples, points, dossiers, documents… One function each."""

from collections.abc import Callable, Mapping

from bot.domain.agenda import NO_ANSWER
from bot.domain.closeness import shared, telling
from bot.domain.conversation import (
    ConsentGiven,
    ConsentWithdrawn,
    DossierArchived,
    DossierBegun,
    DossierDeleted,
    DossierOpened,
    PanelOpened,
    PassageKept,
    PersonDeleted,
    PointHandled,
    QuestionOpened,
    Rhythm,
    RhythmChosen,
    SheetRequested,
    StepOpened,
    TemplateRemoved,
    TemplateRequested,
)
from bot.domain.dignity import passages
from bot.domain.engine.documents import FROZEN, MESSAGE, SINCE
from bot.domain.engine.moving import HEADER
from bot.domain.flow import Question, Step, Years
from bot.render.cards import CHOSEN, resume_row, rhythm_rows
from bot.render.reply import Body, Button, Rows
from bot.render.view import View
from bot.render.words import shorten

LONGEST_LABEL = 40
MOST_EXAMPLES = 6
FORMATS = (
    ("show", "html"), ("work", "html"), ("show", "md"), ("work", "md"),
    ("show", "docx"), ("work", "docx"), ("work", "json"), ("work", "csv"),
    ("work", "png"), ("show", "first_page"), ("blank", "pdf"),
)  # fmt: skip


def panel(view: View, name: str, argument: str) -> Body:
    """The page of that name; an unknown one is the general help."""
    return PANELS.get(name, _help)(view, argument)


def _welcome(view: View, _: str) -> Body:
    word = view.words.word
    return Body(
        view.words.page("welcome"),
        (
            (Button(word("accept"), ConsentGiven()),),
            (
                Button(word("discover"), PanelOpened("discover")),
                Button(word("privacy"), PanelOpened("privacy")),
            ),
        ),
    )


def _discover(view: View, _: str) -> Body:
    word = view.words.word
    return Body(
        view.words.page("discover"),
        (
            (Button(word("accept"), ConsentGiven()),),
            (Button(word("privacy"), PanelOpened("privacy")),),
        ),
    )


def _privacy(view: View, _: str) -> Body:
    word, notice = view.words.word, view.notice
    text = view.words.page("privacy", notice=notice)
    if not view.conversation.consented:
        return Body(text, ((Button(word("accept"), ConsentGiven()),),))
    rows = (
        (Button(word("withdraw"), ConsentWithdrawn()),),
        (Button(word("delete_all"), PanelOpened("delete")),),
    )
    return Body(text, (*rows, _out(view)))


def _resume(view: View, _: str) -> Body:
    word = view.words.word
    text = view.words.page(
        "resume",
        name=view.project_name,
        settled=view.settled,
        total=len(view.flow.counted),
        noted="",
    )
    return Body(
        text,
        (
            resume_row(view),
            (
                Button(word("projects"), PanelOpened("projects")),
                Button(word("new_dossier"), DossierBegun()),
            ),
        ),
    )


def _projects(view: View, _: str) -> Body:
    word, conversation = view.words.word, view.conversation
    text = view.words.page("projects", dossiers=conversation.dossiers, current=conversation.dossier)
    rows: list[tuple[Button, ...]] = [
        (
            Button(
                shorten(one.name or word("unnamed_dossier"), LONGEST_LABEL),
                PanelOpened("project", str(one.id)),
            ),
        )
        for one in conversation.dossiers
    ]
    rows.append((Button(word("new_dossier"), DossierBegun()),))
    if conversation.dossier is not None:
        rows.append(resume_row(view))
    return Body(text, tuple(rows))


def _project(view: View, argument: str) -> Body:
    found = next((one for one in view.conversation.dossiers if str(one.id) == argument), None)
    if not found:
        return _projects(view, "")
    word = view.words.word
    archive = word("unarchive" if found.archived else "archive")
    rows: list[tuple[Button, ...]] = [
        (Button(word("open"), DossierOpened(found.id)),),
        (Button(archive, DossierArchived(found.id, not found.archived)),),
        (Button(word("delete_dossier"), PanelOpened("delete_dossier", argument)),),
        (Button(word("projects"), PanelOpened("projects")),),
    ]
    if found.id == view.conversation.dossier:
        rows[0] = resume_row(view)
        rows.insert(1, (Button(word("rename"), QuestionOpened(view.flow.roles.name)),))
    return Body(view.words.page("project", name=found.name, archived=found.archived), tuple(rows))


def _delete_dossier(view: View, argument: str) -> Body:
    found = next((one for one in view.conversation.dossiers if str(one.id) == argument), None)
    if not found:
        return _projects(view, "")
    word = view.words.word
    return Body(
        view.words.page("delete_dossier", name=found.name),
        (
            (Button(word("keep"), PanelOpened("project", argument)),),
            (Button(word("confirm_delete_dossier"), DossierDeleted(found.id)),),
        ),
    )


def _delete(view: View, _: str) -> Body:
    word = view.words.word
    return Body(
        view.words.page("delete", count=max(1, len(view.conversation.dossiers))),
        (
            _out(view, word("keep")),
            (Button(word("confirm_delete_all"), PersonDeleted()),),
        ),
    )


def _stale(view: View, argument: str) -> Body:
    question = view.flow.questions.get(argument)
    if not question:
        return _help(view, "")
    label = view.words.word("modify", name=shorten(view.called(argument), 24))
    text = view.words.page("stale", q=view.called(argument), answer=view.answered(question))
    return Body(text, ((Button(label, QuestionOpened(argument)),), resume_row(view)))


def _help(view: View, argument: str) -> Body:
    question = view.flow.questions.get(argument)
    if not question:
        return Body(view.words.page("help", question=""), (_out(view),))
    wording = view.wording
    text = view.words.page(
        "help",
        question=argument,
        ask=wording.ask(question),
        seeks=wording.text(question.seeks),
        options=[] if question.buttons else wording.choices(question),
        rich=[wording.text(one.text) for one in question.rich],
    )
    return Body(text, (resume_row(view),))


def _examples(view: View, argument: str) -> Body:
    question = view.flow.questions.get(argument)
    if not question:
        return _help(view, "")
    library = tuple(view.cases.values())
    told = telling(view.flow, view.agenda.read, question, library)[:MOST_EXAMPLES]
    mentions = [
        {"title": view.cases[one.case].title if one.case in view.cases else "", "shows": one.shows}
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


def _case(view: View, argument: str) -> Body:
    """« En savoir plus »: one cooperation, and the way back to the examples it came from."""
    number, _, question = argument.partition(":")
    case = view.cases.get(int(number)) if number.isascii() and number.isdigit() else None
    if not case:
        return _help(view, "")
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


def _missing(view: View, _: str) -> Body:
    by_step: dict[str, list[str]] = {}
    buttons: list[Button] = []
    for item in view.agenda.untold():
        step = view.flow.step_of.get(item.question)
        parent = view.flow.questions.get(view.flow.parents.get(item.question, ""))
        if item.telling or (parent and parent.kind != "territories"):
            continue
        title = step.title if step else view.words.word("your_project")
        question = view.flow.questions[item.question]
        by_step.setdefault(title, []).append(view.wording.title(question))
        if view.flow.number(item.question):
            buttons.append(Button(view.name(item.question), QuestionOpened(item.question)))
    items = [{"title": title, "questions": questions} for title, questions in by_step.items()]
    deep = view.conversation.rhythm is Rhythm.IN_DEPTH
    return Body(
        view.words.page("missing", items=items, deep=deep), (*_grid(buttons, 5), resume_row(view))
    )


def _vigilance(view: View, _: str) -> Body:
    word, points = view.words.word, view.points
    text = view.words.page(
        "vigilance",
        strengths=view.some_strengths(3),
        first=[view.point(one) for one in points.first],
        following=[view.point(one) for one in points.following],
        handled=_handled(view),
    )
    rows: list[tuple[Button, ...]] = [
        (
            Button(
                shorten(word("handled_point", name=one.rule.title), LONGEST_LABEL),
                PanelOpened("point", one.rule.id),
            ),
        )
        for one in points.first
    ]
    if view.conversation.handled:
        rows += [
            (
                Button(
                    shorten(view.flow.rules_by_id[one].title, LONGEST_LABEL),
                    PanelOpened("point", one),
                ),
            )
            for one in view.conversation.handled
            if one in view.flow.rules_by_id
        ]
    rows.append((Button(word("ideas"), PanelOpened("ideas")),))
    return Body(text, (*rows, resume_row(view)))


def _handled(view: View) -> list[dict[str, str]]:
    """What was said of each point; « réglé » once no answer raises it any more."""
    word, raised = view.words.word, {one.rule.id for one in view.raised}
    said = []
    for rule, one in view.conversation.handled.items():
        if rule in view.flow.rules_by_id:
            plan = ", ".join(part for part in (one.what, one.who, one.when) if part)
            title = view.flow.rules_by_id[rule].title
            how = word(one.how if rule in raised else "settled")
            said.append({"title": title, "how": how, "plan": shorten(plan, 200)})
    return said


def _point(view: View, argument: str) -> Body:
    raised = next((one for one in view.raised if one.rule.id == argument), None)
    rule = view.flow.rules_by_id.get(argument)
    if not rule:
        return _vigilance(view, "")
    word = view.words.word
    shown = [view.point(raised)] if raised else []
    text = view.words.page("one_point", points=shown, title=rule.title)
    if argument in view.conversation.handled:
        rows: Rows = ((Button(word("unhandle"), PointHandled(argument, "")),),)
    else:
        rows = (
            (
                Button(word("done"), PointHandled(argument, "done")),
                Button(word("planned"), PointHandled(argument, "planned")),
            ),
            (Button(word("not_for_us"), PointHandled(argument, "not_for_us")),),
        )
    return Body(
        text, (*rows, (Button(word("vigilance"), PanelOpened("vigilance")),), resume_row(view))
    )


def _ideas(view: View, argument: str) -> Body:
    """Ideas of one step at a time: all of them would not fit on a phone."""
    word = view.words.word
    by_step: dict[str, list[dict[str, object]]] = {}
    for one in view.points.ideas:
        home = next((s.id for s in view.flow.steps if _holds(view, s, one.number)), "")
        by_step.setdefault(home, []).append(view.point(one))
    chosen = argument if argument in by_step else next(iter(by_step), "")
    titles = {one: _step_title(view, one) for one in by_step}
    steps = [{"title": titles[chosen], "points": by_step[chosen]}] if by_step else []
    others = [
        (Button(shorten(title, LONGEST_LABEL), PanelOpened("ideas", one)),)
        for one, title in titles.items()
        if one != chosen
    ]
    row = (Button(word("vigilance"), PanelOpened("vigilance")),)
    return Body(view.words.page("ideas", steps=steps), (*others, row, resume_row(view)))


def _step_title(view: View, step: str) -> str:
    found = view.flow.step(step)
    return found.title if found else view.words.word("your_project")


def _holds(view: View, step: Step, number: int) -> bool:
    return any(view.flow.number(question.id) == number for question in step.questions)


def _plan(view: View, argument: str) -> Body:
    part, _, awaited = view.conversation.awaiting.partition(":")
    rule = view.flow.rules_by_id.get(awaited)
    if not rule:
        return _point(view, argument)
    text = view.words.page(
        "plan", title=rule.title, first_step=view.wording.text(rule.first_step), part=part
    )
    return Body(
        text, ((Button(view.words.word("skip"), PanelOpened("vigilance")),), resume_row(view))
    )


def _modify(view: View, argument: str) -> Body:
    word = view.words.word
    step = view.flow.step(argument)
    if argument not in (HEADER, "") and not step:
        argument = ""
    if not argument:
        rows: list[tuple[Button, ...]] = [
            (
                Button(
                    word("of_step", number=s.number, title=shorten(s.title, 30)),
                    PanelOpened("modify", s.id),
                ),
            )
            for s in view.flow.steps
            if not s.annex
        ]
        rows.insert(0, (Button(word("header"), PanelOpened("modify", HEADER)),))
        rows += [
            (Button(shorten(s.title, LONGEST_LABEL), PanelOpened("modify", s.id)),)
            for s in view.flow.steps
            if s.annex
        ]
        return Body(view.words.page("modify", step="", answers=[]), (*rows, resume_row(view)))
    questions = [
        one
        for root in (step.ordered() if step else view.flow.identity)
        for one in ((root,) if root.kind != "territories" else root.details)
        if view.agenda.asked(one.id)
    ]
    details = [
        one
        for root in (step.ordered() if step else ())
        for one in root.details
        if view.agenda.asked(one.id)
    ]
    answers = [_reread(view, one) for root in questions for one in (root, *_under(root, details))]
    buttons = [Button(shorten(view.name(one.id), 28), QuestionOpened(one.id)) for one in questions]
    closed = [Button(shorten(view.name(one.id), 28), QuestionOpened(one.id)) for one in details]
    title = step.title if step else word("header")
    wide = 4 if step else 2
    return Body(
        view.words.page("modify", step=title, answers=answers),
        (
            *_grid(buttons, wide),
            *_grid(closed, 1),
            (Button(word("back"), PanelOpened("modify")),),
            resume_row(view),
        ),
    )


def _under(root: Question, details: list[Question]) -> list[Question]:
    return [one for one in details if one in root.details]


def _reread(view: View, question: Question) -> dict[str, str]:
    """One answer to reread: options, then the beginning of what was written."""
    answer = view.conversation.answers.get(question.id, NO_ANSWER)
    name, title = view.name(question.id), view.wording.title(question)
    said = [view.answered(question)]
    if answer.options and answer.fragments:
        said.append(shorten(" ".join(answer.text.split()), 160))
    return {
        "name": name,
        "title": "" if name == title else title,
        "answer": " · ".join(one for one in said if one),
    }


def _steps(view: View, _: str) -> Body:
    word = view.words.word
    useful = [s for s in view.flow.stages.get(view.stage, ()) if not _given(view, s)]
    best = view.flow.step_of.get(useful[0]) if useful else None
    walked = [step for step in view.flow.steps if not step.annex]
    lines = [
        {
            "number": step.number,
            "title": step.title,
            "settled": sum(_given(view, one.id) for one in step.questions),
            "total": len(step.questions),
        }
        for step in walked
    ]
    walked.sort(key=lambda step: step is not best)
    rows: list[tuple[Button, ...]] = [
        (
            Button(
                word("of_step", number=step.number, title=shorten(step.title, 30)),
                StepOpened(step.id),
            ),
        )
        for step in walked
    ]
    rows.append((Button(word("header"), StepOpened(HEADER)),))
    rows += [
        (Button(shorten(step.title, LONGEST_LABEL), StepOpened(step.id)),)
        for step in view.flow.steps
        if step.annex
    ]
    return Body(view.words.page("steps", steps=lines), (*rows, resume_row(view)))


def _given(view: View, question: str) -> bool:
    return view.conversation.answers.get(question, NO_ANSWER).given


def _rhythm(view: View, _: str) -> Body:
    rows = []
    for (button,) in rhythm_rows(view):
        if not isinstance(button.event, RhythmChosen):
            continue
        current = button.event.rhythm is view.conversation.rhythm
        rows.append(
            (Button(f"{button.label} {CHOSEN}" if current else button.label, button.event),)
        )
    return Body(view.words.page("rhythm", name=view.project_name), (*rows, resume_row(view)))


def _export(view: View, _: str) -> Body:
    word = view.words.word
    rows = (
        (Button(word("show_pdf"), SheetRequested("show", "pdf")),),
        (Button(word("work_pdf"), SheetRequested("work", "pdf")),),
        (Button(word("show_message"), SheetRequested("show", MESSAGE)),),
        (Button(word("work_message"), SheetRequested("work", MESSAGE)),),
        (
            Button(word("other_formats"), PanelOpened("formats")),
            Button(word("header"), StepOpened(HEADER)),
        ),
        (Button(word("versions"), PanelOpened("versions")),),
    )
    return Body(view.words.page("export"), (*rows, resume_row(view)))


def _versions(view: View, _: str) -> Body:
    word = view.words.word
    rows = (
        (Button(word("freeze"), SheetRequested(FROZEN, MESSAGE)),),
        (Button(word("since_pdf"), SheetRequested(SINCE, "pdf")),),
        (Button(word("sheet"), PanelOpened("export")),),
    )
    return Body(view.words.page("versions"), (*rows, resume_row(view)))


def _share(view: View, _: str) -> Body:
    """The first page as a message to forward; a step that could expose people stays here."""
    strengths = view.some_strengths(1)
    first = next(iter(view.points.first), None)
    safe = first and not first.rule.harm
    text = view.words.page(
        "share",
        name=view.project_name,
        sentence=view.sentence,
        strength=strengths[0] if strengths else None,
        next_step=view.wording.text(first.rule.first_step) if first and safe else "",
        date=view.date,
    )
    return Body(text, (resume_row(view),))


def _formats(view: View, _: str) -> Body:
    word = view.words.word
    buttons = [
        Button(word(f"{document}_{form}"), SheetRequested(document, form))
        for document, form in FORMATS
        if form in view.formats
    ]
    own = ((Button(word("template"), PanelOpened("template")),),) if "docx" in view.formats else ()
    return Body(view.words.page("formats"), (*_grid(buttons, 2), *own, resume_row(view)))


def _template(view: View, _: str) -> Body:
    word, kept = view.words.word, view.conversation.template
    rows: Rows = (
        (
            Button(word("template_show"), SheetRequested("show", "docx")),
            Button(word("template_work"), SheetRequested("work", "docx")),
        ),
        (
            Button(word("template_own"), TemplateRequested(True)),
            Button(word("template_remove"), TemplateRemoved()),
        ),
    )
    sample = (Button(word("template_sample"), TemplateRequested(False)),)
    text = view.words.page("template", kept=kept)
    return Body(text, (*(rows if kept else ()), sample, resume_row(view)))


def _header(view: View, argument: str) -> Body:
    word = view.words.word
    document, _, form = argument.partition(":")
    return Body(
        view.words.page("header"),
        (
            (Button(word("complete_now"), StepOpened(HEADER)),),
            (Button(word("send_as_is"), SheetRequested(document or "show", form or "pdf")),),
        ),
    )


def _dignity(view: View, argument: str) -> Body:
    """A passage that may point at somebody: kept or reworded, one after the other."""
    word, conversation = view.words.word, view.conversation
    document, _, form = argument.partition(":")
    found = passages(view.flow, conversation.answers)
    left = [one for one in found if one.key not in conversation.reread]
    if not left:
        return _export(view, "")
    first = left[0]
    text = view.words.page(
        "dignity", name=view.name(first.question), passage=first, others=len(left) - 1
    )
    rows: list[tuple[Button, ...]] = [
        (
            Button(word("keep_passage"), PassageKept(first.key, document, form)),
            Button(word("reword"), QuestionOpened(first.question, True)),
        )
    ]
    if len(left) > 1:
        rows.append((Button(word("keep_all"), PassageKept("", document, form)),))
    return Body(text, (*rows, resume_row(view)))


def _pause(view: View, _: str) -> Body:
    return Body(view.words.page("pause"), (resume_row(view),))


def _out(view: View, label: str = "") -> tuple[Button, ...]:
    """The way out of a page, with or without a dossier in hand."""
    if view.conversation.consented and view.conversation.dossier is not None:
        (button,) = resume_row(view)
        return (Button(label or button.label, button.event),)
    if view.conversation.consented:
        return (Button(label or view.words.word("projects"), PanelOpened("projects")),)
    return (Button(view.words.word("accept"), ConsentGiven()),)


def _grid(buttons: list[Button], wide: int) -> Rows:
    return tuple(tuple(buttons[at : at + wide]) for at in range(0, len(buttons), wide))


PANELS: Mapping[str, Callable[[View, str], Body]] = {
    "welcome": _welcome,
    "discover": _discover,
    "privacy": _privacy,
    "resume": _resume,
    "projects": _projects,
    "project": _project,
    "delete_dossier": _delete_dossier,
    "delete": _delete,
    "stale": _stale,
    "help": _help,
    "examples": _examples,
    "case": _case,
    "missing": _missing,
    "vigilance": _vigilance,
    "point": _point,
    "ideas": _ideas,
    "plan": _plan,
    "modify": _modify,
    "steps": _steps,
    "rhythm": _rhythm,
    "export": _export,
    "formats": _formats,
    "versions": _versions,
    "share": _share,
    "template": _template,
    "header": _header,
    "dignity": _dignity,
    "pause": _pause,
}
