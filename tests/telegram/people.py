"""Shorthands shared by these tests."""

from tests.double import Person, TelegramDouble

OUTGOING = {"sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery"}


def calls(telegram: TelegramDouble, chat: int, since: int = 0) -> list[str]:
    """The methods called for a chat, from the `since`th call on."""
    return [call.method for call in telegram.calls[since:] if call.chat == chat]


async def newcomer(telegram: TelegramDouble, number: int = 5) -> Person:
    """Someone who has said /start and sees the welcome."""
    person = telegram.person(number)
    await person.send("/start")
    await person.sees("Rien n’est gardé avant votre accord")
    await person.served()
    return person


async def writer(telegram: TelegramDouble, number: int = 5) -> Person:
    """Someone on the first question of the essential rhythm: its answer is a text."""
    person = await newcomer(telegram, number)
    await person.click("J’accepte et je commence")
    await person.click("L’essentiel")
    await person.served()
    return person


async def ask_document(person: Person) -> None:
    """The working sheet as a PDF, its header left empty."""
    await person.press("f:work:pdf", on=person.last.id)
    await person.click("Envoyer sans compléter")
