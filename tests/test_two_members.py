"""Two members at one dossier, whatever they do and in whatever order: nothing lost, nothing overwritten."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import conversation as c
from bot.domain import dossier
from bot.domain.flows import Flows
from bot.service.conversations import Conversations
from bot.service.ports import Inbound, Key
from bot.store import FlowSnapshot, SqliteStore
from tests.play import flow, renderer

ANNA, BINTA = Key("console", 1, 1), Key("console", 1, 2)
QUESTIONS = ("Q6", "Q11", "Q14")  # one that is common, two that each side answers
SNAPSHOT = FlowSnapshot("six-etapes", "h", "flow: six-etapes\n", "I_nom")

acts = st.tuples(
    st.sampled_from((ANNA, BINTA)),
    st.sampled_from(("option", "words", "retain", "open", "private", "blind")),
    st.sampled_from(QUESTIONS),
    st.integers(0, 2),
)


class Circle:
    """The dossier of two people, through the use cases, on a real file."""

    def __init__(self, conversations: Conversations) -> None:
        self.conversations = conversations
        self.clock = 1_700_000_000.0
        self.said: list[tuple[Key, str, str]] = []  # who, which question, an option or words

    async def act(self, key: Key, event: c.Event) -> c.Conversation:
        self.clock += 10
        event = type(event)(**{**fields(event), "at": self.clock})
        return (await self.conversations.handle(Inbound(key, event))).turn.conversation

    async def begin(self) -> None:
        await self.act(ANNA, c.ConsentGiven())
        made = await self.conversations.handle(
            Inbound(ANNA, c.InvitationMade("la_bas", c.Role.CONTRIBUTOR, True, 7, at=self.clock))
        )
        token = made.reply.text.partition("/start j_")[2].split()[0]
        await self.act(BINTA, c.InvitationAccepted(token))

    async def does(self, key: Key, kind: str, question: str, number: int) -> None:
        match kind:
            case "option" | "words":
                await self.answers(key, kind, question, number)
            case "retain":
                together = (await self.act(key, c.Resumed())).together
                voices = dossier.common(together, question)
                if voices:
                    chosen = voices[number % len(voices)].number
                    await self.act(key, c.VoiceRetained(question, chosen))
            case "open":
                await self.act(key, c.QuestionLeftOpen(question))
            case "private":
                await self.act(key, c.VoiceKept(question, bool(number % 2)))
            case "blind":
                await self.act(key, c.BlindSet(bool(number % 2)))

    async def answers(self, key: Key, kind: str, question: str, number: int) -> None:
        conversation = await self.act(key, c.QuestionOpened(question, telling=kind == "words"))
        if kind == "words":
            words = f"mot {len(self.said)}"
            await self.act(key, c.TextGiven(words, int(self.clock)))
            self.said.append((key, question, words))
            return
        option = flow().questions[question].options[number].id
        await self.act(key, c.OptionChosen(question, conversation.revision, number))
        self.said.append((key, question, option))


def fields(event: c.Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__slots__}


def said_by(answers: Iterator[c.Answer]) -> set[str]:
    return {word for one in answers for word in (*one.options, *one.text.splitlines())}


async def live(plan: list[tuple[Key, str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with SqliteStore.open(Path(folder) / "deux.db", SNAPSHOT) as store:
            circle = Circle(Conversations(Flows.of(flow()), store, renderer(), None))  # type: ignore[arg-type]
            await circle.begin()
            for act in plan:
                await circle.does(*act)
            await nothing_is_lost(circle, store)


async def nothing_is_lost(circle: Circle, store: SqliteStore) -> None:
    for key in (ANNA, BINTA):
        data = await store.personal_data(key)
        for question in QUESTIONS:
            kept = said_by(one.answer for _, one in data.history if one.question == question)
            mine = [what for who, asked, what in circle.said if (who, asked) == (key, question)]
            assert kept.issuperset(mine)
        together = data.dossiers[0].conversation.together
        for question in QUESTIONS:
            mine = [what for who, asked, what in circle.said if (who, asked) == (key, question)]
            own = dossier.mine(together, question)
            assert not mine or (own and mine[-1] in said_by(iter([own.answer])))
    retained = dossier.retained(flow(), (await store.dossier(1)).conversation)
    for question in QUESTIONS:
        everything = {what for _, asked, what in circle.said if asked == question}
        if question in retained:
            assert said_by(iter([retained[question]])) <= everything


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts, max_size=14))
def test_whatever_two_members_do_nothing_is_lost_nor_overwritten(
    plan: list[tuple[Key, str, str, int]],
) -> None:
    asyncio.run(live(plan))
