"""Two people, two languages, one bot: what each is told, and what stays after a stop."""

from tests.double import TelegramDouble

from .conftest import Running, Start


async def test_each_person_is_met_in_the_language_of_their_telegram(
    bot: Running, telegram: TelegramDouble
) -> None:
    bill, anna = telegram.person(7, language="en-GB"), telegram.person(5, language="fr")
    unknown = telegram.person(8, language=None)
    for one in (bill, anna, unknown):
        await one.send("/start")
    await bill.sees("Nothing is kept before you agree")
    await anna.sees("Rien n’est gardé avant votre accord")
    await unknown.sees("Rien n’est gardé avant votre accord")
    await bill.click("I agree and begin")
    await bill.click("The essentials")
    await bill.sees("What name do you give your project?")
    assert not telegram.refused


async def test_the_language_chosen_outlives_a_stop(bots: Start, telegram: TelegramDouble) -> None:
    bot = await bots()
    bill = telegram.person(7, language="en")
    await bill.send("/start")
    await bill.click("I agree and begin")
    await bill.click("The essentials")
    await bill.send("Two shores")
    await bill.sees("You represent…")
    await bill.send("/langue")
    await bill.sees("Your language")
    await bill.click("Français")
    await bill.sees("Vous représentez…")
    await bot.end()
    await bots()
    await bill.send("/aide")
    await bill.sees("Ce que je sais faire")
    await bill.click("🌐 Langue")
    await bill.click("English")
    await bill.sees("You represent…")
    assert not telegram.refused
