"""A dossier as it stands -> its sheet (method.md §3.3). The layout says what goes where."""

import datetime
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from bot.domain import dossier, vigilance
from bot.domain import strengths as solid
from bot.domain.conditions import compared, parse, quoted
from bot.domain.conversation import FROM_ROOM, Attachment, Conversation
from bot.domain.flow import Case, Flow, Rule, Step, Strength
from bot.domain.photos import caption, ticked
from bot.domain.reading import role, stage
from bot.domain.sentence import sentence
from bot.domain.sheet import beside
from bot.domain.sheet.answers import NO_ANSWER, Answers, printable, without_annex
from bot.domain.sheet.changes import Changes, Since
from bot.domain.sheet.clean import excerpt, line
from bot.domain.sheet.layout import Layout, Part, Plan, Row, plain_layout
from bot.domain.sheet.model import (
    SINCE,
    Action,
    Because,
    DocumentKind,
    Entry,
    FirstRow,
    Glance,
    Group,
    Item,
    Knot,
    Open,
    Photo,
    Point,
    Section,
    Sheet,
    Solid,
    Territory,
    Voices,
)
from bot.domain.sheet.neighbours import neighbours
from bot.domain.sheet.shorten import within
from bot.domain.sheet.voices import voices
from bot.domain.vigilance import Points, Raised
from bot.domain.wording import Wording

# Characters: the first page is one page, the detail of the document to show two at most.
FIRST_PAGE_TEXT = 260  # in one answer of the first page
FIRST_PAGE_ROOM = 1150  # in all of them
DETAIL_ROOM = 5000
PHOTOS_ROOM = 1800  # what photos take of it, few and large or many and small
FIRST_PAGE_ITEMS = 3
GLANCE_TEXT = 300
CAPTION = 300


def build(
    flow: Flow,
    conversation: Conversation,
    *,
    layout: Layout | None = None,
    cases: Sequence[Case] = (),
    date: str | datetime.date = "",
    version: int = 1,
    document: DocumentKind = "work",
    include_annex: bool = False,
    ideas: bool = False,
    including: Container[str] = (),
    without: Container[str] = (),
    since: Since | None = None,
    pictures: Mapping[Attachment, bytes] | None = None,
) -> Sheet:
    """The sheet of a dossier.

    `ideas`: with the points of level info. For the document to show, `including` are the points that
    may hurt people and were ticked all the same, `without` the points and strengths unticked.
    `since`: with what changed since a version, on the working document. `pictures`: the photos that can
    be printed (bare attachment -> JPEG); without it, those ticked are only named.
    """
    conversation = dossier.as_retained(flow, conversation)
    kept = conversation if include_annex else without_annex(flow, conversation)
    building = _Building(flow, kept, layout or plain_layout(flow), cases, document)
    sections = tuple(building.sections(ideas=ideas, annex=include_annex))
    if since and document == "work":
        changed = Section(SINCE, "", "answers", building.changed(since.changes))
        sections = (changed, *sections)
    return Sheet(
        document=document,
        title=building.written(flow.roles.name),
        sentence=building.sentence,
        territories=building.territories,
        date=date if isinstance(date, str) else date.isoformat(),
        version=version,
        language=flow.language,
        first_page=tuple(building.first_page(including, without)),
        compass=tuple(building.compass()),
        sections=sections,
        glance=building.glance,
        since=(since.number, since.date) if since and document == "work" else None,
        shortened=building.shortened,
        photos=tuple(building.photos(pictures)),
        called=building.wording.text(building.layout.title),
        flow=flow,
        conversation=kept,
    )


class _Building:
    def __init__(
        self,
        flow: Flow,
        conversation: Conversation,
        layout: Layout,
        cases: Sequence[Case],
        document: DocumentKind,
    ) -> None:
        self.flow = flow
        self.given = conversation  # as it was written
        self.layout = layout
        self.cases = cases
        self.show = document == "show"
        self.conversation = printable(conversation)
        self.read = dossier.read(flow, self.conversation, complete=True)
        self.wording = Wording(flow, self.conversation.answers, self.read)
        self.shortened = False  # known once the sections are made
        apart = {one.id for plan in layout.sections for one in plan.parts if not one.brief}
        self.answers = Answers(self.wording, self.read, show=self.show, apart=apart)

    # --- the header ----------------------------------------------------------------------------

    def written(self, question: str) -> str:
        return line(self.conversation.answers.get(question, NO_ANSWER).text)

    @cached_property
    def sentence(self) -> str:
        """The project in one sentence: the group's own, else the one that the answers make.

        A dossier that says nothing yet has none.
        """
        own = self.written(self.flow.roles.sentence)
        named = self.flow.first_page.questions if self.flow.first_page else ()
        if own or not any(self.flow.number(one) and one in self.read.options for one in named):
            return own
        return line(
            sentence(
                self.flow,
                self.read,
                stage=self.stage,
                values={"name": self.written(self.flow.roles.name)},
                words=self.wording.text,
            )
        )

    @cached_property
    def territories(self) -> tuple[Territory, ...]:
        roles, wording = self.flow.roles, self.wording
        sides = [(wording.here, roles.here_country)]
        if not wording.alone:
            sides.append((wording.there, roles.there_country))
        return tuple(
            Territory(place.name, next(iter(self._country(country)), ""))
            for place, country in sides
            if place
        )

    def _country(self, question: str) -> tuple[str, ...]:
        return self.answers.words(question) if question in self.flow.questions else ()

    # --- points --------------------------------------------------------------------------------

    @cached_property
    def stage(self) -> str:
        return stage(self.flow, self.conversation.answers)

    @cached_property
    def raised(self) -> tuple[Raised, ...]:
        return vigilance.raised(self.flow, self.read)

    @cached_property
    def points(self) -> Points:
        return vigilance.points(
            self.flow,
            self.raised,
            role=role(self.flow, self.conversation.answers),
            stage=self.stage,
            handled=self.conversation.handled,
        )

    @cached_property
    def strengths(self) -> tuple[Strength, ...]:
        handled = self.conversation.handled
        return solid.strengths(self.flow, self.read, self.raised, stage=self.stage, handled=handled)

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """What the group took on, in the order in which it did."""
        still = {one.rule.id for one in self.raised}
        return tuple(
            Action(
                rule=key,
                title=self.wording.text(rule.title) if rule else one.what or key,
                first_step=self.wording.text(rule.first_step) if rule else "",
                how=one.how,
                what=one.what if rule else "",
                who=one.who,
                when=one.when,
                settled=key not in still and not key.startswith(FROM_ROOM),
            )
            for key, one in self.conversation.handled.items()
            if one.how != "not_for_us"
            for rule in (self.flow.rules_by_id.get(key),)
        )

    def changed(self, changes: Changes) -> tuple[Group, ...]:
        """What was added, reworded, taken away; the points settled and the new ones."""
        groups = (
            Group(tuple(self._asked(changes.added)), "added"),
            Group(tuple(self._asked(changes.reworded)), "reworded"),
            Group(tuple(self._asked(changes.removed)), "removed"),
            Group(tuple(self._named(changes.settled)), "settled"),
            Group(tuple(self._named(changes.raised)), "raised"),
        )
        return tuple(group for group in groups if group.items)

    def _asked(self, questions: Sequence[str]) -> Iterator[Entry]:
        """Answers as they stand now; of one taken away, its question alone. Annexes as elsewhere."""
        for one in questions:
            found = self.flow.questions.get(one)
            step = self.flow.step_of.get(one)
            if found and (not step or not step.annex or one in self.conversation.answers):
                label = self.wording.text(found.sheet or found.title or found.ask)
                yield self.answers.entry(Part(one, alone=True)) or Entry(one, "", (label,))

    def _named(self, rules: Sequence[str]) -> Iterator[Entry]:
        for one in rules:
            if rule := self.flow.rules_by_id.get(one):
                yield Entry(one, "", (self.wording.text(rule.title),))

    # --- photos --------------------------------------------------------------------------------

    @property
    def detail_room(self) -> int:
        """Photos and detail share two pages."""
        pictured = any(True for _ in ticked(self.flow, self.given))
        return DETAIL_ROOM - PHOTOS_ROOM * pictured

    def photos(self, pictures: Mapping[Attachment, bytes] | None) -> Iterator[Photo]:
        for question, answer, photo in ticked(self.flow, self.given):
            step = self.flow.step_of.get(question)
            inside = step and step.annex and question not in self.given.answers
            content = b"" if pictures is None else pictures.get(photo.bare, b"")
            if not inside and (content or pictures is None):
                told = excerpt(line(caption(answer, photo)), CAPTION)
                yield Photo(
                    question, self.wording.title(self.flow.questions[question]), told, content
                )

    # --- the first page ------------------------------------------------------------------------

    def first_page(self, including: Container[str], without: Container[str]) -> Iterator[FirstRow]:
        """Its rows, in order; an empty one vanishes."""
        rows = [
            row
            for row in self.layout.first_page
            if self.show and (not row.when or parse(row.when).holds(self.read))
        ]
        found = [self._first_items(row, including, without) for row in rows]
        told = [at for at, row in enumerate(rows) if row.kind == "answers"]
        for at, kept in zip(
            told, _fitted([found[at] for at in told], FIRST_PAGE_ROOM), strict=True
        ):
            found[at] = kept
        for row, items in zip(rows, found, strict=True):
            if items:
                yield FirstRow(row.id, self.wording.text(row.title), row.kind, items, row.beside)

    def _first_items(
        self, row: Row, including: Container[str], without: Container[str]
    ) -> tuple[Item, ...]:
        match row.kind:
            case "answers":
                brief = (replace(part, brief=True) for part in row.parts)
                return self.answers.entries(brief, most=FIRST_PAGE_TEXT)
            case "ask":
                return self.answers.entries(row.parts)
            case "strengths":
                kept = [one for one in self.strengths if one.id not in without]
                chosen = solid.pick(self.flow, kept, FIRST_PAGE_ITEMS)
                return tuple(self._solid(one) for one in chosen)
            case "settling":
                shown = (one for one in self.actions if self._settling(one, including, without))
                return tuple(shown)[:FIRST_PAGE_ITEMS]

    def _settling(self, action: Action, including: Container[str], without: Container[str]) -> bool:
        """Accepted, under way, and not about people who could be hurt unless that was ticked."""
        rule = self.flow.rules_by_id.get(action.rule)
        if not rule or action.how != "planned" or action.settled or rule.id in without:
            return False
        return not rule.harm or rule.id in including

    @property
    def glance(self) -> Glance:
        best = solid.pick(self.flow, self.strengths, 1)
        safe = (one.rule.first_step for one in self.points.first if not one.rule.harm)
        step = next((one for one in safe if one), "")
        phrase = self.wording.text(best[0].phrase) if best else ""
        return Glance(
            excerpt(self.sentence, GLANCE_TEXT),
            phrase,
            "" if phrase else ", ".join(self._goals),
            self.wording.text(step),
            "" if step else self._next_useful,
        )

    @property
    def _goals(self) -> tuple[str, ...]:
        """What the first page asks first of the method's own questions: what one wants to change."""
        page = self.flow.first_page
        asked = [one for one in page.questions if self.flow.number(one)] if page else []
        return self.answers.words(asked[0]) if asked and asked[0] in self.read.options else ()

    @property
    def _next_useful(self) -> str:
        useful = (one for one in self.flow.stages.get(self.stage, ()))
        left = next((one for one in useful if one not in self.read.options), "")
        return self.wording.ask(self.flow.questions[left]) if left else ""

    # --- the compass ---------------------------------------------------------------------------

    def compass(self) -> Iterator[Knot]:
        for step in self.flow.steps:
            if not step.annex:
                yield self._knot(step)

    def _knot(self, step: Step) -> Knot:
        total = len(step.questions)
        answered = sum(one.id in self.read.options for one in step.questions)
        return Knot(
            number=step.number,
            title=step.title,
            answered=answered,
            total=total,
            progress="empty" if not answered else "full" if answered == total else "begun",
            first=self._count(self.points.first, step),
            following=self._count(self.points.following, step),
            judged=bool(self.flow.rules),
        )

    def _count(self, points: Sequence[Raised], step: Step) -> int:
        return sum(vigilance.is_in(self.flow, one.number, step.id) for one in points)

    # --- the sections --------------------------------------------------------------------------

    def sections(self, *, ideas: bool, annex: bool) -> Iterator[Section]:
        for plan in self.layout.sections:
            if self._left_out(plan, ideas=ideas, annex=annex):
                continue
            groups = tuple(group for group in self._groups(plan) if group.items)
            empty = "" if groups or self.show else self.wording.text(plan.empty)
            if groups or empty:
                kind = "points" if plan.kind == "paths" else plan.kind
                yield Section(plan.id, self.wording.text(plan.title), kind, groups, empty)

    def _left_out(self, plan: Plan, *, ideas: bool, annex: bool) -> bool:
        if self.show and (plan.annex or not plan.detail):
            return True
        return (plan.annex and not annex) or (plan.kind == "ideas" and not ideas)

    def _groups(self, plan: Plan) -> tuple[Group, ...]:
        if plan.kind == "answers":
            return (Group(self._entries[plan.id]),)
        if plan.kind in ("choices", "figures", "ratings"):
            return (Group(tuple(self._beside(plan))),)
        return self._made[plan.kind]()

    def _beside(self, plan: Plan) -> Iterator[Entry]:
        columns = [self.wording.text(one) for one in plan.columns]
        match plan.kind:
            case "choices":
                return beside.choices(self.answers, plan.parts)
            case "figures":
                return beside.figures(self.answers, columns)
            case _:
                together = self.conversation.together
                return beside.ratings(self.answers, columns, plan.parts, together)

    @cached_property
    def _entries(self) -> Mapping[str, tuple[Item, ...]]:
        """What was answered, section by section; shortened for a third party."""
        plans = [one for one in self.layout.sections if one.kind == "answers"]
        if self.show:
            plans = [one for one in plans if one.detail]
        found: list[tuple[Item, ...]] = [self.answers.entries(one.parts) for one in plans]
        kept = _fitted(found, self.detail_room) if self.show else found
        self.shortened = kept != found
        return {plan.id: items for plan, items in zip(plans, kept, strict=True)}

    @cached_property
    def _made(self) -> Mapping[str, Callable[[], tuple[Group, ...]]]:
        return {
            "strengths": lambda: (Group(tuple(self._solid(one) for one in self.strengths)),),
            "points": lambda: (
                Group(tuple(self._point(one) for one in self.points.first), "first"),
                Group(tuple(self._point(one) for one in self.points.following), "following"),
            ),
            "plan": lambda: (Group(self.actions),),
            "voices": lambda: (Group(tuple(self._voices())),),
            "open": lambda: tuple(self._open()),
            "cases": lambda: (Group(self._neighbours()),),
            "ideas": lambda: (Group(tuple(self._point(one) for one in self.points.ideas)),),
            "paths": lambda: (Group(tuple(self._paths())),),
            "other_version": lambda: (Group(self.answers.other_version()),),
        }

    def _voices(self) -> Iterator[Voices]:
        if together := self.given.together:
            here, there = self.wording.here, self.wording.there
            places = (here.name if here else "", there.name if there else "")
            yield from voices(self.answers, together, places)

    def _paths(self) -> Iterator[Point]:
        """Every point to work on, and not the first ones alone; those taken on are in the plan."""
        handled = self.conversation.handled
        return (
            self._point(one)
            for one in self.raised
            if one.level != "info" and one.rule.id not in handled
        )

    def _solid(self, strength: Strength) -> Solid:
        say = self.wording.text
        return Solid(strength.id, say(strength.title), say(strength.phrase), say(strength.why))

    def _point(self, raised: Raised) -> Point:
        """A cross rule without a reason of its own borrows that of the first point it speaks for."""
        rule, say = raised.rule, self.wording.text
        spoken = [self.flow.rules_by_id[one] for one in rule.refers if one in self.flow.rules_by_id]
        family: list[Rule] = [rule, *spoken]
        seen = next((one.cases for one in family if one.cases), ())
        return Point(
            id=rule.id,
            title=say(rule.title),
            advice=say(rule.advice),
            because=tuple(self._because(raised)),
            risk=say(next((one.why for one in family if one.why), "")),
            first_step=say(next((one.first_step for one in family if one.first_step), "")),
            seen=tuple(case.title for case in self.cases if case.number in seen),
        )

    def _because(self, raised: Raised) -> Iterator[Because]:
        """What was answered that raises the point: the options that it names, no others. Where it
        comes from a difference, what each side said."""
        sides = compared(raised.condition)
        for question, options in quoted(raised.condition, self.read).items():
            if asked := self.flow.questions.get(question):
                title = self.wording.title(asked)
                said = tuple(self._compared(question)) if question in sides else ()
                for place, words in said:
                    yield Because(f"{title} ({place})", words)
                if not said:
                    yield Because(title, self.answers.words(question, only=options))

    def _compared(self, question: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(« Thiès », what that side answers)."""
        together = self.conversation.together
        for side in dossier.SIDES if together and not self.show else ():
            voice = dossier.of_side(together, question, side, common=True) if together else None
            if voice:
                words = self.answers.chosen(question, voice.answer)
                place = self.wording.text("{ici}" if side == dossier.HOME else "{la_bas}")
                yield line(place), words or (excerpt(line(voice.answer.text), 80),)

    def _open(self) -> Iterator[Group]:
        """Step by step: questions left empty, and those whose answer waits."""
        empty = {one.question for one in vigilance.open_questions(self.flow, self.read)}
        for step in self.flow.steps:
            leaves = [leaf for one in step.questions for leaf in (one, *one.details)]
            wanted = [
                leaf.id
                for leaf in leaves
                if leaf.id in empty
                or (leaf.id in self.read.options and self.answers.waiting(leaf.id))
            ]
            if wanted and not step.annex:
                yield Group(tuple(self._open_one(one) for one in wanted), title=step.title)

    def _open_one(self, question: str) -> Open:
        found = self.flow.questions[question]
        said = self.answers.words(question)
        return Open(question, self.wording.title(found), self.wording.ask(found), said)

    def _neighbours(self) -> tuple[Item, ...]:
        shown = (*self.points.first, *self.points.following)
        return neighbours(
            self.flow,
            self.read,
            self.cases,
            fragile={question for one in shown for question in one.questions},
            say=self._say,
        )

    def _say(self, question: str, option: str) -> str:
        found = self.flow.questions[question]
        return self.wording.answer(found, option) if option else self.wording.title(found)


def _fitted(groups: Sequence[tuple[Item, ...]], room: int) -> list[tuple[Item, ...]]:
    """Groups of items whose texts share the room there is."""
    entries = [one for items in groups for one in items if isinstance(one, Entry)]
    cut = iter(within(entries, room))
    return [
        tuple(next(cut) if isinstance(one, Entry) else one for one in items) for items in groups
    ]
