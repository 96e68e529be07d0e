"""A person who speaks to a store, and the engines that the contract is tried on."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.conversation import (
    Answer,
    ArchiveDossier,
    Ask,
    Attachment,
    Conversation,
    CreateDossier,
    DeleteDossier,
    DeletePerson,
    Effect,
    Fragment,
    OpenDossier,
    RecordAnswer,
    RecordConsent,
    Say,
)
from bot.service.ports import Key, Store, Turn
from bot.store import FlowSnapshot, SqliteStore

FLOW = FlowSnapshot("six-etapes", "h1", "flow: six-etapes\n", name="I_nom")

Opener = Callable[..., AbstractAsyncContextManager[SqliteStore]]


class Person:
    """Someone whose acts give the effects that the engine would give, and no more."""

    def __init__(self, store: Store, number: int = 7, chat: int | None = None) -> None:
        self.store = store
        self.key = Key("telegram", number if chat is None else chat, number)
        self.clock = 1_000.0
        self.messages = 100

    async def act(
        self,
        *effects: Effect,
        change: Callable[[Conversation], Conversation] = lambda conversation: conversation,
        update: int | None = None,
        reply_to: int | None = None,
    ) -> Turn:
        def decide(
            conversation: Conversation, question: str
        ) -> tuple[Conversation, Sequence[Effect]]:
            return change(conversation), effects

        return await self.store.turn(self.key, decide, update=update, reply_to=reply_to)

    async def begins(self, update: int | None = None) -> Turn:
        """Consents; the first dossier is made with it."""
        at = self.tick()
        return await self.act(
            RecordConsent(True, at),
            CreateDossier(at),
            Ask(),
            change=lambda one: Conversation(consented=True, limits=one.limits),
            update=update,
        )

    async def begins_another(self) -> Turn:
        return await self.act(
            CreateDossier(self.tick()),
            Ask(),
            change=lambda one: Conversation(
                consented=True, dossiers=one.dossiers, pace=one.pace, limits=one.limits
            ),
        )

    async def writes(self, question: str, *texts: str, update: int | None = None) -> Turn:
        """Adds messages to an answer, on the card shown."""
        fragments = []
        for text in texts:
            self.messages += 1
            fragments.append(Fragment(text, self.messages))
        return await self.answers(question, update=update, fragments=tuple(fragments))

    async def answers(
        self,
        question: str,
        *,
        update: int | None = None,
        revision: int | None = None,
        fragments: tuple[Fragment, ...] = (),
        attachments: tuple[Attachment, ...] = (),
        options: tuple[str, ...] = (),
        keep: bool = True,
    ) -> Turn:
        at = self.tick()

        def decide(conversation: Conversation, _: str) -> tuple[Conversation, Sequence[Effect]]:
            former = conversation.answers.get(question, Answer()) if keep else Answer()
            answer = Answer(
                options or former.options,
                (*former.fragments, *fragments),
                (*former.attachments, *attachments),
            )
            visit = conversation.revision if revision is None else revision
            answers = {**conversation.answers, question: answer}
            return replace(conversation, answers=answers, noted=question), [
                RecordAnswer(question, answer, visit, at),
                Say("noted", {"question": question}),
                Ask(fresh=True),
            ]

        return await self.store.turn(self.key, decide, update=update)

    async def moves_on(self) -> Turn:
        """Another card is shown: another visit begins."""
        return await self.act(Ask(), change=lambda one: replace(one, revision=one.revision + 1))

    async def opens(self, dossier: int) -> Turn:
        return await self.act(OpenDossier(dossier), Ask())

    async def archives(self, dossier: int, archived: bool = True) -> Turn:
        return await self.act(ArchiveDossier(dossier, archived), Ask())

    async def deletes(self, dossier: int) -> Turn:
        return await self.act(DeleteDossier(dossier), Say("dossier_deleted"))

    async def is_forgotten(self, update: int | None = None) -> Turn:
        return await self.act(DeletePerson(), Say("all_deleted"), update=update)

    async def reads(self) -> Conversation:
        return await self.store.conversation(self.key)

    def tick(self) -> float:
        self.clock += 1
        return self.clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "fil.db"


@pytest.fixture
def opened(path: Path) -> Opener:
    """Opens the store of this test, as often as it likes: what was written is there again."""
    return lambda flow=FLOW, **settings: SqliteStore.open(path, flow, **settings)


@pytest.fixture
async def store(opened: Opener) -> AsyncIterator[SqliteStore]:
    async with opened() as store:
        yield store


@pytest.fixture
def anna(store: SqliteStore) -> Person:
    return Person(store)


@pytest.fixture
def someone() -> type[Person]:
    return Person
