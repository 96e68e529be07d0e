"""Several people on one dossier. What a test is not about is done without the chat, by the same engine."""

import re
import time

from bot.domain.conversation import (
    Answer,
    ConsentGiven,
    Event,
    InvitationAccepted,
    InvitationMade,
    OptionChosen,
    QuestionOpened,
    Rhythm,
    RhythmChosen,
    Role,
    Side,
    TextGiven,
)
from bot.domain.dossier import retained
from bot.service.conversations import Outbound
from bot.service.ports import Contribution, Inbound, Key
from tests.double import Person, TelegramDouble
from tests.play import flow

from .conftest import Running, until

LINK = re.compile(r"https://t\.me/\S+")
PROJECT = {"I_nom": "Eau de Thiès", "I_territoires_ici": "Savoie", "I_territoires_la_bas": "Thiès"}
CHOSEN = {
    "I_role": "collectivite_fr",
    "I_territoires_pays_ici": "fr",
    "I_territoires_pays_la_bas": "sn",
}


async def act(bot: Running, person: int, event: Event) -> Outbound:
    return await bot.conversations.handle(Inbound(Key("telegram", person, person), event))


async def says(bot: Running, person: int, question: str, said: str) -> None:
    """Answer a question, by an option's id or in words."""
    at = time.time()
    shown = await act(bot, person, QuestionOpened(question, at=at))
    asked = flow().questions[question]
    options = [one.id for one in asked.options]
    if said in options:
        revision = shown.turn.conversation.revision
        event: Event = OptionChosen(question, revision, options.index(said), at=at)
    else:
        event = TextGiven(said, int(at * 1000) % 1_000_000, at=at)
    await act(bot, person, event)


async def founder(bot: Running, telegram: TelegramDouble, number: int = 5) -> Person:
    """Someone whose dossier links Savoie, where they are, with Thiès."""
    at = time.time()
    await act(bot, number, ConsentGiven(at))
    for question, said in {**PROJECT, **CHOSEN}.items():
        await says(bot, number, question, said)
    await act(bot, number, RhythmChosen(Rhythm.ESSENTIAL, at))
    anna = telegram.person(number)
    await anna.send("/start")
    await anna.sees("Eau de Thiès")
    await anna.served()
    return anna


async def joined(
    bot: Running,
    telegram: TelegramDouble,
    number: int = 6,
    side: Side = "la_bas",
    role: Role = Role.CONTRIBUTOR,
    owner: int = 5,
) -> Person:
    """Someone whom the owner invited and who joined."""
    at = time.time()
    made = await act(bot, owner, InvitationMade(side, role, True, 7, at=at))
    token = LINK.search(made.reply.text)[0].partition("start=j_")[2]
    await act(bot, number, InvitationAccepted(token, at))
    person = telegram.person(number)
    await person.send("/start")
    await person.sees("Eau de Thiès")
    await person.served()
    return person


async def invitation(
    owner: Person, whom: str = "Thiès · pour répondre", how: str = "Une personne, 7"
) -> str:
    """Through the chat: the link."""
    await owner.send("/inviter")
    await owner.click(whom)
    await owner.click(how)
    shown = await owner.sees("https://t.me/")
    await owner.served()
    return LINK.search(shown.text)[0]


async def guest(telegram: TelegramDouble, link: str, number: int = 6) -> Person:
    """Someone who follows a link and joins, through the chat."""
    person = telegram.person(number)
    await person.follow(link)
    await person.click("Rejoindre")
    await person.sees("Bienvenue")
    await person.served()
    return person


async def settled(person: Person) -> None:
    """Every press was answered, and nothing moves any more: the machine may be slow."""
    await until(lambda: not person.unanswered, 20)
    await person.served()


async def opens(person: Person, question: str) -> None:
    await person.press(f"q:{question}:0", on=person.last.id)
    await settled(person)


async def answers(person: Person, question: str, option: str) -> None:
    await opens(person, question)
    await person.click(option)
    await settled(person)


async def opens_page(person: Person, page: str) -> None:
    await person.press(f"p:{page}", on=person.last.id)
    await settled(person)


def labels(person: Person) -> list[str]:
    return [button.label for row in person.last.buttons for button in row]


async def kept(bot: Running, question: str) -> Answer:
    """What the sheet of the first dossier reads."""
    record = await bot.store.dossier(1)
    return retained(flow(), record.conversation).get(question, Answer())


async def contributions(bot: Running, person: int) -> list[Contribution]:
    data = await bot.store.personal_data(Key("telegram", person, person))
    return [one for _, one in data.history]
