"""Points of vigilance: those shown, one of them, ideas, the action plan’s questions."""

from bot.domain.conversation import (
    FROM_ROOM,
    Handling,
    PanelOpened,
    PointHandled,
)
from bot.domain.flow import Step
from bot.render.cards import resume_row
from bot.render.reply import Body, Button, Rows
from bot.render.view import View
from bot.render.words import shorten

LONGEST_LABEL = 40


def vigilance(view: View, _: str) -> Body:
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
                    shorten(_title(view, rule, one), LONGEST_LABEL),
                    PanelOpened("point", rule),
                ),
            )
            for rule, one in view.conversation.handled.items()
        ]
    rows.append((Button(word("ideas"), PanelOpened("ideas")),))
    return Body(text, (*rows, resume_row(view)))


def _handled(view: View) -> list[dict[str, str]]:
    """What was said of each point; « réglé » once no answer raises it any more."""
    word, raised = view.words.word, {one.rule.id for one in view.raised}
    said = []
    for rule, one in view.conversation.handled.items():
        standing = rule in raised or rule.startswith(FROM_ROOM)
        how = word(one.how if standing else "settled")
        title, plan = _title(view, rule, one), _plan(view, rule, one)
        said.append({"title": title, "how": how, "plan": shorten(plan, 200)})
    return said


def _title(view: View, rule: str, handled: Handling) -> str:
    """Of a point; what a room decided is called by what it is."""
    found = view.flow.rules_by_id.get(rule)
    return found.title if found else shorten(handled.what or rule, 200)


def _plan(view: View, rule: str, handled: Handling) -> str:
    what = handled.what if rule in view.flow.rules_by_id else ""
    return ", ".join(part for part in (what, handled.who, handled.when) if part)


def point(view: View, argument: str) -> Body:
    raised = next((one for one in view.raised if one.rule.id == argument), None)
    rule, handled = view.flow.rules_by_id.get(argument), view.conversation.handled.get(argument)
    word = view.words.word
    if not rule and handled:
        title, plan = _title(view, argument, handled), _plan(view, argument, handled)
        back = (Button(word("vigilance"), PanelOpened("vigilance")),)
        said = view.words.page("one_point", points=[], title=title, plan=plan or word(handled.how))
        return Body(
            said, ((Button(word("unhandle"), PointHandled(argument, "")),), back, resume_row(view))
        )
    if not rule:
        return vigilance(view, "")
    shown = [view.point(raised)] if raised else []
    text = view.words.page("one_point", points=shown, title=rule.title, plan="")
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


def ideas(view: View, argument: str) -> Body:
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


def plan(view: View, argument: str) -> Body:
    part, _, awaited = view.conversation.awaiting.partition(":")
    rule = view.flow.rules_by_id.get(awaited)
    if not rule:
        return point(view, argument)
    text = view.words.page(
        "plan", title=rule.title, first_step=view.wording.text(rule.first_step), part=part
    )
    return Body(
        text, ((Button(view.words.word("skip"), PanelOpened("vigilance")),), resume_row(view))
    )
