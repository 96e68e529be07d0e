"""A scripted person: answers whatever is on the screen, presses again when nothing moves, and
remembers every word typed and every box seen ticked. What they remember is what must be stored.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.conversation import (
    ConsentGiven,
    Continued,
    DossierBegun,
    Event,
    MovedOn,
    OptionChosen,
    Resumed,
    Rhythm,
    RhythmChosen,
    Skipped,
    WentBack,
)
from bot.domain.flow import Flow, Question
from bot.render.codec import decode
from tests.double import Person

PATIENCE = 90.0  # seconds without anything useful on the screen: this person is stuck
MOST_TEXTS = 4  # to one question: a card shows the end of what was written
WORDS = (
    "Nous avons réuni les habitants",
    "l’école & la mairie <ensemble>",
    "« Tout le monde » a parlé 😀",
    "3 < 5, et c’est “bien”",
    "premier essai",
    "chez nous",
)
# What gets a person past a page that asks nothing, best first.
FORWARD = (ConsentGiven, RhythmChosen, MovedOn, Resumed, DossierBegun)


class Stuck(Exception):
    """Somebody waits without a question."""


@dataclass(frozen=True, slots=True)
class Button:
    data: str
    event: Event


@dataclass(frozen=True, slots=True)
class Card:
    """The newest message of the bot that has buttons. `question` "" for a page that asks nothing."""

    message: int = 0
    question: str = ""
    revision: int = -1
    text: str = ""
    buttons: tuple[Button, ...] = ()

    @property
    def place(self) -> tuple[str, int]:
        return self.question, self.revision

    def of(self, *kinds: type) -> list[Button]:
        return [one for kind in kinds for one in self.buttons if isinstance(one.event, kind)]

    def ticked(self) -> set[int]:
        return {one.event.option for one in self.of(OptionChosen) if not _chosen(one).on}


@dataclass(slots=True)
class Memory:
    """What one person gave: per question, the words typed in order, and what was seen chosen."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, set[str]] = field(default_factory=dict)
    unsure: dict[str, list[set[str]]] = field(default_factory=dict)  # other values as likely
    replaced: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    def typed(self) -> list[str]:
        return [one for texts in self.texts.values() for one in texts]


@dataclass(slots=True)
class Tally:
    """What happened to one person."""

    acts: int = 0
    texts: int = 0
    presses: int = 0
    again: int = 0
    waits: list[float] = field(default_factory=list)


class Walker:
    """`walk` until told to stop; Stuck when nothing useful comes for PATIENCE seconds."""

    def __init__(self, person: Person, flow: Flow, chance: random.Random) -> None:
        self.person = person
        self.flow = flow
        self.chance = chance
        self.memory = Memory()
        self.tally = Tally()
        self.patience = PATIENCE
        self._number = 0

    async def walk(self, stop: asyncio.Event, most: int = 10_000, pause: float = 0.15) -> None:
        await self._start()
        while not stop.is_set() and self.tally.acts < most:
            await self.act()
            await asyncio.sleep(self.chance.random() * pause)

    async def act(self) -> None:
        self.tally.acts += 1
        card = await self._card()
        question = self.flow.questions.get(card.question)
        if question is None:
            await self._leave_page(card)
            return
        luck = self.chance.random()
        if luck < 0.03:
            await self.person.send_sticker()
            await self._moves(lambda: self.card().message > card.message, 3)
        elif luck < 0.06 and len(self.memory.texts) > 1:
            await self._press(lambda one: one.of(WentBack), card)
        elif luck < 0.11 and card.of(Skipped):
            await self._press(lambda one: one.of(Skipped), card)
        else:
            await self._answer(card, question)

    # --- the screen --------------------------------------------------------------------------

    def card(self) -> Card:
        for shown in reversed(self.person.messages):
            if shown.from_bot and shown.buttons:
                rows = (button for row in shown.buttons for button in row)
                return _card(shown.id, shown.text, [one.data for one in rows if one.data])
        return Card()

    def sees(self, token: str) -> bool:
        return any(token in one.text for one in self.person.messages if one.from_bot)

    async def comes_back(self) -> Card:
        """« Where was I? »: /start, and the question again."""
        await self._start()
        page = self.card()
        if not page.question:
            await self._press(lambda one: one.of(Resumed, *FORWARD), page)
        return self.card()

    async def _start(self) -> None:
        """/start, and again: a page whose sending was cut is not repeated by itself."""
        before, started = self.card(), time.monotonic()
        while time.monotonic() - started < self.patience:
            await self.person.send("/start")
            if await self._moves(lambda: self.card().message > before.message, 5):
                return
        raise Stuck(f"nothing after /start.\n{self.person.screen()}")

    # --- acts --------------------------------------------------------------------------------

    async def _answer(self, card: Card, question: Question) -> None:
        options = card.of(OptionChosen)
        line = question.kind == "line"
        if not options or (line and self.chance.random() < 0.5):
            await (self._write_line if line else self._write)(card, question)
            return
        if not line and self.chance.random() < 0.15:
            await self._say(question, self.chance.randint(1, 2))
            card = await self._on(question)
        if question.choose == "one":
            await self._choose(card, question)
        else:
            await self._tick(question)

    async def _choose(self, card: Card, question: Question) -> None:
        free = [one for one in card.of(OptionChosen) if _chosen(one).on]
        if not free:
            await self._press(lambda one: one.of(Continued, Skipped), card)
            return
        index = _chosen(self.chance.choice(free)).option
        before = self.memory.options.get(question.id, set())
        sure = await self._press(lambda one: _with(one, index), card)
        chosen = {question.options[index].id}
        self.memory.options[question.id] = chosen
        if not sure:
            self.memory.unsure[question.id] = [before, chosen]
        else:
            self.memory.unsure.pop(question.id, None)

    async def _tick(self, question: Question) -> None:
        card = self.card()
        for _ in range(self.chance.randint(1, 2)):
            free = [one for one in card.of(OptionChosen) if _chosen(one).on]
            if not free or card.question != question.id:
                break
            card = await self._tick_one(card, _chosen(self.chance.choice(free)).option)
        if card.question != question.id:
            return
        slugs = {question.options[index].id for index in card.ticked()}
        self.memory.options[question.id] = slugs
        self.memory.unsure.pop(question.id, None)
        await self._press(lambda one: one.of(Continued, Skipped), card)

    async def _tick_one(self, card: Card, index: int) -> Card:
        def moved(now: Card) -> bool:
            return index in now.ticked() or now.place != card.place

        await self._press(lambda one: _with(one, index), card, moved)
        return self.card()

    async def _write_line(self, card: Card, question: Question) -> None:
        token = self._token()
        self.memory.replaced += self.memory.texts.pop(question.id, [])
        self.memory.texts[question.id] = [token]
        self.memory.options.pop(question.id, None)
        self.memory.unsure.pop(question.id, None)
        self.tally.texts += 1
        await self.person.send(token)
        # What moves the card may also be a press of before that comes late: the words are waited for.
        await self._until(
            lambda: self.sees(token) and self.card().place != card.place, "a line moved nothing"
        )
        self.memory.acknowledged.add(token)

    async def _write(self, card: Card, question: Question) -> None:
        if len(self.memory.texts.get(question.id, ())) < MOST_TEXTS:
            await self._say(question, self.chance.choice((1, 1, 2, 3)))
        card = await self._on(question)
        if card.question == question.id:
            await self._press(lambda one: one.of(Continued, Skipped), card)

    async def _say(self, question: Question, count: int) -> None:
        """One or several messages, and sometimes a correction of the last."""
        words = [f"{self.chance.choice(WORDS)} {self._token()}" for _ in range(count)]
        for text in words:
            self.memory.texts.setdefault(question.id, []).append(text)
            self.tally.texts += 1
            number = await self.person.send(text)
            await asyncio.sleep(self.chance.random() * 0.2)
        await self._acknowledged([_token_of(one) for one in words])
        if self.chance.random() < 0.15:
            corrected = f"{self.chance.choice(WORDS)} {self._token()}"
            self.memory.texts[question.id][-1] = corrected
            self.memory.acknowledged.discard(_token_of(words[-1]))
            self.tally.texts += 1
            await self.person.edit(number, corrected)
            await self._acknowledged([_token_of(corrected)])

    async def _acknowledged(self, tokens: list[str]) -> None:
        await self._until(lambda: all(map(self.sees, tokens)), f"{tokens} never acknowledged")
        self.memory.acknowledged.update(tokens)

    async def _on(self, question: Question) -> Card:
        """The card of that question, with the means to go on."""
        await self._until(lambda: bool(self.card().of(Continued, Skipped)), "no way on")
        return self.card()

    async def _leave_page(self, page: Card) -> None:
        ways = page.of(*FORWARD)
        if not ways:
            await self._start()
            return
        rhythms = page.of(RhythmChosen)
        deep = [one for one in rhythms if getattr(one.event, "rhythm", "") is Rhythm.IN_DEPTH]
        wanted = (deep or ways)[0] if isinstance(ways[0].event, RhythmChosen) else ways[0]
        await self._press(lambda one: [b for b in one.buttons if b.data == wanted.data], page)

    async def _press(
        self,
        find: Callable[[Card], list[Button]],
        before: Card,
        moved: Callable[[Card], bool] | None = None,
    ) -> bool:
        """Press, and again when nothing moves; whether the next question came as it should."""
        moved = moved or (lambda one: one.place != before.place or _turned(one, before))
        started, presses = time.monotonic(), 0
        while True:
            card = self.card()
            found = find(card)
            if found and (card.place == before.place):
                presses += 1
                self.tally.presses += 1
                await self.person.press(found[0].data, on=card.message)
            if await self._moves(lambda: moved(self.card()), 1 + 2 * self.chance.random()):
                break
            if time.monotonic() - started > self.patience:
                raise Stuck(f"no answer to a press.\n{self.person.screen()}")
        self.tally.again += max(0, presses - 1)
        self.tally.waits.append(time.monotonic() - started)
        return bool(self.card().question) or not before.question

    async def _card(self) -> Card:
        await self._until(lambda: bool(self.card().buttons), "no question")
        return self.card()

    async def _until(self, look: Callable[[], bool], complaint: str) -> None:
        started = time.monotonic()
        if not await self._moves(look, self.patience):
            raise Stuck(f"{complaint}.\n{self.person.screen()}")
        self.tally.waits.append(time.monotonic() - started)

    async def _moves(self, look: Callable[[], bool], within: float) -> bool:
        deadline = time.monotonic() + within
        while not look():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            await self.person.chat.wait_change(left)
        return True

    def _token(self) -> str:
        """A word that nobody else writes, and that no option is called."""
        self._number += 1
        return f"zq{self.person.id}n{self._number}k{self.chance.randrange(10_000)}"


def _token_of(text: str) -> str:
    return text.rsplit(" ", 1)[-1]


def _turned(card: Card, before: Card) -> bool:
    """Whether a page that asks nothing gave way to another."""
    return not before.question and (card.message, card.text) != (before.message, before.text)


def _chosen(button: Button) -> OptionChosen:
    assert isinstance(button.event, OptionChosen)
    return button.event


def _with(card: Card, index: int) -> list[Button]:
    """The button that ticks that option."""
    return [
        one for one in card.of(OptionChosen) if _chosen(one).option == index and _chosen(one).on
    ]


def _card(message: int, text: str, data: list[str]) -> Card:
    events = ((one, decode(one)) for one in data)
    buttons = tuple(Button(one, event) for one, event in events if event)
    for button in buttons:
        event = button.event
        if isinstance(event, Skipped | Continued | WentBack) and event.question:
            return Card(message, event.question, event.revision, text, buttons)
    return Card(message, "", -1, text, buttons)
