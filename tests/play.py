"""A whole conversation without a store or a network: engine and rendering, driven as a person would.

`Play` keeps the conversation as the store would and shows what a phone would show.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from bot.content import load_cases, load_flow, load_glossary, load_templates
from bot.domain import conversation as c
from bot.domain.engine import transition
from bot.domain.flow import Case, Flow
from bot.domain.flows import Book, Flows
from bot.render.codec import decode, encode
from bot.render.replies import Renderer
from bot.render.reply import Button, Reply
from bot.render.words import Vocabulary

ROOT = Path(__file__).parent.parent
MINUTE = 60.0


@cache
def flow(language: str = "") -> Flow:
    return load_flow(ROOT / "flows" / "six-etapes.yaml", language)


@cache
def cases(language: str = "") -> tuple[Case, ...]:
    return load_cases(ROOT / "flows" / "cases.yaml", language)


@cache
def flows(language: str = "") -> Flows:
    """The six steps alone, in French or in that language."""
    terms = load_glossary(ROOT / "flows" / "glossary.yaml", language)
    return Flows.of(Book(flow(language), cases=cases(language), terms=terms))


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary(load_templates(ROOT / "templates"))


@cache
def renderer(language: str = "") -> Renderer:
    return renderer_of(flows(language))


def renderer_of(flows: Flows) -> Renderer:
    return Renderer(flows, vocabulary(), formats=frozenset({"md", "html", "json", "pdf"}))


class Play:
    """One person, with the six steps or another flow. `clock` moves a second at each act, so that no
    pace limit is met by accident."""

    def __init__(self, other: Flow | None = None, language: str = "") -> None:
        self.flow = other or flow(language)
        books = Flows.of(Book(other, cases=cases(language))) if other else flows(language)
        self.renderer = renderer_of(books) if other else renderer(language)
        self.conversation = c.Conversation(language=language)
        self.reply = Reply()
        self.effects: tuple[c.Effect, ...] = ()
        self.shelf: dict[int, c.Conversation] = {}
        self.cards: dict[int, str] = {}
        self.clock = 1_700_000_000.0
        self.message = 0
        self.acts = 0
        self.written: list[c.Effect] = []

    # --- what a person does ------------------------------------------------------------------

    def send(self, text: str, *, reply_to: str = "") -> int:
        """A message or a /command; the id of the message. Long texts are split as clients do."""
        if text.startswith("/"):
            name, _, argument = text[1:].partition(" ")
            self.act(c.Started(argument) if name == "start" else c.Commanded(name, argument))
            return 0
        for start in range(0, max(len(text), 1), 4096):
            self.message += 1
            self.act(c.TextGiven(text[start : start + 4096], self.message, reply_to))
        return self.message

    def click(self, *labels: str) -> None:
        for label in labels:
            self.act(self.button(label).event)

    def edit(self, message: int, text: str) -> None:
        self.act(c.MessageEdited(message, text))

    def give(self, kind: str, caption: str = "", size: int = 1000) -> None:
        self.message += 1
        if kind in ("photo", "voice", "audio", "video", "document", "location"):
            file = c.Attachment(
                kind, f"{kind}-{self.message}", f"file{self.message}", size, self.message
            )  # type: ignore[arg-type]
            self.act(c.AttachmentGiven(file, caption))
        else:
            self.act(c.UnsupportedGiven(kind))

    def act(self, event: c.Event) -> Reply:
        """Any event, as the service would pass it on."""
        self.clock += 1
        self.acts += 1
        event = replace(event, at=self.clock)
        self.conversation, self.effects = transition(self.flow, self.conversation, event)
        for effect in self.effects:
            self._write(effect)
        spoken = [one for one in self.effects if isinstance(one, c.Spoken)]
        self.reply = self.renderer.reply(self.conversation, spoken)
        return self.reply

    # --- what a person sees --------------------------------------------------------------------

    @property
    def text(self) -> str:
        return plain(self.reply.text)

    @property
    def labels(self) -> list[str]:
        return [button.label for row in self.reply.rows for button in row]

    @property
    def place(self) -> c.Place:
        return self.conversation.place

    def button(self, label: str) -> Button:
        buttons = [button for row in self.reply.rows for button in row]
        found = [one for one in buttons if one.label.removesuffix(" ✓") == label] or [
            one for one in buttons if label in one.label
        ]
        assert found, f"aucun bouton « {label} » parmi {self.labels}\n{self.text}"
        decoded = decode(encode(found[0].event))
        assert decoded == found[0].event, "a button must survive its 64 bytes"
        return found[0]

    def answered(self, question: str) -> c.Answer:
        return self.conversation.answers.get(question, c.Answer())

    # --- the store's part ------------------------------------------------------------------------

    def _write(self, effect: c.Effect) -> None:
        match effect:
            case c.CreateDossier():
                number = len(self.shelf) + 1
                self.shelf[number] = c.Conversation()
                self._hold(replace(self.conversation, dossier=number))
            case c.OpenDossier(dossier):
                kept = self.shelf[dossier]
                self._hold(replace(kept, consented=True, dossier=dossier))
            case c.DeleteDossier(dossier):
                self.shelf.pop(dossier, None)
                if self.conversation.dossier == dossier:
                    self.conversation = c.Conversation(consented=True)
                self._hold(self.conversation)
            case c.DeletePerson():
                self.shelf.clear()
            case c.RecordAnswer() | c.RecordHandling() | c.RecordConsent() | c.ArchiveDossier():
                self.written.append(effect)
        if self.conversation.dossier is not None:
            self.shelf[self.conversation.dossier] = self.conversation

    def _hold(self, conversation: c.Conversation) -> None:
        lines = tuple(c.DossierLine(number, self._name(one)) for number, one in self.shelf.items())
        self.conversation = replace(conversation, dossiers=lines)

    def _name(self, conversation: c.Conversation) -> str:
        answer = conversation.answers.get(self.flow.roles.name)
        return answer.text if answer else ""


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def begun(rhythm: str = "L’essentiel") -> Play:
    """A person who has accepted and chosen a rhythm."""
    play = Play()
    play.send("/start")
    play.click("J’accepte et je commence", rhythm)
    return play


def walk(
    play: Play, until: type, *, texts: Sequence[str] = (), ticks: int = 2, most: int = 600
) -> None:
    """Answer whatever is asked until a place of that type: first options, given or plain texts."""
    said = iter(texts)
    for _ in range(most):
        place = play.place
        if isinstance(place, until):
            return
        if not isinstance(place, c.At):
            play.click("Continuer")
            continue
        question = play.flow.questions[place.question]
        options = [b for row in play.reply.rows for b in row if isinstance(b.event, c.OptionChosen)]
        if place.telling or not options or question.id == play.flow.roles.there:
            play.send(next(said, "Quelques mots."))
            if play.place == place:
                play.click("Continuer")
        elif question.choose == "one":
            play.act(options[0].event)
        else:
            for button in options[:ticks]:
                play.act(button.event)
            play.click("Continuer")
    raise AssertionError(f"no end in sight: {play.place}")
