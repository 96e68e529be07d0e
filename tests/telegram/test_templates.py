"""A Word template sent in the chat: fetched, checked, kept, and said."""

from bot.service.ports import Key
from tests.double import TelegramDouble
from tests.telegram.conftest import Running, Start, until
from tests.telegram.people import writer


async def test_a_template_is_fetched_checked_and_tried(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    await anna.send("/modele")
    await anna.sees("Votre modèle Word")
    await anna.send_document("faux.docx", b"rien", mime_type="application/msword")
    await anna.sees("Ce modèle n’est pas encore utilisable")
    await anna.send_document("charte.docx", b"PK un modele")
    await anna.sees("Votre modèle est gardé")
    await until(lambda: telegram.calls_of("sendDocument", 5))
    assert (anna.last.document, anna.last.content) == ("show.docx", b"content")
    assert not telegram.refused


async def test_a_template_under_way_survives_a_stop(bots: Start, telegram: TelegramDouble) -> None:
    bot = await bots()
    anna = await writer(telegram)
    await anna.send("/modele")
    await anna.sees("Votre modèle Word")
    bot.conversations.maker.check = None  # type: ignore[method-assign]  # the check fails: it stays due
    await anna.send_document("charte.docx", b"PK un modele")
    await anna.sees("Bien reçu")
    await bot.crash()
    await bots()
    await anna.sees("Votre modèle est gardé")


async def test_a_template_for_one_dossier_alone_stays_with_it(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    await anna.send("/modele")
    await anna.click("Pour ce dossier seul")
    await anna.sees("servira à ce dossier seul")
    await anna.send_document("charte.docx", b"PK un modele")
    await anna.sees("gardé pour ce dossier seul")
    key = Key("telegram", anna.id, anna.id)
    kept = await bot.store.template(key, 1)
    assert kept
    assert kept.content == b"PK un modele"
    assert await bot.store.template(key) is None
