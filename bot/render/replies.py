"""From what a turn says to what a door shows: notices on top, then the card or page, then files."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TypeGuard

from bot.domain.conversation import (
    Ask,
    At,
    Conversation,
    ReadTemplate,
    Say,
    SendCode,
    SendPersonalData,
    SendPhoto,
    SendSheet,
    SendTemplate,
    Show,
    Spoken,
    Toast,
)
from bot.domain.engine.sharing import LINK
from bot.domain.flows import Flows
from bot.render.cards import card
from bot.render.panels import panel
from bot.render.panels.rows import out
from bot.render.reply import Body, Reply, Wanted
from bot.render.view import NO_NOTICE, Notice, View
from bot.render.words import Vocabulary

Sent = SendSheet | SendPhoto | SendPersonalData | SendCode | SendTemplate | ReadTemplate
Link = Callable[[str], str]  # the payload of /start -> what opens it
LONGEST = 4000  # of Telegram's 4096: a page that is longer is cut between lines


def typed(payload: str) -> str:
    """Where there is no address: what one types."""
    return f"/start {payload}"


class Renderer:
    """Renders any turn, in its reader's language. Holds compiled templates only: one serves everybody."""

    def __init__(
        self,
        flows: Flows,
        vocabulary: Vocabulary,
        notice: Notice = NO_NOTICE,
        formats: frozenset[str] = frozenset(),
    ) -> None:
        self.flows = flows
        self.vocabulary = vocabulary
        self.notice = notice
        self.formats = formats
        self.link: Link = typed  # the door that has addresses of its own gives them

    @cached_property
    def languages(self) -> Mapping[str, bool]:
        """Those that a person may choose: the interface, or a flow, is told in them; wholly or in part."""
        told = (one for books in self.flows.books.values() for one in books)
        every = dict.fromkeys((*self.vocabulary.languages, *told))
        return {one: one in self.vocabulary.complete for one in every}

    def view(self, conversation: Conversation, invited: str = "") -> View:
        """`invited`: the token of an invitation that is at hand."""
        book = self.flows.book(conversation.flow, conversation.language)
        words = self.vocabulary.words(conversation.language)
        address = self.link(f"{LINK}{invited}") if invited else ""
        return View(
            book,
            conversation,
            words,
            self.notice,
            self.formats,
            self.flows,
            self.languages,
            invited,
            address,
        )

    def reply(
        self,
        conversation: Conversation,
        effects: Sequence[Spoken],
        word: str = "",
        invited: str = "",
    ) -> Reply:
        """`word`: what the people who run the bot say to everybody, on top. `invited`: the token of an
        invitation that this turn made or opened; nothing keeps it."""
        view = self.view(conversation, invited)
        notices = [self._notice(view, one) for one in effects if isinstance(one, Say)]
        toasts = [one for one in effects if isinstance(one, Toast)]
        shown = [one for one in effects if isinstance(one, Ask | Show)]
        wanted = tuple(_wanted(one, view) for one in effects if _sent(one, view))
        last = shown[-1] if shown else None
        body = self._body(view, last)
        if word:
            notices.insert(0, view.words.says("maintenance", text=word))
        text = "\n\n".join(one for one in (*notices, body.text) if one)
        place = conversation.place
        asks = isinstance(last, Ask)
        return Reply(
            text=_cut(text),
            rows=body.rows,
            toast=view.words.word(f"toast_{toasts[-1].key}", **toasts[-1].args) if toasts else "",
            fresh=bool(last and last.fresh) or not last,
            question=place.question if asks and isinstance(place, At) else "",
            revision=conversation.revision,
            card=asks,
            wanted=wanted,
        )

    def aside(self, conversation: Conversation, text: str) -> Reply:
        """A page that belongs to no turn, and the way back to the conversation."""
        return Reply(_cut(text), (out(self.view(conversation)),), fresh=True)

    def _body(self, view: View, shown: Ask | Show | None) -> Body:
        match shown:
            case None:
                return Body("")
            case Show(name, argument):
                return panel(view, name, argument)
            case Ask() if not view.flow.steps:
                return panel(view, "project", str(view.conversation.dossier))
            case Ask():
                return card(view)

    def _notice(self, view: View, notice: Say) -> str:
        args = dict(notice.args)
        if "question" in args:
            args["q"] = view.called(str(args.pop("question")))
        return view.words.says(notice.key, **args)


def _wanted(effect: Sent, view: View) -> Wanted:
    match effect:
        case SendSheet(document, form):
            return Wanted(document, form)
        case SendPhoto(file):
            return Wanted("photo", "jpg", file)
        case SendTemplate(own, dossier):
            return Wanted("template" if own else "sample", "docx", dossier=dossier)
        case ReadTemplate(file, name, dossier):
            return Wanted("given", "docx", file, name, dossier)
        case SendCode():
            return Wanted("code", "png", name=view.address)
        case SendPersonalData():
            return Wanted("person", "json")


def _sent(effect: Spoken, view: View) -> TypeGuard[Sent]:
    """A link that is no longer at hand has no picture."""
    return isinstance(effect, Sent) and not (isinstance(effect, SendCode) and not view.address)


def _cut(text: str) -> str:
    """At most LONGEST characters, cut between two lines that open no tag across the cut."""
    if len(text) <= LONGEST:
        return text
    kept: list[str] = []
    size = 0
    for line in text.splitlines():
        size += len(line) + 1
        if size > LONGEST:
            break
        kept.append(line)
    while kept and _open_tags("\n".join(kept)):
        kept.pop()
    return "\n".join([*kept, "…"])


def _open_tags(text: str) -> bool:
    return any(
        text.count(f"<{tag}>") + text.count(f"<{tag} ") != text.count(f"</{tag}>")
        for tag in ("b", "i", "blockquote")
    )
