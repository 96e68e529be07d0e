"""Every act that is not one’s to do, tried through the chat: nothing happens, one sentence says so."""

import time

import pytest

from bot.domain.conversation import Role
from bot.service.ports import Key
from tests.double import Person, TelegramDouble

from .circle import founder, guest, invitation, joined, opens, says, settled
from .conftest import Running


@pytest.fixture
async def anna(bot: Running, telegram: TelegramDouble) -> Person:
    return await founder(bot, telegram)


@pytest.fixture
async def reader(anna: Person, bot: Running, telegram: TelegramDouble) -> Person:
    return await joined(bot, telegram, 8, role=Role.READER)


async def standing(bot: Running) -> object:
    """Everything that an act could have changed."""
    record = await bot.store.dossier(1)
    together = record.conversation.together
    return (
        together.members,
        together.voices,
        together.adopted,
        together.invitations,
        together.blind,
        together.closed,
        record.conversation.handled,
    )


FORGED = [
    "o:Q11:0:1:1", "c:Q11:0", "s:Q11:0", "t:Q11", "x:Q11", "h:V2.1:done", "f:frozen:message",
    "vr:Q11:1", "vo:Q11", "vk:Q11:1", "vh:Q11:1", "p:adopt:Q11",
]  # fmt: skip
GOVERNING = [
    "im:ici:contributor:0:30", "ir:1", "mb:1", "mc:1", "mt:2", "mr:1", "da:1:1", "dd:1", "p:invite:",
]  # fmt: skip


async def presses(person: Person, data: list[str]) -> None:
    """One forged button after the other; each is answered."""
    for one in data:
        await person.press(one, on=person.last.id)
    await settled(person)
    assert not person.unanswered


async def test_a_reader_changes_nothing_whatever_they_press(reader: Person, bot: Running) -> None:
    before = await standing(bot)
    await presses(reader, [*FORGED, *GOVERNING])
    assert await standing(bot) == before


async def test_a_reader_who_writes_is_told_that_it_is_not_kept(
    reader: Person, bot: Running
) -> None:
    before = await standing(bot)
    await reader.send("Mon avis sur la question")
    await reader.sees("ce message n’a pas été gardé")
    await reader.send_photo()
    await settled(reader)
    assert await standing(bot) == before
    data = await bot.store.personal_data(Key("telegram", 8, 8))
    assert not data.history
    assert not data.files


async def test_a_contributor_governs_nothing(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    binta = await joined(bot, telegram)
    before = await standing(bot)
    await presses(binta, GOVERNING)
    assert await standing(bot) == before
    assert len(await bot.store.dossiers()) == 1


async def test_a_stranger_reaches_nothing_by_guessing(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    await says(bot, 5, "Q11", "action_ponctuelle")
    other = await founder(bot, telegram, 9)
    before = (await bot.store.dossier(1)).conversation.answers
    await presses(other, ["do:1", "da:1:1", "dd:1", "vr:Q11:1", "vh:Q11:1", "mt:1", "mr:1", "ml:1"])
    assert (await bot.store.dossier(1)).conversation.answers == before
    assert "Action courte" not in other.screen()


async def test_a_link_that_does_not_exist_opens_nothing(
    bot: Running, telegram: TelegramDouble
) -> None:
    person = telegram.person(6)
    await person.send("/start j_AAAAAAAAAAAAAAAAAAAAAAAA")
    await person.sees("n’est pas reconnu")
    await person.press("ia:AAAAAAAAAAAAAAAAAAAAAAAA", on=person.last.id)
    await settled(person)
    assert not await bot.store.dossiers()


async def test_a_single_invitation_serves_once(anna: Person, telegram: TelegramDouble) -> None:
    link = await invitation(anna)
    await guest(telegram, link)
    late = telegram.person(7)
    await late.follow(link)
    await late.sees("a déjà servi")


async def test_two_people_who_accept_one_invitation_at_the_same_moment(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    link = await invitation(anna)
    rivals = [telegram.person(6), telegram.person(7)]
    for one in rivals:
        await one.follow(link)
        await one.sees("On vous invite")
    for one in rivals:
        await one.click("Rejoindre")
    for one in rivals:
        await settled(one)
    assert len((await bot.store.dossier(1)).conversation.together.members) == 2


async def test_a_group_comes_by_one_link(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    link = await invitation(anna, how="Un groupe, 30")
    for number in (6, 7, 8):
        await guest(telegram, link, number)
    members = (await bot.store.dossier(1)).conversation.together.members
    assert [one.role for one in members] == [Role.OWNER, *[Role.CONTRIBUTOR] * 3]
    assert {one.side for one in members[1:]} == {"la_bas"}


async def test_a_revoked_invitation_opens_nothing_even_seen_before(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    link = await invitation(anna)
    late = telegram.person(7)
    await late.follow(link)
    await late.sees("On vous invite")
    await anna.send("/inviter")
    await anna.click("Annuler l’invitation 1")
    await anna.toasted("Invitation annulée")
    await late.click("Rejoindre")
    await late.sees("a été annulée")
    assert len((await bot.store.dossier(1)).conversation.together.members) == 1


async def test_an_expired_invitation_says_so(
    anna: Person, telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await invitation(anna)
    now = time.time
    monkeypatch.setattr(telegram, "now", lambda: now() + 8 * 86_400, raising=False)
    late = telegram.person(7)
    await late.follow(link)
    await late.sees("a expiré")


async def test_ones_own_link_and_a_second_opening_are_said(
    anna: Person, telegram: TelegramDouble
) -> None:
    link = await invitation(anna, how="Un groupe, 7")
    await anna.follow(link)
    await anna.sees("C’est votre propre invitation")
    binta = await guest(telegram, link)
    await binta.follow(link)
    await binta.sees("Vous êtes déjà membre")


async def test_a_replayed_button_joins_once(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    link = await invitation(anna, how="Un groupe, 7")
    binta = telegram.person(6)
    await binta.follow(link)
    await binta.click("Rejoindre", times=3)
    await settled(binta)
    together = (await bot.store.dossier(1)).conversation.together
    assert (len(together.members), together.invitations[0].uses) == (2, 1)


async def test_somebody_taken_out_opens_the_dossier_no_more(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    binta = await joined(bot, telegram)
    await anna.send("/membres")
    await anna.click("Transmettre ou retirer")
    await anna.click("1. membre, Thiès")
    assert "lien pour un groupe" not in anna.last.text
    await invitation(anna, how="Un groupe, 7")
    await anna.press("p:member:2", on=anna.last.id)
    await anna.sees("lien pour un groupe encore ouvert")
    await anna.click("Retirer du dossier")
    await settled(anna)
    await opens(binta, "Q11")
    await binta.sees("aucun dossier")
    await binta.press("do:1", on=binta.last.id)
    await binta.sees("aucun dossier")
