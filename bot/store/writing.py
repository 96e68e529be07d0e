"""One turn in its transaction: recognise, load, decide, write what follows.

It obeys effects in their order and decides nothing, except what belongs to storage: whether an
answer is a new version, and that a revision never serves two dossiers of one person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.domain.conversation import (
    Adopt,
    AdoptText,
    ArchiveDossier,
    BringVoices,
    CloseDossier,
    Conversation,
    CreateDossier,
    CreateInvitation,
    DeleteDossier,
    DeletePerson,
    DropTemplate,
    Governed,
    JoinDossier,
    KeepLanguage,
    KeepPrivate,
    KeepSheetLanguage,
    KeepTemplate,
    MuteNotices,
    NameMember,
    OpenDossier,
    RecordAnswer,
    RecordConsent,
    RecordHandling,
    RemindOf,
    RemoveMember,
    RevokeInvitation,
    Role,
    SetBlind,
    SetZone,
    Spoken,
    TransferDossier,
    Written,
)
from bot.service.ports import NOTHING, Decide, Key, Look, Turn
from bot.store import (
    bringing,
    contributions,
    deletion,
    dossiers,
    news,
    people,
    seats,
    sharing,
    talk,
    templates,
)
from bot.store.contributions import Author
from bot.store.database import Database
from bot.store.loading import Loaded, Loader, standing
from bot.store.talk import Talk

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in, as far as storage minds. `at`: the store's own clock."""

    key: Key
    at: float
    update: int | None = None
    reply_to: int | None = None
    language: str = ""
    look: Look = NOTHING


def write_turn(loader: Loader, db: Database, arrival: Arrival, decide: Decide) -> tuple[Turn, bool]:
    """The turn, and whether something was deleted that must leave the disk."""
    loaded = loader.load(
        db,
        arrival.key,
        update=arrival.update,
        language=arrival.language,
        look=arrival.look,
    )
    if loaded.repeated:
        return Turn(loaded.conversation, (), loaded.number, loaded.card, repeated=True), False
    conversation, effects = decide(loaded.conversation, _replied_to(db, loaded, arrival.reply_to))
    spoken = tuple([one for one in effects if isinstance(one, Spoken)])
    written = tuple([one for one in effects if isinstance(one, Written)])
    gone = any(isinstance(one, DeletePerson) for one in written)
    gone = gone and seats.forget(db, arrival.key)  # whoever sat in a room may be a stranger here
    if not (loaded.conversation.consented or _allowed(loaded, written)):
        return Turn(conversation, spoken, loaded.number, loaded.card), gone
    page = _Page(loader, db, arrival, loaded, conversation)
    for effect in written:
        page.write(effect)
    page.close(spoken)
    return Turn(page.conversation, spoken, page.number, loaded.card), page.erased or gone


def write_aside(
    loader: Loader,
    db: Database,
    arrival: Arrival,
    dossier: int,
    effect: AdoptText | RecordHandling | CreateInvitation,
) -> None:
    """What a room adopted goes to the dossier, by its owner, whatever they have in hand meanwhile."""
    loaded = loader.load(db, arrival.key, dossier=dossier)
    if loaded.conversation.dossier == dossier:
        page = _Page(loader, db, arrival, loaded, loaded.conversation)
        page.write(effect)
        page.save_dossier()


def _allowed(loaded: Loaded, written: Sequence[Written]) -> bool:
    """Without consent: to give it, or to have everything deleted after withdrawing it."""
    known = loaded.person is not None
    return any(
        one.given if isinstance(one, RecordConsent) else known and isinstance(one, DeletePerson)
        for one in written
    )


def _replied_to(db: Database, loaded: Loaded, message: int | None) -> str:
    """The question of a card of the dossier in hand: words for another one are not its own."""
    if message is None or loaded.talk is None:
        return ""
    row = db.execute(
        "SELECT question FROM card WHERE conversation = ? AND message = ? AND dossier = ?",
        (loaded.talk, message, loaded.conversation.dossier),
    ).fetchone()
    return row[0] if row else ""


class _Page:
    """The writing of one turn: the conversation as it becomes, the dossier in hand, what changed."""

    def __init__(
        self,
        loader: Loader,
        db: Database,
        arrival: Arrival,
        loaded: Loaded,
        conversation: Conversation,
    ) -> None:
        self.loader = loader
        self.db = db
        self.arrival = arrival
        self.loaded = loaded  # of the dossier in hand: follows it when it changes
        self.conversation = conversation
        self.person = loaded.person
        self.hand = loaded.conversation.dossier
        self.own = dict(loaded.own)
        self.offset = 0  # what a new dossier's revisions begin with
        self.changed: float | None = None
        self.number = loaded.number
        self.refresh = False
        self.erased = False

    def write(self, effect: Written) -> None:  # noqa: C901  # a table in disguise
        match effect:
            case RecordConsent(given, at):
                self.consent(given, at)
            case KeepLanguage(language):
                people.choose(self.db, self.known(), language)
            case KeepSheetLanguage(language):
                dossiers.tell_in(self.db, self.author().dossier, language)
            case CreateDossier(at, flow, beside):
                self.create(at, flow, beside)
            case OpenDossier(dossier):
                self.open(dossier)
            case ArchiveDossier(dossier, archived):
                if self.owns(dossier):
                    dossiers.archive(self.db, dossier, archived)
                    self.refresh = True
            case DeleteDossier(dossier):
                if self.owns(dossier):
                    self.delete(dossier)
            case DeletePerson():
                self.forget()
            case RecordAnswer():
                self.answer(effect)
            case RecordHandling(rule, handling, at):
                seals, dossier = self.loader.seals, self.author().dossier
                contributions.handle(self.db, seals, dossier, rule, handling, at)
                self.changed = at
            case KeepTemplate(name, content, at, dossier):
                if owner := self.owner(dossier):
                    seals, person = self.loader.seals, self.known()
                    templates.keep(self.db, seals, owner, person, name, content, at)
                self.erased = True  # the one before leaves the disk
            case DropTemplate(dossier):
                if owner := self.owner(dossier):
                    templates.drop(self.db, owner)
                self.erased = True
            case JoinDossier(invitation, at):
                sharing.join(self.db, invitation, self.known(), at)
                self.refresh = True
            case RemoveMember(member, taking):
                self.remove(member, taking)
            case BringVoices(together, at):
                bringing.bring(self.db, self.loader.seals, self.author(), together, at)
                self.changed, self.refresh = at, True
            case AdoptText() | Adopt():
                self.adopt(effect)
            case _:
                self.share(effect)

    def share(self, effect: Governed) -> None:
        """What a member decides of the dossier in hand."""
        db, author = self.db, self.author(getattr(effect, "question", ""))
        match effect:
            case CreateInvitation():
                sharing.invite(db, author.dossier, author.person, effect)
            case RevokeInvitation(invitation, at):
                sharing.revoke(db, author.dossier, invitation, at)
            case KeepPrivate(question, private):
                sharing.keep_private(db, author.dossier, author.person, question, private)
            case SetBlind(on):
                sharing.set_blind(db, author.dossier, on)
            case CloseDossier(closed):
                sharing.close(db, author.dossier, closed)
            case TransferDossier(member):
                sharing.transfer(db, author.dossier, author.person, member)
                self.refresh = True
            case NameMember(name):
                sharing.name(db, self.loader.seals, author.dossier, author.person, name)
            case MuteNotices(muted):
                sharing.mute(db, author.dossier, author.person, muted)
            case RemindOf(on):
                news.set_reminders(db, author.dossier, author.person, on)
            case SetZone(zone):
                news.set_zone(db, author.person, zone)
            case _:
                assert_never(effect)

    def adopt(self, effect: AdoptText | Adopt) -> None:
        author = self.author(effect.question)
        if isinstance(effect, AdoptText):
            number = contributions.write(self.db, self.loader.seals, author, effect)
            effect = Adopt(effect.question, number, "written", effect.at)
        sharing.adopt(self.db, author.dossier, author.person, effect)
        self.changed = effect.at
        self.refresh |= effect.question in self.loader.flows.names

    # --- the person --------------------------------------------------------------------------

    def consent(self, given: bool, at: float) -> None:
        if given:
            self.person = people.consent(self.db, self.arrival.key, at)
        elif self.person is not None:
            people.withdraw(self.db, self.person, at)
            self.erased = True  # so that the register has it at once

    def forget(self) -> None:
        """Nothing of this turn is kept either: who comes again is met as a stranger."""
        if self.person is not None:
            deletion.person(self.db, self.loader.seals, self.person)
        self.person = self.hand = None
        language = self.conversation.language
        self.conversation = Conversation(language=language, limits=self.loader.limits)
        self.number = 0
        self.erased = True

    # --- dossiers ----------------------------------------------------------------------------

    def create(self, at: float, flow: str, beside: int) -> None:
        person = self.known()
        self.offset = self.next_revision()
        begun, near = self.loader.flows.begun(flow), beside if self.owns(beside) else 0
        self.hand = dossiers.create(self.db, begun, person, at, self.arrival.at, near)
        self.loaded = replace(
            self.loaded,
            outdated=False,
            placed=None,
            conversation=Conversation(),
            seen=self.arrival.at,
            announced=False,
            home=self.hand,
            own={},
        )
        if near:  # the project is known already
            self.loaded = self.reloaded(self.hand)
        self.conversation = replace(
            self.conversation,
            dossier=self.hand,
            flow=begun.flow,
            revision=self.conversation.revision + self.offset,
            answers=self.loaded.conversation.answers,
        )
        self.own = dict(self.loaded.own)
        self.refresh = True

    def open(self, dossier: int) -> None:
        if any(one.id == dossier for one in self.loader.lines(self.db, self.person)):
            self.save_place()
            self.take_in_hand(dossier)

    def take_in_hand(self, dossier: int) -> None:
        """Go on with another dossier where it was left; its old buttons are stale."""
        revision, pace = self.next_revision(), self.conversation.pace
        self.loaded = self.reloaded(dossier)
        self.hand, self.own, self.offset = dossier, dict(self.loaded.own), 0
        # What was half asked before another dossier came in hand does not swallow the next words.
        self.conversation = replace(
            self.loaded.conversation, revision=revision, pace=pace, joined=(), awaiting=""
        )

    def delete(self, dossier: int) -> None:
        person = self.known()
        dossiers.remember_revision(self.db, person, self.next_revision())
        deletion.dossier(self.db, self.loader.seals, dossier)
        self.erased = self.refresh = True
        if dossier == self.hand:
            self.leave_hand(person)
        left = self.loader.load(self.db, self.arrival.key).conversation
        self.conversation = replace(self.conversation, attachment_bytes=left.attachment_bytes)

    def reloaded(self, dossier: int | None = None) -> Loaded:
        return self.loader.load(
            self.db, self.arrival.key, dossier=dossier, language=self.arrival.language
        )

    def leave_hand(self, person: int) -> None:
        """The dossier in hand is no longer theirs to open: the last one they worked on is."""
        self.hand, self.changed, self.refresh = None, None, True
        left = self.reloaded().conversation
        self.conversation = replace(left, pace=self.conversation.pace)
        following = dossiers.latest(self.db, person)
        if following is not None:
            self.take_in_hand(following)

    def remove(self, member: int, taking: bool) -> None:
        """A member goes; when it is oneself, the dossier in hand becomes another."""
        dossier = self.author().dossier
        if member == self.person:
            dossiers.remember_revision(self.db, member, self.next_revision())
        project = sharing.project_of(self.db, dossier)
        sharing.leave(self.db, project, member, taking=taking)
        self.erased = True  # the register is told, and what was taken back leaves the disk
        if member == self.person:
            self.leave_hand(member)

    def owner(self, dossier: int | None) -> templates.Owner | None:
        """Whose template it is; None for a dossier that is not this person's."""
        if dossier is None:
            return templates.of_person(self.known())
        return templates.of_dossier(dossier) if self.owns(dossier) else None

    def owns(self, dossier: int) -> bool:
        return self.person is not None and dossiers.owns(self.db, self.person, dossier)

    def next_revision(self) -> int:
        """Above every card of this person: one dossier's never passes for another's."""
        kept = dossiers.highest_revision(self.db, self.known())
        if self.hand is None:
            return kept + 1
        return 1 + max(kept, self.loaded.conversation.revision, self.conversation.revision)

    def known(self) -> int:
        if self.person is None:
            raise ValueError("something to keep of a person who did not consent")
        return self.person

    # --- what was answered -------------------------------------------------------------------

    def author(self, question: str = "") -> Author:
        """What is answered of the project itself stands in its first dossier, for all of them."""
        if self.hand is None:
            raise ValueError("an answer without a dossier in hand")
        shared = question in self.loader.flows.shared(self.conversation.flow)
        dossier = self.loaded.home if shared else self.hand
        together = self.loaded.conversation.together
        side = together.me.side if together else "ici"
        return Author(self.known(), dossier, self.arrival.key.chat, side)

    def answer(self, effect: RecordAnswer) -> None:
        self.own[effect.question] = contributions.record(
            self.db,
            self.loader.seals,
            self.author(effect.question),
            effect,
            effect.revision + self.offset,
            self.own.get(effect.question),
        )
        self.changed = effect.at
        self.refresh |= effect.question in self.loader.flows.names

    # --- the end of the turn -----------------------------------------------------------------

    def close(self, spoken: Sequence[Spoken]) -> None:
        """Where the person stands, what they must be told, and that the update was handled."""
        if self.person is None:
            return
        self.number += 1
        self.save_dossier()
        self.save_place()
        chat, pace = self.arrival.key.chat, self.conversation.pace
        row = talk.save(self.db, Talk(self.person, chat, self.hand, self.number, pace))
        talk.owe(self.db, self.loader.seals, row, self.number, spoken)
        if self.arrival.update is not None:
            self.db.execute(
                "INSERT INTO handled_update (door, update_id, at) VALUES (?, ?, ?)",
                (self.arrival.key.door, self.arrival.update, self.arrival.at),
            )
        language = self.arrival.language or self.loaded.language
        if self.loaded.blocked or language != self.loaded.language:
            people.heard(self.db, self.person, language)
        if self.refresh:
            lines = self.loader.lines(self.db, self.person)
            self.conversation = replace(self.conversation, dossiers=lines)

    def save_dossier(self) -> None:
        if self.hand is None:
            return
        if self.loaded.outdated:
            self.db.execute(
                "UPDATE place SET revision = revision + 1 WHERE dossier = ? AND person <> ?",
                (self.hand, self.person),
            )
        if self.loaded.announced or self.arrival.at - self.loaded.seen > _DAY:
            dossiers.wake(self.db, self.hand, self.arrival.at)
            news.woken(self.db, self.hand)
        finished = self.conversation.finished
        together = self.loaded.conversation.together
        if together and together.me.role is not Role.OWNER:
            finished = self.loaded.conversation.finished  # the owner's walk says that it is
        ended = finished != self.loaded.conversation.finished
        if self.loaded.outdated or ended or self.changed is not None:
            flow = self.loader.flows.get(self.conversation.flow)
            self.db.execute(
                "UPDATE dossier SET changed = coalesce(?1, changed), finished = ?2,"
                " flow_hash = coalesce(?3, flow_hash) WHERE id = ?4",
                (self.changed, finished, flow and flow.hash, self.hand),
            )

    def save_place(self) -> None:
        here = (self.conversation.revision, standing(self.conversation))
        if self.person is None or self.hand is None or here == self.loaded.placed:
            return
        sealed = self.loader.seal_standing(self.person, self.hand, here[1])
        self.db.execute(
            "INSERT INTO place (person, dossier, revision, state) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (person, dossier)"
            " DO UPDATE SET revision = excluded.revision, state = excluded.state",
            (self.person, self.hand, here[0], sealed),
        )
