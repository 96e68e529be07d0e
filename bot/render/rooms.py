"""What a workshop shows: a phone's card, the facilitator's pages. The wall reads the same views.

Texts are templates of `chat/room_*.j2`; no name of anyone is ever at hand here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.domain.conversation import Resumed, Say, Toast
from bot.domain.engine.sharing import LINK
from bot.domain.flow import Flow
from bot.domain.flows import Flows
from bot.domain.workshop import desk as rules
from bot.domain.workshop.effects import KeepLink, OfferDossier, RoomSpoken, SendPapers
from bot.domain.workshop.events import (
    AllApproved,
    AnswerAdopted,
    DeskOpened,
    GivenApproved,
    LinkIssued,
    MembersAllowed,
    MembershipWanted,
    OptionKept,
    PapersWanted,
    PointPut,
    QuestionClosed,
    QuestionOpenedToRoom,
    QuestionPicked,
    QuestionProlonged,
    RoomOpened,
    ScreenBlackened,
    SeatLeft,
    SeatTaken,
    SetChosen,
    SettingChosen,
    TallyShown,
    VoteGiven,
    WordsAwaited,
    WordsPicked,
    WordsTakenBack,
    WorkshopFinished,
)
from bot.domain.workshop.state import SIDES, Action, Given, Outcome, Phase, Room
from bot.domain.workshop.tally import Tally, presence, tally
from bot.render.reply import Body, Button, Reply, Rows, Wanted
from bot.render.view import EMPTY, FULL
from bot.render.words import Vocabulary, Words, shorten

ON, OFF = "●", "○"
BAR, SMALL_BAR = 10, 8
LONGEST_LABEL = 40
LONGEST_IDEA = 140  # of a contribution in a list; the whole is in its own page
LONGEST_PICK = 250  # of one that may be picked
LONGEST_SAID = 600  # of what a room retains, on a card: the whole is in the dossier
MOST_ACTIONS = 10  # of the plan, on a card
LAST = 3  # contributions on the live card
PAGE = 5  # contributions on a page
TABLES = (2, 3, 4, 5, 6, 7, 8, 10)  # people at a table


class Addresses:
    """Where a room is reached, from the code. `web`: the root of the pages, "" when there are none."""

    def __init__(self, bot: str = "", web: str = "") -> None:
        self.bot = bot  # the bot's name on Telegram, "" when unknown
        self.web = web.rstrip("/")

    def telegram(self, code: str) -> str:
        return f"https://t.me/{self.bot}?start=a_{code}" if self.bot and code else ""

    def helper(self, token: str) -> str:
        return f"https://t.me/{self.bot}?start=h_{token}" if self.bot else ""

    def dossier(self, token: str) -> str:
        """Where an invitation to the dossier is opened."""
        return f"https://t.me/{self.bot}?start={LINK}{token}" if self.bot else ""

    def page(self, code: str) -> str:
        return f"{self.web}/r/{code}" if self.web and code else ""

    def join(self, code: str) -> str:
        """What the QR code says: the page, which also leads to Telegram; else Telegram's link."""
        return self.page(code) or self.telegram(code)

    def wall(self, token: str) -> str:
        return f"{self.web}/mur/{token}" if self.web else ""


class RoomRenderer:
    """In the room's language. Holds nothing of a room: one serves them all."""

    def __init__(self, flows: Flows, vocabulary: Vocabulary, addresses: Addresses) -> None:
        self.flows = flows
        self.vocabulary = vocabulary
        self.addresses = addresses

    def words(self, room: Room | None) -> Words:
        return self.vocabulary.words(_language(room))

    def flow(self, room: Room) -> Flow:
        return self.flows.flow(room.conversation.flow, _language(room))

    def page(self, name: str, **context: object) -> str:
        """What is said to somebody who is in no room."""
        return self.words(None).page(name, **context)

    # --- a reply -----------------------------------------------------------------------------

    def reply(
        self,
        room: Room | None,
        effects: Sequence[RoomSpoken],
        at: float,
        *,
        desk: bool,
        fresh: bool,
    ) -> Reply:
        """What a turn says to the one who acted."""
        says = [one for one in effects if isinstance(one, Say)]
        toasts = [one for one in effects if isinstance(one, Toast)]
        links: dict[str, str] = {
            one.kind: one.token for one in effects if isinstance(one, KeepLink)
        }
        wanted = [
            Wanted(f"room_{one.document}", _FORMATS.get(one.document, "pdf"), str(room.id))
            for one in effects
            if room and isinstance(one, SendPapers)
        ]
        body = self.body(room, at, desk=desk, links=links)
        if toasts and toasts[-1].key == "room_not_yours":
            body = Body("")
        words = self.words(room)
        notices = [words.says(one.key, **one.args) for one in says]
        notices += [
            words.page("room_member", link=self.addresses.dossier(one.token))
            for one in effects
            if isinstance(one, OfferDossier)
        ]
        return Reply(
            text="\n\n".join(one for one in (*notices, body.text) if one),
            rows=body.rows,
            toast=words.word(f"toast_{toasts[-1].key}") if toasts else "",
            fresh=fresh,
            wanted=tuple(wanted),
        )

    def body(
        self, room: Room | None, at: float, *, desk: bool, links: Mapping[str, str] | None = None
    ) -> Body:
        if room is None:
            return Body(self.page("room_unknown"))
        if desk and room.desk:
            return self.desk(room, at, links or {})
        if room.seat and not room.seat.away:
            return self.seat(room)
        return self.entry(room)

    # --- a phone -----------------------------------------------------------------------------

    def entry(self, room: Room) -> Body:
        """Before the consent, which is the tap on « Participer »."""
        workshop, word = room.workshop, self.words(room).word
        if not workshop.live:
            return Body(self.words(room).page("room_over"))
        text = self.words(room).page("room_entry", workshop=workshop)
        code = workshop.code
        if workshop.per == "table":
            buttons = [
                Button(word("room_people", count=one), SeatTaken(code, "", one)) for one in TABLES
            ]
            return Body(text, tuple(tuple(buttons[one : one + 4]) for one in (0, 4)))
        if workshop.groups:
            rows = tuple(
                (Button(self.group(room, one), SeatTaken(code, one)),) for one in workshop.groups
            )
            return Body(text, rows)
        return Body(text, ((Button(word("room_join"), SeatTaken(code)),),))

    def seat(self, room: Room) -> Body:
        workshop, word = room.workshop, self.words(room).word
        asked = workshop.asked
        vote = next((one for one in room.given if one.kind == "vote"), None)
        chosen = vote.options if vote else ()
        ideas = [one for one in room.given if one.kind == "text"]
        text = self.words(room).page(
            "room_seat",
            workshop=workshop,
            asked=asked,
            outcome=in_short(workshop.outcomes.get(asked.question), LONGEST_SAID)
            if asked
            else None,
            chosen=[one.label for one in asked.options if one.id in chosen] if asked else [],
            ideas=[shorten(one.text, LONGEST_IDEA) for one in ideas],
        )
        rows: list[tuple[Button, ...]] = []
        if workshop.phase is Phase.OPEN and asked:
            for place, option in enumerate(asked.options):
                on = option.id in chosen
                label = f"{option.label} ✓" if on else option.label
                rows.append((Button(label, VoteGiven(room.id, workshop.turn, place, not on)),))
            if ideas:
                newest = ideas[-1].number
                rows.append((Button(word("room_take_back"), WordsTakenBack(room.id, newest)),))
        if workshop.phase is Phase.FINISHED:
            rows.append((Button(word("room_report"), PapersWanted(room.id, "report")),))
            rows.append((Button(word("room_sheet"), PapersWanted(room.id, "sheet")),))
            if workshop.members:
                rows.append((Button(word("room_member"), MembershipWanted(room.id)),))
        else:
            rows.append((Button(word("room_leave"), SeatLeft(room.id)),))
        return Body(text, tuple(rows))

    # --- the facilitator ---------------------------------------------------------------------

    def desk(self, room: Room, at: float, links: Mapping[str, str]) -> Body:
        if room.workshop.phase is Phase.PREPARED:
            page = "own" if room.desk and room.desk.page.startswith("own") else "setup"
        else:
            page = room.desk.page if room.desk else "live"
        name, _, argument = page.partition(":")
        pages: dict[str, Callable[[], Body]] = {
            "setup": lambda: self.setup(room),
            "own": lambda: self.own(room, argument),
            "given": lambda: self.given(room, argument),
            "adopt": lambda: self.adopt(room),
            "points": lambda: self.points(room),
            "point": lambda: self.point(room, argument),
            "finish": lambda: self.finish(room),
            "wall": lambda: self.links(room, links),
        }
        made = pages.get(name, lambda: self.live(room, at))()
        if links and name != "wall":
            text = self.words(room).page(
                "room_links", links=self._links(room, links), workshop=room.workshop
            )
            return Body(f"{text}\n\n{made.text}", made.rows)
        return made

    def setup(self, room: Room) -> Body:
        workshop, word = room.workshop, self.words(room).word
        stage = rules.stage_of(self.flow(room), room)
        sets = [
            (
                Button(
                    f"{ON if workshop.chosen == one.id else OFF} {one.title}",
                    SetChosen(room.id, one.id),
                ),
            )
            for one in sorted(
                self.flow(room).workshops, key=lambda one: stage not in one.stages
            )  # the one written for the project's stage comes first
        ]
        own = bool(workshop.questions) and not workshop.chosen
        mine = Button(f"{ON if own else OFF} {word('room_own')}", DeskOpened(room.id, "own"))
        settings = [
            tuple(
                Button(
                    f"{ON if now == value else OFF} {word(f'room_{value}')}",
                    SettingChosen(room.id, value),
                )
                for value in values
            )
            for now, values in (
                (workshop.per, ("phone", "table")),
                (workshop.voices, ("anonymous", "groups")),
                (workshop.voices, ("sides",)),
            )
            if workshop.per == "phone" or "table" in values
        ]
        text = self.words(room).page(
            "room_setup",
            questions=[self._named(room, one) for one in workshop.questions],
            workshop=workshop,
        )
        opening = [(Button(word("room_open"), RoomOpened(room.id)),)] if workshop.questions else []
        leave = (Button(word("resume"), Resumed()),)
        return Body(text, (*sets, (mine,), *settings, *opening, leave))

    def own(self, room: Room, step: str) -> Body:
        """One step at a time: all of the questions would not fit on a phone."""
        word, workshop = self.words(room).word, room.workshop
        steps = [one for one in self.flow(room).steps if not one.annex]
        found = next((one for one in steps if one.id == step), steps[0])
        known = frozenset(rules.askable(self.flow(room)))
        rows = []
        for question in found.ordered():
            for one in (question, *question.details):
                if one.id in known:
                    on = one.id in workshop.questions
                    label = shorten(
                        f"{ON if on else OFF} {self._named(room, one.id)}", LONGEST_LABEL
                    )
                    rows.append((Button(label, QuestionPicked(room.id, one.id, not on)),))
        here = steps.index(found)
        move = [
            Button(
                word("of_step", number=one.number, title=""), DeskOpened(room.id, f"own:{one.id}")
            )
            for one in (*steps[max(0, here - 1) : here], *steps[here + 1 : here + 2])
        ]
        text = self.words(room).page("room_own", step=found, count=len(workshop.questions))
        done = Button(word("room_done"), DeskOpened(room.id, "setup"))
        return Body(text, (*rows, tuple(move), (done,)))

    def live(self, room: Room, at: float) -> Body:
        workshop, asked = room.workshop, room.workshop.asked
        counted = tally(room)
        texts = room.texts()
        text = self.words(room).page(
            "room_live",
            workshop=workshop,
            asked=asked,
            tally=counted,
            bars=self.bars(room, counted),
            groups=self.group_bars(room, counted),
            presence=self.presence(room),
            outcome=in_short(workshop.outcomes.get(asked.question), LONGEST_SAID)
            if asked
            else None,
            left=max(0, round((workshop.until - at) / 60)) if workshop.until else 0,
            ideas=[self.idea(one) for one in texts[-LAST:]],
            join=self.addresses.join(workshop.code),
            telegram=self.addresses.telegram(workshop.code),
            following=self._following(room),
            retained=sum(1 for one in workshop.outcomes),
        )
        return Body(text, self._live_rows(room, texts))

    def _live_rows(self, room: Room, texts: Sequence[Given]) -> Rows:
        workshop, word = room.workshop, self.words(room).word
        id_, turn = room.id, workshop.turn
        black = Button(
            word("room_light" if workshop.black else "room_black"),
            ScreenBlackened(id_, not workshop.black),
        )
        show = Button(
            word("room_hide" if workshop.shown else "room_show"),
            TallyShown(id_, not workshop.shown),
        )
        points = Button(word("room_points"), DeskOpened(id_, "points"))
        waiting = sum(not one.approved for one in texts)
        ideas = Button(
            word("room_ideas", count=len(texts), waiting=waiting), DeskOpened(id_, "given")
        )
        rows: list[tuple[Button, ...]] = []
        match workshop.phase:
            case Phase.OPEN:
                rows = [
                    (
                        Button(word("room_prolong"), QuestionProlonged(id_, turn)),
                        Button(word("room_close"), QuestionClosed(id_, turn)),
                    ),
                    (show, black),
                    (ideas,),
                ]
            case Phase.CLOSED:
                rows = [
                    (Button(word("room_adopt"), DeskOpened(id_, "adopt")),),
                    (show, black),
                    (ideas, self._reopen(room)),
                    *self._next(room),
                    (points,),
                ]
            case Phase.WAITING:
                rows = [
                    *self._next(room),
                    (
                        Button(word("room_wall"), LinkIssued(id_, "wall")),
                        Button(word("room_second"), LinkIssued(id_, "helper")),
                    ),
                    (black,),
                ]
            case Phase.FINISHED:
                members = Button(
                    word("room_members_off" if workshop.members else "room_members"),
                    MembersAllowed(id_, not workshop.members),
                )
                helper = room.desk is not None and room.desk.helper
                return (
                    (Button(word("room_report"), PapersWanted(id_, "report")),),
                    (Button(word("room_notes"), PapersWanted(id_, "notes")),),
                    (Button(word("room_sheet"), PapersWanted(id_, "sheet")),),
                    *(() if helper else ((members,),)),
                )
        return (*rows, (Button(word("room_finish"), DeskOpened(id_, "finish")),))

    def _reopen(self, room: Room) -> Button:
        workshop = room.workshop
        place = workshop.questions.index(workshop.asked.question) if workshop.asked else 0
        return Button(self.words(room).word("room_reopen"), QuestionOpenedToRoom(room.id, place))

    def _next(self, room: Room) -> list[tuple[Button, ...]]:
        following = room.workshop.following
        if following is None:
            return []
        name = shorten(self._following(room), 24)
        label = self.words(room).word("room_next", name=name)
        return [(Button(label, QuestionOpenedToRoom(room.id, following)),)]

    def _following(self, room: Room) -> str:
        place = room.workshop.following
        return "" if place is None else self._named(room, room.workshop.questions[place])

    def given(self, room: Room, argument: str) -> Body:
        """Contributions, newest first; each may go to the wall, or be the adopted text."""
        word, texts = self.words(room).word, list(reversed(room.texts()))
        start = int(argument) if argument.isdigit() and int(argument) < len(texts) else 0
        shown = texts[start : start + PAGE]
        text = self.words(room).page("room_given", ideas=[self.idea(one, most=LONGEST_SAID) for one in shown],
                               count=len(texts), asked=room.workshop.asked)  # fmt: skip
        rows: list[tuple[Button, ...]] = [
            (
                Button(
                    word("room_unapprove" if one.approved else "room_approve", number=one.number),
                    GivenApproved(room.id, one.number, not one.approved),
                ),
            )
            for one in shown
        ]
        if texts:
            rows.append((Button(word("room_approve_all"), AllApproved(room.id, texts[0].number)),))
        move = []
        if start:
            move.append(
                Button(word("room_newer"), DeskOpened(room.id, f"given:{max(0, start - PAGE)}"))
            )
        if start + PAGE < len(texts):
            move.append(Button(word("more"), DeskOpened(room.id, f"given:{start + PAGE}")))
        return Body(text, (*rows, *([tuple(move)] if move else []), self._back(room)))

    def adopt(self, room: Room) -> Body:
        workshop, word = room.workshop, self.words(room).word
        asked, draft = workshop.asked, workshop.draft
        if asked is None or workshop.phase is not Phase.CLOSED:
            return self.live(room, 0.0)
        awaiting = room.desk.awaiting if room.desk else ""
        counted = tally(room)
        texts = [one for one in room.texts() if one.text][-8:]
        text = self.words(room).page(
            "room_adopt",
            asked=asked,
            draft=replace(
                draft,
                text=shorten(draft.text, LONGEST_SAID),
                side=shorten(draft.side, LONGEST_SAID),
            ),
            awaiting=awaiting,
            options=[one.label for one in asked.options if one.id in draft.options],
            ideas=[self.idea(one, most=LONGEST_PICK) for one in texts],
        )
        rows: list[tuple[Button, ...]] = []
        if not awaiting:
            for place, option in enumerate(asked.options):
                on = option.id in draft.options
                label = f"{option.label} ({counted.votes.get(option.id, 0)}){' ✓' if on else ''}"
                rows.append((Button(label, OptionKept(room.id, workshop.turn, place, not on)),))
            for one in texts:
                on = one.number == draft.picked
                label = word("room_picked" if on else "room_pick", number=one.number)
                event = WordsPicked(room.id, workshop.turn, 0 if on else one.number)
                rows.append((Button(label, event),))
            rows += [
                (
                    Button(word("room_write"), WordsAwaited(room.id, "text")),
                    Button(word("room_disagree"), WordsAwaited(room.id, "side")),
                ),
                (Button(word("room_retain"), AnswerAdopted(room.id, workshop.turn)),),
            ]
        return Body(text, (*rows, self._back(room)))

    def points(self, room: Room) -> Body:
        word = self.words(room).word
        awaiting = room.desk.awaiting if room.desk else ""
        found = rules.raised(self.flow(room), room)
        put = room.workshop.point
        titles = [
            made for one in found if (made := rules.point(self.flow(room), room, one.rule.id))
        ]
        text = self.words(room).page(
            "room_points",
            points=titles,
            put=put,
            actions=actions_in_short(room.workshop.actions),
            awaiting=awaiting,
        )
        rows: list[tuple[Button, ...]] = []
        if not awaiting:
            rows = [
                (
                    Button(
                        shorten(one.title, LONGEST_LABEL), DeskOpened(room.id, f"point:{one.rule}")
                    ),
                )
                for one in titles
            ]
            if put:
                rows.append((Button(word("room_point_off"), PointPut(room.id, "")),))
            rows.append((Button(word("room_action"), WordsAwaited(room.id, "action")),))
        return Body(text, (*rows, self._back(room)))

    def point(self, room: Room, rule: str) -> Body:
        word, found = self.words(room).word, rules.point(self.flow(room), room, rule)
        if found is None:
            return self.points(room)
        put = room.workshop.point
        on = bool(put and put.rule == rule)
        text = self.words(room).page("room_point", point=found, put=on)
        return Body(
            text,
            (
                (
                    Button(
                        word("room_point_off" if on else "room_point_on"),
                        PointPut(room.id, "" if on else rule),
                    ),
                ),
                (Button(word("room_action"), WordsAwaited(room.id, f"action:{rule}")),),
                (Button(word("room_points"), DeskOpened(room.id, "points")),),
                self._back(room),
            ),
        )

    def finish(self, room: Room) -> Body:
        word, workshop = self.words(room).word, room.workshop
        text = self.words(room).page(
            "room_finish",
            open=[
                self._named(room, one) for one in workshop.questions if one not in workshop.outcomes
            ],
            actions=len(workshop.actions),
        )
        return Body(
            text,
            (
                (Button(word("room_points"), DeskOpened(room.id, "points")),),
                (Button(word("room_confirm_finish"), WorkshopFinished(room.id)),),
                self._back(room),
            ),
        )

    def links(self, room: Room, links: Mapping[str, str]) -> Body:
        text = self.words(room).page(
            "room_links", links=self._links(room, links), workshop=room.workshop
        )
        return Body(text, (self._back(room),))

    def _links(self, room: Room, links: Mapping[str, str]) -> dict[str, str]:
        return {
            "wall": self.addresses.wall(links["wall"]) if "wall" in links else "",
            "helper": self.addresses.helper(links["helper"]) if "helper" in links else "",
            "asked": " ".join(links),
        }

    def _back(self, room: Room) -> tuple[Button, ...]:
        return (Button(self.words(room).word("room_back"), DeskOpened(room.id, "live")),)

    # --- pieces ------------------------------------------------------------------------------

    def _named(self, room: Room, question: str) -> str:
        asked = rules.in_words(self.flow(room), room, question)
        if asked is None:
            return question
        return asked.title if asked.name == asked.title else f"{asked.name} · {asked.title}"

    def idea(self, one: Given, *, most: int = 0) -> dict[str, object]:
        """`most`: of its text as it was written; 0: a few words on one line."""
        line = shorten(" ".join(one.text.split()), LONGEST_IDEA)
        return {
            "number": one.number,
            "text": shorten(one.text, most) if most else line,
            "approved": one.approved,
            "paper": one.paper,
        }

    def bars(self, room: Room, counted: Tally) -> list[dict[str, object]]:
        asked = room.workshop.asked
        most = max(counted.votes.values(), default=0)
        return [
            {
                "id": one.id,
                "label": one.label,
                "count": counted.votes[one.id],
                "bar": _bar(counted.votes[one.id], most, BAR),
                "share": counted.votes[one.id] / most if most else 0.0,
            }
            for one in (asked.options if asked else ())
        ]

    def group_bars(self, room: Room, counted: Tally) -> list[dict[str, object]]:
        """By group, in quarters and without figures: five people crossed with an option may be one.

        `shares`: of each option, of the one that most of the group chose.
        """
        asked = room.workshop.asked
        found: list[dict[str, object]] = []
        for group, votes in counted.by_group.items():
            most = max(votes.values(), default=0)
            bars = [
                {
                    "label": one.label,
                    "bar": _bar(round(_coarse(votes[one.id], most) * 4), 4, SMALL_BAR),
                }
                for one in (asked.options if asked else ())
                if votes[one.id]
            ]
            shares = {one: _coarse(count, most) for one, count in votes.items()}
            found.append({"name": self.group(room, group), "bars": bars, "shares": shares})
        return found

    def presence(self, room: Room) -> list[dict[str, object]]:
        here = [one for one in room.seats if not one.away]
        if not room.workshop.groups:
            return []
        counted = presence(here)
        return [
            {"name": self.group(room, group), "count": count}
            for group, count in sorted(counted.items())
        ]

    def group(self, room: Room, group: str) -> str:
        """« Élus », or a territory by its name."""
        places = dict(zip(SIDES, room.workshop.places, strict=False))
        name = shorten(places.get(group, ""), LONGEST_LABEL)
        return name or self.words(room).word(f"room_group_{group or 'rest'}")


def in_short(outcome: Outcome | None, most: int) -> Outcome | None:
    """What is shown of what a room retained, whatever was written."""
    if outcome is None:
        return None
    sides = tuple(shorten(one, most) for one in outcome.sides)
    return replace(outcome, text=shorten(outcome.text, most), sides=sides)


def actions_in_short(actions: Sequence[Action]) -> list[Action]:
    """The last ones, a line each."""
    return [
        replace(
            one,
            what=shorten(one.what, LONGEST_IDEA),
            who=shorten(one.who, LONGEST_LABEL),
            when=shorten(one.when, LONGEST_LABEL),
        )
        for one in actions[-MOST_ACTIONS:]
    ]


def _language(room: Room | None) -> str:
    """While it is being prepared, that of who prepares it."""
    return (room.workshop.language or room.conversation.language) if room else ""


def _coarse(count: int, most: int) -> float:
    """In quarters: a finer bar of a group of five would tell each of them."""
    return max(1, round(4 * count / most)) / 4 if count and most else 0.0


def _bar(count: int, most: int, wide: int) -> str:
    full = max(1, round(wide * count / most)) if count and most else 0
    return FULL * full + EMPTY * (wide - full)


_FORMATS = {"report": "pdf", "notes": "md", "sheet": "pdf", "qr": "png"}
