"""The main use case: something comes in, it is decided and committed, and what is to be said comes out."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.domain import dossier
from bot.domain.conversation import (
    AttachmentGiven,
    ConsentGiven,
    Conversation,
    CreateDossier,
    DossierBegun,
    Effect,
    Event,
    InvitationAccepted,
    InvitationMade,
    KeepSheetLanguage,
    LanguageChosen,
    PanelOpened,
    Started,
    TemplateFault,
    TemplateGiven,
    TemplateLost,
    TextGiven,
    Toast,
    UnsupportedGiven,
    VersionRestored,
    VoiceKept,
)
from bot.domain.engine import transition
from bot.domain.engine.documents import ANNEXED
from bot.domain.engine.sharing import LINK
from bot.domain.flow import Flow
from bot.domain.flows import Flows
from bot.domain.versions import brought_up
from bot.domain.workshop.events import RoomEvent
from bot.render.catalogue import FRENCH
from bot.render.replies import Renderer
from bot.render.reply import Reply, Wanted
from bot.render.view import View, long_date
from bot.service.operation import Operation
from bot.service.outbound import Outbound
from bot.service.ports import (
    NOTHING,
    Due,
    Edition,
    HandedOver,
    Inbound,
    Key,
    Look,
    Screen,
    Store,
    Turn,
    digest,
)
from bot.service.workshops import Workshops


@dataclass(frozen=True, slots=True)
class Document:
    """A file made for a person, or (`texts`) messages for the chat itself."""

    name: str = ""
    content: bytes = b""
    media_type: str = ""
    texts: tuple[str, ...] = ()
    caption: str = ""
    said: str = ""  # what a picture shows, in words
    note: str = ""  # a notice to add to the caption
    edition: Edition | None = None  # a version that was frozen, to be told; number 0: there is none


ROOM = "room_"  # how the documents of workshops are called
TOKEN_BYTES = 18  # 24 characters of a link, of Telegram’s 64
LONGEST_CAPTION = 900  # of Telegram's 1024, for what a picture shows


class Maker(Protocol):
    """Makes documents off the event loop. Raises FilrougeError when a document cannot be made."""

    formats: frozenset[str]

    async def make(
        self, key: Key, conversation: Conversation, wanted: Wanted, at: float
    ) -> Document: ...

    async def check(self, content: bytes) -> tuple[TemplateFault, ...]: ...


class Conversations:
    """One per process. Every `handle` ends with a commit; nothing is shown before."""

    def __init__(
        self,
        flows: Flows,
        store: Store,
        renderer: Renderer,
        maker: Maker,
        operation: Operation | None = None,
        workshops: Workshops | None = None,
    ) -> None:
        self.operation = operation or Operation(store, renderer)
        self.flows = flows
        self.store = store
        self.renderer = renderer
        self.maker = maker
        self.workshops = workshops

    async def handle(self, inbound: Inbound) -> Outbound:
        """Decide and commit one thing that came in. Raises StoreError when nothing was kept."""
        if said := await self.operation.answer(inbound):
            return Outbound(inbound.key, Turn(Conversation()), said)
        if self.workshops and (shown := await self.workshops.handle(inbound)):
            return shown

        token, came = _token(self._offered(inbound.event))

        def decide(
            conversation: Conversation, replied: str
        ) -> tuple[Conversation, Sequence[Effect]]:
            event = came
            if replied and isinstance(event, TextGiven | AttachmentGiven):
                event = replace(event, reply_to=replied)
            flow = self._flow(conversation)
            return self._told(*transition(flow, _met(flow, conversation), event))

        turn = await self.store.turn(
            inbound.key,
            decide,
            update=inbound.update,
            reply_to=inbound.reply_to,
            language=self.renderer.vocabulary.understood(inbound.language),
            look=_look(came, token),
            screen=Screen(inbound.tapped, _written(came), here=bool(token)),
        )
        await self.operation.keep_up()
        return self._outbound(inbound.key, turn, inbound, token)

    def _told(
        self, conversation: Conversation, effects: Sequence[Effect]
    ) -> tuple[Conversation, Sequence[Effect]]:
        """The documents of a new dossier speak as who began it, in a language that is told wholly."""
        language = conversation.language
        if language == FRENCH or language not in self.renderer.vocabulary.complete:
            return conversation, effects
        told = [
            after
            for one in effects
            for after in (
                (one, KeepSheetLanguage(language)) if isinstance(one, CreateDossier) else (one,)
            )
        ]
        if len(told) > len(effects):
            conversation = replace(conversation, sheet_language=language)
        return conversation, told

    def view(self, conversation: Conversation) -> View:
        """What a person reads of a conversation as it was stored."""
        met = _met(self._flow(conversation), conversation)
        return self.renderer.view(met)

    async def due(self) -> list[Outbound]:
        """What was to be said when the process stopped, as the conversations stand now."""
        return [self.again(due) for due in await self.store.due()]

    async def make(
        self, key: Key, conversation: Conversation, wanted: Wanted, at: float
    ) -> Document:
        if self.workshops and wanted.document.startswith(ROOM):
            return await self._of_room(self.workshops, key, wanted, at)
        document = await self.maker.make(key, conversation, wanted, at)
        if document.texts:
            return document
        words = self.renderer.vocabulary.words(conversation.language)
        if document.edition:
            frozen = document.edition
            day = long_date(frozen.at, words.language)
            text = words.page("frozen", number=frozen.number, date=day)
            return replace(document, texts=(text,))
        if wanted.document == "photo":
            said = words.says(document.note)
            return replace(
                document, **({"caption": said} if document.content else {"texts": (said,)})
            )
        if wanted.document == "code":
            return replace(document, caption=words.says("code"))
        caption = words.page(
            "sent",
            document=wanted.document.removesuffix(ANNEXED),
            format=wanted.format,
            said=_fitting(document.said),
        )
        if document.note:
            caption = f"{caption}\n\n{words.says(document.note)}"
        return replace(document, caption=caption)

    async def _of_room(self, workshops: Workshops, key: Key, wanted: Wanted, at: float) -> Document:
        """A document of a workshop, whose number stands for the file."""
        workshop, kind = int(wanted.file), wanted.document.removeprefix(ROOM)
        if kind == "sheet":
            whole = await workshops.dossier(workshop)
            common = dossier.in_common(self._flow(whole), whole)
            return await self.make(key, common, Wanted("show", wanted.format), at)
        caption = self.renderer.vocabulary.words(await workshops.language(workshop)).page(
            "room_sent", kind=kind
        )
        if kind == "qr":
            made = await workshops.picture(workshop)
            return Document("salle.png", made, "image/png", caption=caption)
        made = await workshops.report(workshop, wanted.format)
        media = "application/pdf" if wanted.format == "pdf" else "text/markdown"
        return Document(f"atelier.{wanted.format}", made, media, caption=caption)

    async def offer_template(
        self, key: Key, name: str, content: bytes | None, at: float, dossier: int | None = None
    ) -> Outbound:
        """A document fetched to become a Word template: checked apart, then decided as a turn.

        None: it could not be had. Raises StoreError when nothing was kept.
        """
        if content is None:
            return await self.handle(Inbound(key, TemplateLost(at)))
        faults = await self.maker.check(content)
        kept = b"" if faults else content
        return await self.handle(Inbound(key, TemplateGiven(name, kept, faults, at, dossier)))

    async def shown(self, outbound: Outbound, message: int | None) -> None:
        """The door has shown it; `message` is where its card stands."""
        if outbound.room and self.workshops:
            await self.workshops.showing.shown(outbound, message)
            return
        reply = outbound.reply
        card = message if reply.card else None
        await self.store.shown(
            outbound.key, outbound.turn.number, card, reply.revision, reply.question
        )

    def apology(self, language: str = "") -> str:
        """What is said when a document could not be made."""
        return self.renderer.vocabulary.words(language).page("not_made")

    def in_private(self, key: Key, username: str, language: str = "") -> Outbound:
        """What is said in a group: the conversation is between two. `language`: of who called."""
        vocabulary = self.renderer.vocabulary
        words = vocabulary.words(vocabulary.understood(language))
        text = words.page("group", username=username)
        return Outbound(key, Turn(Conversation()), Reply(text, fresh=True))

    def _offered(self, event: Event | RoomEvent) -> Event:
        """An old button may name a flow or a language that is not offered any more; and be of a
        workshop where there are none."""
        if isinstance(event, RoomEvent):
            return UnsupportedGiven("button", event.at)
        match event:
            case DossierBegun(flow) if flow and flow not in self.flows:
                return UnsupportedGiven("button", event.at)
            case ConsentGiven(language=language) if language not in ("", *self.renderer.languages):
                return ConsentGiven(event.at)
            case LanguageChosen(language) if language not in self.renderer.languages:
                return UnsupportedGiven("button", event.at)
            case _:
                return event

    def _flow(self, conversation: Conversation) -> Flow:
        return self.flows.flow(conversation.flow, conversation.language)

    def _met(self, turn: Turn) -> Turn:
        conversation = _met(self._flow(turn.conversation), turn.conversation)
        return replace(turn, conversation=conversation)

    def _outbound(self, key: Key, turn: Turn, inbound: Inbound, token: str) -> Outbound:
        turn = self._met(turn)
        if turn.elsewhere:  # here only the tap is answered
            toasts = tuple(one for one in turn.effects if isinstance(one, Toast))
            turn = replace(turn, effects=toasts)
        shown = any(not isinstance(one, Toast) for one in turn.effects)
        word = self.operation.word(inbound) if shown else ""
        reply = self.renderer.reply(turn.conversation, turn.effects, word, token)
        settle = _written(inbound.event) and reply.fresh
        return Outbound(key, turn, reply, inbound.tapped, inbound.tap, settle=settle)

    async def handed(self, over: HandedOver) -> Outbound | None:
        """What another worker's turn has to say, where this one shows it; None: nothing any more."""
        turn = await self.store.owed(over.key, over.turn)
        if turn is None:
            return None
        outbound = self._said(over.key, turn)
        settle = over.screen.written and outbound.reply.fresh
        return replace(outbound, tapped=over.screen.tapped, settle=settle)

    def again(self, due: Due) -> Outbound:
        """What a turn that nobody asked for, or was not shown, has to say."""
        outbound = self._said(due.key, due.turn)
        return replace(outbound, reply=replace(outbound.reply, fresh=True))

    def _said(self, key: Key, turn: Turn) -> Outbound:
        """As the conversation stands now; nobody waits for a toast any more."""
        turn = self._met(turn)
        reply = self.renderer.reply(turn.conversation, turn.effects)
        return Outbound(key, turn, replace(reply, toast=""))


def _written(event: Event | RoomEvent) -> bool:
    return isinstance(event, TextGiven | AttachmentGiven)


def _met(flow: Flow, conversation: Conversation) -> Conversation:
    """As it was stored, under the present flow, as this person may see it."""
    return dossier.seen(flow, brought_up(flow, conversation))


def _token(event: Event) -> tuple[str, Event]:
    """The token of an invitation that an event carries, or makes: it is said, and never kept."""
    match event:
        case InvitationMade():
            made = secrets.token_urlsafe(TOKEN_BYTES)
            return made, replace(event, token=made)
        case InvitationAccepted(token):
            return token, event
        case Started(payload) if payload.startswith(LINK):
            return payload.removeprefix(LINK), replace(event, payload=LINK)
        case _:
            return "", event


def _look(event: Event, token: str) -> Look:
    """What is to be found beside the conversation."""
    match event:
        case InvitationAccepted() | Started():
            return Look(token=digest(token)) if token else NOTHING
        case (
            PanelOpened("history" | "voices", question)
            | VersionRestored(question, _)
            | VoiceKept(question, _)
        ):
            return Look(history=question)
        case _:
            return NOTHING


def _fitting(said: str) -> str:
    """Whole lines, as many as a caption holds."""
    kept = ""
    for line in said.splitlines():
        if len(kept) + len(line) > LONGEST_CAPTION:
            break
        kept += f"{line}\n"
    return kept.strip()
