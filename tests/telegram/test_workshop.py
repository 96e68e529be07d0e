"""A workshop through the real door: a facilitator, phones in the room, and those who try their luck."""

import asyncio
import re
import time
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

from bot.domain.conversation import DossierClosed, DossierTransferred, MemberLeft
from bot.domain.workshop import events as w
from bot.domain.workshop.report import report
from bot.errors import StoreError
from bot.render.codec import encode
from bot.service import showing
from bot.service.ports import Key
from tests.double import Person, TelegramDouble
from tests.play import flow
from tests.samples import sheet

from .circle import act, founder
from .circle import joined as member
from .conftest import Running, opened, until
from .people import calls, writer

OWNER = 5


async def facilitator(telegram: TelegramDouble, *, groups: bool = False) -> tuple[Person, str]:
    """Someone whose room is open, for the four questions of a project under way; its code."""
    person = await writer(telegram, OWNER)
    await person.send("Eau de Kayes")
    await person.served()
    await person.send("/atelier")
    await person.sees("Un atelier sur ce dossier")
    await person.click("En cours")
    await person.sees("Les questions")
    if groups:
        await person.click("Par groupe")
        await person.sees("moins de cinq sont réunis")
    await person.click("Ouvrir la salle")
    shown = await person.sees("La salle est ouverte")
    await person.served()
    found = re.search(r"Code ([A-Z]{6})", shown.text)
    assert found, shown.text
    return person, found[1]


async def joined(telegram: TelegramDouble, room: str, *numbers: int) -> list[Person]:
    people = [telegram.person(number) for number in numbers]
    for one in people:
        await one.send(f"/start a_{room}")
    for one in people:
        await one.sees("vaut accord")
        await one.click("Participer")
    for one in people:
        await one.sees("Vous êtes dans la salle")
    return people


async def open_question(owner: Person, people: list[Person], name: str = "Q8") -> None:
    await owner.click(f"Ouvrir {name}")
    await owner.sees("Réponses :")
    for one in people:
        await one.sees(name)
        await one.served()


def live(owner: Person):  # type: ignore[no-untyped-def]
    """The facilitator's card."""
    return next(one for one in reversed(owner.messages) if "Réponses :" in one.text)


async def test_a_room_answers_and_its_answer_becomes_the_dossier_s(
    bot: Running, telegram: TelegramDouble
) -> None:
    await answers_together(bot, telegram)


async def test_a_room_is_the_same_on_a_server(
    postgres_url: str, telegram: TelegramDouble, tmp_path: Path
) -> None:
    async with opened(tmp_path / "fil", telegram, server=postgres_url) as bot:
        owner, anna = await answers_together(bot, telegram)
        await owner.click("Terminer l’atelier")
        await owner.click("Oui, terminer")
        await anna.sees("L’atelier est terminé")
        await anna.click("Le compte rendu (PDF)")
        await until(lambda: [one for one in anna.messages if one.document], 20)


async def answers_together(bot: Running, telegram: TelegramDouble) -> tuple[Person, Person]:
    """One question from its opening to what the room retains of it."""
    owner, room = await facilitator(telegram)
    assert any(one.kind == "photo" for one in owner.messages), owner.screen()
    people = await joined(telegram, room, 21, 22, 23)
    await open_question(owner, people)
    first = people[0].last.labels[0]
    for one in people:
        await one.click(first)
        await one.sees("Noté")
    await people[1].send("Les jeunes parlent si on va les voir")
    await people[1].sees("Les jeunes parlent si")
    await until(lambda: "Réponses : 3 sur 3" in live(owner).text)
    assert f"3 · {first}" in live(owner).text
    assert "Les jeunes parlent" in live(owner).text
    await owner.click("Clore")
    for one in people:
        await one.sees("La question est close")
    await owner.click("Retenir une réponse")
    await owner.sees("devient la réponse du dossier")
    await owner.click("Prendre l’idée")
    await owner.click("Retenir ▶")
    await owner.sees("C’est la réponse du dossier")
    for one in people:
        await one.sees("La salle retient")
    record = await bot.store.dossier(1)
    answer = record.conversation.answers["Q8"]
    assert answer.options
    assert answer.text == "Les jeunes parlent si on va les voir"
    assert not telegram.refused
    assert not owner.unanswered
    return owner, people[0]


async def test_a_vote_can_change_and_the_newest_counts(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    anna, bruno = await joined(telegram, room, 21, 22)
    await open_question(owner, [anna, bruno])
    card, (first, second, *_) = anna.last.id, anna.last.labels
    await anna.click(first)
    await anna.sees("Noté")
    before = len(telegram.calls)
    await anna.click(first)
    await anna.click(second)
    await anna.sees(f"Noté : {second}")
    await anna.served()
    assert anna.last.id == card, "confirmed on the same card"
    assert set(calls(telegram, anna.id, before)) == {"answerCallbackQuery", "editMessageText"}
    await until(lambda: f"1 · {second}" in live(owner).text)
    assert f"0 · {first}" in live(owner).text


async def test_late_arrivals_and_lost_phones_get_the_question_at_once(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    late = telegram.person(30)
    await late.send(f"/start a_{room}")
    await late.click("Participer")
    await late.sees("Q8")
    assert late.last.labels == anna.last.labels
    await anna.clear_history()
    await anna.send("/start")
    await anna.sees("Q8")
    assert anna.last.labels == late.last.labels


async def test_a_restart_shows_every_phone_what_it_missed(bots, telegram: TelegramDouble) -> None:  # type: ignore[no-untyped-def]
    bot = await bots()
    owner, room = await facilitator(telegram)
    people = await joined(telegram, room, 21, 22)
    await bot.door.sender.close(0)  # from here on nothing leaves
    await owner.click("Ouvrir Q8")
    await asyncio.sleep(0.2)
    await bot.crash()
    await bots()
    for one in people:
        await one.sees("Q8")
        assert one.last.labels
    await owner.sees("Réponses :")


async def test_a_closed_question_takes_nothing_and_says_so(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    card, label = anna.last.id, anna.last.labels[0]
    await owner.click("Clore")
    await anna.sees("La question est close")
    await anna.click(label, on=card) if anna.last.id != card else None
    await anna.press("av:1:1:0:1", on=card)
    await anna.toasted("Cette question est close")
    await anna.send("trop tard")
    await anna.sees("n’a pas été gardé")
    hall = await bot.store.hall(1, everything=True)
    assert not hall.room.given


async def test_only_a_facilitator_moves_the_room(bot: Running, telegram: TelegramDouble) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    stranger = await writer(telegram, 44)
    before = (await bot.store.hall(1)).room.workshop
    for data in desk_buttons():
        for person in (anna, stranger):
            await person.press(data, on=person.last.id)
            await person.toasted("où vous n’êtes pas")
            person.toasts.clear()
    for data in ("av:1:1:0:1", "ax:1:1", "al:1", "ap:1:report"):
        await stranger.press(data, on=stranger.last.id)
        await stranger.toasted("où vous n’êtes pas")
        stranger.toasts.clear()
    assert (await bot.store.hall(1)).room.workshop == before
    assert not telegram.refused


def desk_buttons() -> list[str]:
    """One of each that a facilitator's pages show, of the first workshop."""
    values = {int: 1, bool: True, str: "wall"}
    kinds = set(get_args(w.DeskEvent)) - set(get_args(w.SeatEvent)) - {w.WorkshopAsked}
    carried = kinds - {w.HelperJoined}  # both come by words
    return [
        encode(kind(**{one.name: values[one.type] for one in fields(kind) if one.name != "at"}))
        for kind in sorted(carried, key=lambda kind: kind.__name__)
    ]


async def test_codes_cannot_be_guessed_at_leisure(bot: Running, telegram: TelegramDouble) -> None:
    _, room = await facilitator(telegram)
    curious = telegram.person(50)
    for _ in range(6):
        await curious.send("/start a_BBBBBB")
        await curious.sees("n’ouvre aucun atelier")
        await curious.served()
    await curious.send(f"/start a_{room}")
    await curious.sees("attendez une minute")


async def test_a_facilitator_sees_the_door_and_shuts_it(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await owner.click("Fermer la porte")
    await owner.sees("Porte fermée")
    late = telegram.person(30)
    await late.send(f"/start a_{room}")
    await late.sees("La porte de la salle est fermée")
    assert not late.last.labels
    await late.press(f"as:{room}::1", on=late.last.id)
    await late.quiet()
    assert late.last.text.count("La porte de la salle est fermée") == 1
    assert len((await bot.store.hall(1)).room.seats) == 1
    await anna.clear_history()
    await anna.send(f"/start a_{room}")
    await anna.sees("Vous êtes dans la salle")
    await owner.click("Rouvrir la porte")
    await owner.toasted("nouveau code")
    await owner.quiet(0.3)
    fresh = (await bot.store.hall(1)).room.workshop.code
    assert fresh != room
    assert fresh in owner.screen()
    await joined(telegram, fresh, 30)


async def test_whoever_takes_everything_back_leaves_nothing(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    anna, bruno = await joined(telegram, room, 21, 22)
    await open_question(owner, [anna, bruno])
    await anna.send("un souvenir à oublier")
    await anna.sees("un souvenir")
    await bruno.click(bruno.last.labels[0])
    await anna.send("/supprimer")
    await anna.click("Oui, tout supprimer")
    await anna.sees("Tout ce que vous aviez confié est supprimé")
    hall = await bot.store.hall(1, everything=True)
    assert [one.person for one in hall.room.seats] == [22]
    assert not [one for one in hall.room.given if one.kind == "text"]


async def test_hands_and_papers_are_counted_as_paper(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    await owner.send("Q8 : 12 / 5 / 3")
    await owner.sees("comme « papier »")
    await until(lambda: "dont 20 mains" in live(owner).text)
    await owner.send("11 / 5")
    await until(lambda: "dont 16 mains" in live(owner).text)
    await owner.send("Q8 Une table sans téléphone propose un comité")
    await owner.sees("(papier)")
    await owner.send("1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9")
    await owner.sees("rien n’a été gardé")


async def test_a_disagreement_is_noted_with_both_sides(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    await owner.click("Clore")
    await owner.click("Retenir une réponse")
    await owner.click("Désaccord noté")
    await owner.sees("première position")
    await owner.send("Il faut un comité élu.")
    await owner.sees("l’autre position")
    await owner.send("Un groupe ouvert suffit.")
    await owner.sees("C’est la réponse du dossier")
    await anna.sees("noté un désaccord")
    answer = (await bot.store.dossier(1)).conversation.answers["Q8"]
    assert "D’un côté : « Il faut un comité élu. »" in answer.text
    assert "De l’autre : « Un groupe ouvert suffit. »" in answer.text


async def test_what_the_wall_may_show_is_chosen_one_by_one_or_all(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    for text in ("une", "deux"):
        await anna.send(f"idée {text}")
        await anna.sees(f"idée {text}")
    await until(lambda: "idée deux" in live(owner).text)
    await owner.click("Idées")
    await owner.click("Montrer l’idée 1")
    await owner.served()

    async def approved() -> list[str]:
        return [one.text for one in (await bot.store.hall(1)).room.given if one.approved]

    assert await approved() == ["idée une"]
    await anna.send("idée non lue")
    await anna.sees("idée non lue")
    await owner.press("aa:1:2", on=owner.last.id)
    await owner.served()
    assert await approved() == ["idée une", "idée deux"], "what she has not seen stays hidden"
    await owner.click("◀ L’atelier")
    await owner.click("Écran noir")
    await owner.sees("Écran noir")
    assert (await bot.store.hall(1)).room.workshop.black


async def test_what_has_no_place_in_the_room_is_set_aside_and_its_author_keeps_it(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    for text in ("idée utile", "parole blessante"):
        await anna.send(text)
        await anna.sees(text)
    await until(lambda: "parole blessante" in live(owner).text)
    await owner.click("Idées")
    await owner.click("Écarter la 2")
    await owner.sees("(écartée)")
    await owner.click("Montrer toutes celles-ci")
    await owner.click("L’atelier")
    await owner.sees("idée utile 👁")
    assert "parole blessante" not in owner.last.text
    hall = await bot.store.hall(1, everything=True)
    assert {one.text: one.approved for one in hall.room.given} == {
        "idée utile": True, "parole blessante": False,
    }  # fmt: skip
    made = report(flow(), hall.room)
    assert [one.text for one in made.chapters[0].ideas] == ["idée utile"]
    await owner.click("Clore")
    await owner.click("Retenir une réponse")
    await owner.sees("devient la réponse du dossier")
    assert "Prendre l’idée 2" not in owner.last.labels
    await owner.press("ai:1:2:2", on=owner.last.id)
    await owner.quiet(0.1)
    assert not (await bot.store.hall(1)).room.workshop.draft.text
    assert "parole blessante" in anna.screen()
    await owner.click("L’atelier")
    await owner.click("Idées")
    await owner.click("Remettre l’idée 2")
    await until(lambda: any("Écarter la 2" in one for one in owner.last.labels))


async def test_a_second_facilitator_comes_by_a_link_that_serves_once(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, _ = await facilitator(telegram)
    await owner.click("Animer à deux")
    shown = await owner.sees("transmettez ce lien")
    link = re.search(r"https://t\.me/\S+", shown.text)
    assert link
    helper, other = telegram.person(60), telegram.person(61)
    await helper.follow(link[0])
    await helper.sees("Vous animez aussi")
    await helper.click("Ouvrir Q8")
    await owner.click("◀ L’atelier")
    await owner.sees("Q8")
    await other.follow(link[0])
    await other.sees("n’ouvre aucun atelier")


async def test_at_the_end_everybody_may_have_the_papers(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    await anna.send("une idée")
    await anna.sees("une idée")
    await owner.click("Clore")
    await owner.click("Points à regarder")
    await owner.click("Qui, quoi, avant quand")
    await owner.sees("trois lignes")
    await owner.send("Écouter les jeunes\nl’animateur du service jeunesse\navant le 15 mars")
    await owner.sees("inscrit au plan d’action")
    made = sheet((await bot.store.dossier(1)).conversation)
    (action,) = next(one for one in made.sections if one.kind == "plan").groups[0].items
    assert (action.title, action.who, action.settled) == (
        "Écouter les jeunes", "l’animateur du service jeunesse", False,
    )  # fmt: skip
    await owner.click("◀ L’atelier")
    await owner.click("Terminer l’atelier")
    await owner.click("Oui, terminer")
    await anna.sees("L’atelier est terminé")
    await anna.click("Le compte rendu (PDF)")
    await until(lambda: [one for one in anna.messages if one.document])
    assert not (await bot.store.hall(1)).room.workshop.code
    await owner.send("/vigilance")
    await owner.click("Écouter les jeunes")
    await owner.sees("avant le 15 mars")
    await owner.click("Reprendre ce point")
    await until(lambda: "Écouter les jeunes" not in owner.last.text)
    assert not (await bot.store.dossier(1)).conversation.handled
    late = telegram.person(70)
    await late.send(f"/start a_{room}")
    await late.sees("n’ouvre aucun atelier")
    assert not telegram.refused


async def test_a_room_is_in_the_language_of_who_opened_it_from_the_door_to_the_report(
    bot: Running, telegram: TelegramDouble
) -> None:
    olivia = telegram.person(OWNER, language="en")
    await olivia.send("/start")
    await olivia.click("I agree and begin")
    await olivia.click("The essentials")
    await olivia.send("Water for Kayes")
    await olivia.quiet(0.15)
    await olivia.send("/atelier")
    await olivia.click("Under way")
    await olivia.click("By group")
    await olivia.click("Open the room")
    shown = await olivia.sees("The room is open")
    room = re.search(r"Code ([A-Z]{6})", shown.text)[1]  # type: ignore[index]
    anna, bill = telegram.person(21, language="fr"), telegram.person(22, language="en")
    for one in (anna, bill):
        await one.send(f"/start a_{room}")
        await one.sees("Without your name")
        await one.click("Residents")
        await one.sees("You are in the room")
    await olivia.click("Open Q8")
    for one in (anna, bill):
        await one.sees("Q8")
        await one.click(one.last.labels[0])
        await one.sees("Noted")
    await bill.send("Young people talk if we go to them")
    await bill.sees("Young people")
    await olivia.sees("Answers: 2 of 2")
    await olivia.send("12 / 5")
    await olivia.sees("as “paper”")
    await olivia.click("Close", on=olivia.last.id)
    await anna.sees("The question is closed")
    await olivia.click("Adopt an answer")
    await olivia.sees("becomes the answer of the dossier")
    await olivia.click("Disagreement noted")
    await olivia.sees("Write the first position")
    await olivia.send("Young people first")
    await olivia.sees("the other position")
    await olivia.send("Everybody at once")
    await anna.sees("The room noted a disagreement")
    await olivia.click("Points to look at")
    await olivia.click("Who, what, by when")
    await olivia.sees("three lines")
    await olivia.send("Listen to the young\nthe youth worker\nbefore 15 March")
    await olivia.sees("in the action plan")
    await olivia.click("The workshop")
    await olivia.click("End the workshop")
    await olivia.click("Yes")
    await anna.sees("The workshop is over")
    await olivia.click("(text)")
    (report,) = await until(lambda: [one for one in olivia.messages if one.document], 20)
    said = (await bot.store.dossier(1)).conversation.answers["Q8"].text
    assert said.startswith("Disagreement noted")
    assert "2 answers, and 17 hands counted on paper" in report.content.decode()
    for text in (olivia.screen(), anna.screen(), report.content.decode(), said):
        assert not re.search(r"[éèêàçœ«»]|\b(?:vous|atelier|salle)\b", text.replace("/atelier", ""))


async def test_groups_are_told_apart_from_five_on(bot: Running, telegram: TelegramDouble) -> None:
    owner, room = await facilitator(telegram, groups=True)
    people = [telegram.person(number) for number in range(100, 112)]
    for place, one in enumerate(people):
        await one.send(f"/start a_{room}")
        await one.click("Élus" if place < 6 else "Agents" if place < 11 else "Habitants")
        await one.sees("Vous êtes dans la salle")
    await open_question(owner, people)
    for place, one in enumerate(people):
        await one.click(one.last.labels[place % 2])
    await until(lambda: "Réponses : 12 sur 12" in live(owner).text)
    text = live(owner).text
    assert "Élus" in text
    assert "Habitants" not in text, "a group of one is somebody"
    assert "Autres groupes réunis" in text


@pytest.mark.parametrize("what", ["sticker", "voice", "photo", "long"])
async def test_whatever_a_phone_sends_gets_one_useful_reply(
    bot: Running, telegram: TelegramDouble, what: str
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    before = len(telegram.calls)
    match what:
        case "sticker":
            await anna.send_sticker()
        case "voice":
            await anna.send_voice()
        case "photo":
            await anna.send_photo()
        case "long":
            await anna.send("mot " * 1000)
    await anna.sees("n’a pas été gardé" if what != "long" else "mot mot")
    await anna.served()
    assert calls(telegram, anna.id, before).count("sendMessage") == 1
    assert anna.last.labels
    assert not telegram.refused


async def test_a_facilitator_s_card_is_edited_at_most_once_a_second(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    people = await joined(telegram, room, *range(21, 29))
    await open_question(owner, people)
    await asyncio.sleep(1.1)
    before = len(telegram.calls)
    for one in people:
        await one.click(one.last.labels[0])
    await until(lambda: "Réponses : 8 sur 8" in live(owner).text)
    edits = [
        call.at for call in telegram.calls[before:]
        if call.chat == owner.id and call.method == "editMessageText"
    ]  # fmt: skip
    assert all(later - sooner > 0.9 for sooner, later in pairwise(edits))


async def test_the_minutes_left_move_on_their_own_where_they_are_shown(
    bot: Running, telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = [0.0]
    clock = SimpleNamespace(time=lambda: time.time() + ahead[0], monotonic=time.monotonic)
    monkeypatch.setattr(showing, "time", clock)
    owner, _ = await facilitator(telegram)
    second = telegram.person(45)
    await owner.click("Animer à deux")
    link = re.search(r"h_[\w-]+", (await owner.sees("transmettez ce lien")).text)
    await second.send(f"/start {link[0]}")  # type: ignore[index]
    await second.sees("Vous animez aussi")
    await owner.click("L’atelier")
    await owner.click("Ouvrir Q8")
    await owner.sees("encore 6 minutes")
    await second.sees("encore 6 minutes")
    await second.click("Idées")
    await second.sees("Aucune idée n’est encore venue")
    await owner.quiet(0.3)
    await second.quiet(0.3)
    before = len(telegram.calls)
    ahead[0] = 4 * 60.0
    await owner.sees("encore 2 minutes")
    await owner.quiet(0.7)
    ahead[0] = 7 * 60.0
    await owner.sees("le temps prévu est écoulé")
    ahead[0] = 9 * 60.0
    await owner.quiet(0.7)
    assert calls(telegram, owner.id, before) == ["editMessageText"] * 2
    assert not calls(telegram, second.id, before)


async def test_a_database_that_is_silent_for_a_moment_leaves_no_phone_without_the_question(
    bot: Running, telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await owner.quiet(0.3)
    answers, silences = bot.store.hall, iter([True, True])

    async def hall(workshop: int, **more: bool):  # type: ignore[no-untyped-def]
        if next(silences, False):
            raise StoreError("la base ne répond pas")
        return await answers(workshop, **more)

    monkeypatch.setattr(bot.store, "hall", hall)
    await owner.click("Ouvrir Q8")
    await anna.sees("Q8")
    assert next(silences, False) is False


async def test_who_only_came_to_a_room_can_have_what_they_gave(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await open_question(owner, [anna])
    await anna.send("un mot à moi")
    await anna.sees("un mot à moi")
    await anna.send("/mesdonnees")
    await until(lambda: [one for one in anna.messages if one.document == "donnees.json"])
    data = await bot.store.personal_data(Key("telegram", 21, 21))
    assert [one.text for one in data.rooms] == ["un mot à moi"]


async def test_who_was_there_may_become_a_contributor_once_that_is_offered(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    (anna,) = await joined(telegram, room, 21)
    await owner.click("Terminer l’atelier")
    await owner.click("Oui, terminer")
    await anna.sees("L’atelier est terminé")
    await anna.press("a1:1", on=anna.last.id)
    await anna.toasted("L’atelier a avancé")
    await owner.click("Proposer de continuer")
    await anna.click("Continuer dans ce dossier")
    shown = await anna.sees("ce que vous rejoignez")
    link = re.search(r"https://t\.me/\S+", shown.text)
    assert link
    await anna.follow(link[0])
    await anna.click("Rejoindre")
    await anna.served()
    assert [one.id for one in (await bot.store.conversation(Key("telegram", 21, 21))).dossiers] == [
        1
    ]
    for _ in range(3):
        await anna.press("a1:1", on=anna.last.id)
    await anna.toasted("Vous avez déjà reçu ce lien")
    stranger = telegram.person(40)
    await stranger.follow(link[0])
    await stranger.served()
    assert not (await bot.store.conversation(Key("telegram", 40, 40))).dossiers


async def test_two_territories_in_one_room_answer_apart_and_compare(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner = await writer(telegram, OWNER)
    for said in ("Eau de Kayes", "Association ou ONG", "France", "Valombre", "Oued-Sel"):
        if said in " ".join(owner.last.labels):
            await owner.click(said)
        else:
            await owner.send(said)
        await owner.served()
    await owner.send("/atelier")
    await owner.click("En cours")
    await owner.click("Par territoire")
    await owner.sees("les deux côtés se comparent")
    await owner.click("Ouvrir la salle")
    shown = await owner.sees("La salle est ouverte")
    room = re.search(r"Code ([A-Z]{6})", shown.text)[1]  # type: ignore[index]
    people = [telegram.person(number) for number in range(100, 110)]
    for place, one in enumerate(people):
        await one.send(f"/start a_{room}")
        await one.click("Valombre" if place % 2 else "Oued-Sel")
    await open_question(owner, people)
    for place, one in enumerate(people):
        await one.click(one.last.labels[place % 2])
    await until(lambda: "Réponses : 10 sur 10" in live(owner).text)
    assert "Valombre" in live(owner).text
    assert "Oued-Sel" in live(owner).text
    await owner.click("Terminer l’atelier")
    await owner.click("Oui, terminer")
    await owner.click("Proposer de continuer")
    await people[0].click("Continuer dans ce dossier")
    link = re.search(r"https://t\.me/\S+", (await people[0].sees("ce que vous rejoignez")).text)
    assert link
    await people[0].follow(link[0])
    await people[0].sees("du côté de ce territoire : Oued-Sel")


async def test_a_correction_reaches_the_idea_or_the_dossier_it_belongs_to(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    marc = await writer(telegram, 31)
    before = await marc.send("Un nom à corriger")
    await marc.served()
    (anna,) = await joined(telegram, room, 21)
    await joined(telegram, room, 31)
    await open_question(owner, [anna, marc])
    for person in (anna, marc):
        message = await person.send("une idé")
        await person.sees("• une idé")
        await person.edit(message, f"une idée de {person.id}")
        await person.sees(f"• une idée de {person.id}")
    await marc.edit(before, "Un nom corrigé")
    await marc.served()
    name = (await bot.store.conversation(Key("telegram", 31, 31))).answers["I_nom"]
    assert name.text == "Un nom corrigé"
    texts = [one.text for one in (await bot.store.hall(1)).room.given]
    assert sorted(texts) == ["une idée de 21", "une idée de 31"]


async def opened_by(owner: Person, telegram: TelegramDouble, bot: Running) -> Person:
    """Anna’s room on her shared dossier, its first question open; one phone in it, that answered."""
    await owner.send("/atelier")
    await owner.click("En cours")
    await owner.click("Ouvrir la salle")
    await owner.sees("La salle est ouverte")
    await owner.served()
    (phone,) = await joined(telegram, (await bot.store.hall(1)).room.workshop.code, 21)
    await open_question(owner, [phone])
    await phone.click(phone.last.labels[0])
    await phone.sees("Noté")
    return phone


async def test_a_closed_dossier_takes_nothing_from_the_room(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await founder(bot, telegram)
    await member(bot, telegram)
    await opened_by(anna, telegram, bot)
    await act(bot, 5, DossierClosed(True, time.time()))
    await anna.click("Clore")
    await anna.click("Retenir une réponse")
    await anna.click("Retenir ▶")
    await anna.sees("Ce dossier est clos")
    assert "Q8" not in (await bot.store.dossier(1)).conversation.together.adopted
    await act(bot, 5, DossierClosed(False, time.time()))
    await anna.click("Retenir ▶")
    await anna.sees("C’est la réponse du dossier")


async def test_a_room_follows_its_dossier_to_the_next_owner(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await founder(bot, telegram)
    binta = await member(bot, telegram)
    await opened_by(anna, telegram, bot)
    me = (await bot.store.conversation(Key("telegram", 6, 6))).together.me
    await act(bot, 5, DossierTransferred(me.id, time.time()))
    await anna.press("aj:1:1", on=anna.last.id)
    await anna.toasted("Seule la personne responsable")
    assert not (await bot.store.hall(1)).room.workshop.members
    await act(bot, 5, MemberLeft(False, time.time()))
    anna.toasts.clear()
    await anna.press("af:1:1", on=anna.last.id)
    await anna.toasted("où vous n’êtes pas")
    await binta.send("/atelier")
    await binta.sees("Réponses : 1 sur 1")
    await binta.click("Clore")
    await binta.sees("Close.")


async def test_who_left_after_answering_is_counted_with_the_answers(
    bot: Running, telegram: TelegramDouble
) -> None:
    owner, room = await facilitator(telegram)
    anna, bruno, _ = await joined(telegram, room, 21, 22, 23)
    await open_question(owner, [anna, bruno])
    for one in (anna, bruno):
        await one.click(one.last.labels[0])
        await one.sees("Noté")
    await anna.click("Quitter l’atelier")
    await until(lambda: "Réponses : 2 sur 3" in live(owner).text)


async def test_long_texts_break_no_card(bot: Running, telegram: TelegramDouble) -> None:
    owner, room = await facilitator(telegram)
    anna, bruno = await joined(telegram, room, 21, 22)
    await open_question(owner, [anna, bruno])
    for place in range(8):
        await anna.send(f"{place} " + "<b>&é " * 600)
        await anna.served()
    await until(lambda: "Idées : 8" in " ".join(live(owner).labels))
    await owner.click("Idées")
    await owner.click("◀ L’atelier")
    await owner.click("Clore")
    await owner.click("Retenir une réponse")
    await owner.click("Prendre l’idée")
    await owner.click("Retenir ▶")
    await owner.sees("C’est la réponse du dossier")
    await bruno.sees("La salle retient")
    answer = (await bot.store.dossier(1)).conversation.answers["Q8"]
    assert len(answer.text) > 3000, "the dossier keeps the whole"
    await owner.click("Points à regarder")
    await owner.click("Qui, quoi, avant quand")
    await owner.send("un geste " * 400)
    await owner.sees("inscrit au plan d’action")
    assert not telegram.refused
