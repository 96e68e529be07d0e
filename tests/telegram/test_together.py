"""Two territories on one dossier, through the real door: invited, joined, heard, retained, left."""

import time
from datetime import UTC, datetime

import pytest

from bot.domain.conversation import Role
from bot.export import qr
from tests.double import Person, TelegramDouble

from .circle import (
    answers,
    contributions,
    founder,
    guest,
    invitation,
    joined,
    kept,
    labels,
    opens,
    opens_page,
    says,
    settled,
)
from .conftest import Running


@pytest.fixture
async def anna(bot: Running, telegram: TelegramDouble) -> Person:
    return await founder(bot, telegram)


@pytest.fixture
async def binta(anna: Person, bot: Running, telegram: TelegramDouble) -> Person:
    """A contributor of Thiès."""
    return await joined(bot, telegram)


async def test_an_invitation_says_what_one_joins_and_asks_consent(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    link = await invitation(anna)
    assert len(link.partition("start=")[2]) <= 64
    binta = telegram.person(6)
    await binta.follow(link)
    page = await binta.sees("On vous invite à rejoindre « Eau de Thiès »")
    assert "Savoie – Thiès" in page.text
    assert "Ce que les autres verront" in page.text
    await binta.click("Non merci")
    await binta.sees("rien n’est gardé")
    assert len(await bot.store.dossiers()) == 1
    await binta.follow(link)
    await binta.click("Rejoindre")
    await binta.sees("Bienvenue")
    await anna.send("/membres")
    shown = await anna.sees("membre")
    assert "(vous)" in shown.text
    assert not telegram.refused


async def test_the_link_comes_with_a_picture_to_scan(anna: Person) -> None:
    link = await invitation(anna)
    shown = await anna.sees("L’invitation à scanner")
    assert (shown.kind, shown.content) == ("photo", qr.png(link))


async def test_no_token_is_ever_on_the_disk(
    anna: Person, bot: Running, telegram: TelegramDouble
) -> None:
    link = await invitation(anna)
    token = link.partition("start=j_")[2]
    await guest(telegram, link)
    kept = b"".join(one.read_bytes() for one in bot.store.path.parent.iterdir())
    assert token.encode() not in kept


async def test_each_side_answers_in_its_own_voice_and_both_are_shown(
    anna: Person, binta: Person, bot: Running
) -> None:
    await says(bot, 5, "Q11", "pas_aborde")
    await opens(binta, "Q11")
    assert "✓" not in "".join(labels(binta)), "the other side's answer is not mine"
    await answers(binta, "Q11", "Action courte")
    await binta.sees("L’autre côté a répondu aussi à Q11")
    await opens_page(binta, "voices:Q11")
    shown = await binta.sees("À Thiès")
    assert "En Savoie" in shown.text or "À Savoie" in shown.text
    assert "À choisir" in shown.text


async def test_what_one_territory_calls_here_the_other_calls_there(
    anna: Person, binta: Person, bot: Running
) -> None:
    await opens(anna, "Q16")
    assert "à Savoie" in anna.last.text
    await opens(binta, "Q16")
    assert "à Thiès" in binta.last.text
    await opens(binta, "I_territoires_ici")
    assert "Thiès" in binta.last.text
    await opens(anna, "I_territoires_ici")
    assert "Savoie" in anna.last.text


async def test_a_member_walks_through_what_waits_for_their_side(
    anna: Person, binta: Person, bot: Running
) -> None:
    await says(bot, 5, "Q11", "pas_aborde")
    await binta.send("/membres")
    shown = await binta.sees("À vous")
    assert "Q11" in shown.text
    await binta.click("À vous : Q11")
    await binta.sees("Q11 sur 19")


# --- what is retained ------------------------------------------------------------------------------


async def test_members_pick_write_or_leave_open_the_adopted_text(
    anna: Person, binta: Person, bot: Running
) -> None:
    await says(bot, 5, "Q11", "pas_aborde")
    await says(bot, 6, "Q11", "action_ponctuelle")
    assert (await kept(bot, "Q11")).options == ("pas_aborde",)
    await opens_page(anna, "voices:Q11")
    await anna.click("Retenir : membre, Thiès")
    await anna.toasted("texte retenu")
    await settled(anna)
    assert (await kept(bot, "Q11")).options == ("action_ponctuelle",)
    assert "À choisir" not in anna.last.text
    await anna.click("Écrire un texte")
    await anna.send("Trois ans, revus chaque printemps.")
    await anna.sees("Texte retenu")
    await settled(anna)
    assert (await kept(bot, "Q11")).text == "Trois ans, revus chaque printemps."
    await opens_page(binta, "voices:Q11")
    assert "Trois ans, revus chaque printemps." in binta.last.text
    assert "Action courte" in binta.last.text, "each voice stands beside what was written"
    await binta.click("Laisser ouvert")
    await binta.sees("Laissé ouvert")
    assert (await kept(bot, "Q11")).options == ("pas_aborde",)


async def test_a_new_answer_puts_a_choice_in_doubt_and_overwrites_nothing(
    anna: Person, binta: Person, bot: Running
) -> None:
    await says(bot, 5, "Q11", "pas_aborde")
    await says(bot, 6, "Q11", "action_ponctuelle")
    await opens_page(anna, "voices:Q11")
    await anna.click("Retenir : membre, Thiès")
    await settled(anna)
    await says(bot, 5, "Q11", "lien_durable")
    assert (await kept(bot, "Q11")).options == ("action_ponctuelle",)
    await anna.send("/membres")
    assert "À choisir : Q11" in (await anna.sees("À choisir")).text


async def test_two_members_of_one_side_are_both_kept_and_someone_chooses(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    marc = await joined(bot, telegram, 7, "ici")
    await answers(anna, "Q3", "Accompagner")
    await anna.click("Continuer")
    await opens(marc, "Q3")
    assert any("✓" in one for one in labels(marc)), "he goes on from what his side said"
    await marc.click("Tester une idée nouvelle")
    await settled(marc)
    said = (await bot.store.dossier(1)).conversation.together.voices["Q3"]
    assert len(said) == 2
    assert (await kept(bot, "Q3")).options == ("accompagner_personnes",)
    await opens_page(marc, "voices:Q3")
    await marc.sees("À choisir")


async def test_an_answer_may_stay_on_my_side(anna: Person, binta: Person, bot: Running) -> None:
    await answers(anna, "Q4", "Besoins vus en chemin")
    await answers(binta, "Q4", "Pas encore de diagnostic")
    await opens_page(anna, "voices:Q4")
    await anna.click("Garder pour mon côté")
    await anna.sees("visible par votre côté seulement")
    await settled(anna)
    await opens_page(binta, "voices:Q4")
    assert "Besoins vus en chemin" not in binta.last.text
    assert not (await kept(bot, "Q4")).given, "nor in the common sheet"
    await opens_page(binta, "history:Q4")
    assert "Besoins vus en chemin" not in binta.last.text
    number = (await bot.store.dossier(1)).conversation.together.voices["Q4"][0].number
    await binta.press(f"vr:Q4:{number}", on=binta.last.id)
    await binta.toasted("a changé depuis")


async def test_whoever_keeps_words_for_their_side_is_told_where_they_remain(
    anna: Person, binta: Person, bot: Running, telegram: TelegramDouble
) -> None:
    moussa = await joined(bot, telegram, 7)
    await says(bot, 6, "Q4", "un secret de Thiès")
    await says(bot, 7, "Q4", "un mot de plus")  # goes on from it
    await says(bot, 6, "Q4", "autre chose")
    await opens_page(binta, "voices:Q4")
    assert "se lisent encore" not in binta.last.text
    await binta.click("Garder pour mon côté")
    await binta.sees("Vos mots se lisent encore dans la réponse de : membre, Thiès")
    await settled(binta)
    await opens_page(anna, "voices:Q4")
    assert "un secret de Thiès" in anna.last.text
    assert "se lisent encore" not in anna.last.text
    await opens_page(moussa, "voices:Q4")
    await moussa.click("Garder pour mon côté")
    await settled(moussa)
    await opens_page(binta, "voices:Q4")
    assert "se lisent encore" not in binta.last.text
    await opens_page(anna, "voices:Q4")
    assert "secret" not in anna.last.text


async def test_blind_answers_are_discovered_once_mine_is_given(
    anna: Person, binta: Person, bot: Running
) -> None:
    await anna.send("/membres")
    await anna.click("Répondre à l’aveugle")
    await settled(anna)
    await says(bot, 5, "Q11", "action_ponctuelle")
    await opens_page(binta, "voices:Q11")
    assert "Action courte" not in binta.last.text
    assert "se découvrira" in binta.last.text
    await opens_page(binta, "history:Q11")
    assert "Action courte" not in binta.last.text
    await answers(binta, "Q11", "Pas encore discuté")
    await opens_page(binta, "voices:Q11")
    assert "Action courte" in binta.last.text


async def test_a_version_is_read_and_restored(anna: Person, binta: Person, bot: Running) -> None:
    await says(bot, 5, "Q11", "action_ponctuelle")
    await says(bot, 5, "Q11", "pas_aborde")
    await settled(anna)
    await opens_page(binta, "history:Q11")
    assert "responsable du dossier, Savoie" in binta.last.text
    await opens_page(anna, "history:Q11")
    await anna.click("Reprendre la version 2")
    await anna.sees("est reprise")
    assert (await kept(bot, "Q11")).options == ("action_ponctuelle",)
    versions = [one for one in await contributions(bot, 5) if one.question == "Q11"]
    assert len(versions) == 3, "a restore is a new contribution"


# --- leaving, handing over, closing ----------------------------------------------------------------


async def test_a_member_leaves_and_takes_back_what_they_said(
    anna: Person, binta: Person, bot: Running
) -> None:
    await says(bot, 5, "Q11", "pas_aborde")
    await says(bot, 6, "Q11", "action_ponctuelle")
    await binta.send("/membres")
    await binta.click("Quitter ce dossier")
    await binta.click("Quitter en les reprenant")
    await binta.sees("vos réponses en sont effacées")
    await opens_page(anna, "voices:Q11")
    assert "Action courte" not in anna.last.text
    assert not await contributions(bot, 6)


async def test_what_a_member_leaves_stays_without_a_name(
    anna: Person, binta: Person, bot: Running
) -> None:
    await binta.send("/membres")
    await binta.click("Comment on me nomme")
    await binta.send("Binta D.")
    await binta.sees("porteront ce nom")
    await says(bot, 6, "Q11", "action_ponctuelle")
    await opens_page(anna, "voices:Q11")
    assert "Binta D., Thiès" in anna.last.text
    await binta.send("/membres")
    await binta.click("Quitter ce dossier")
    await binta.click("Quitter en les laissant")
    await binta.sees("Vous avez quitté")
    await opens_page(anna, "voices:Q11")
    assert "Binta" not in anna.last.text
    assert "ancien membre, Thiès" in anna.last.text


async def test_the_owner_hands_over_and_goes_on_as_a_contributor(
    anna: Person, binta: Person, bot: Running
) -> None:
    await anna.send("/membres")
    await anna.click("Transmettre ou retirer")
    await anna.click("1. membre, Thiès")
    await anna.click("Transmettre le dossier")
    await anna.sees("Le dossier est transmis")
    await anna.send("/inviter")
    await anna.sees("Seule la personne responsable")
    await binta.send("/inviter")
    await binta.sees("Qui invitez-vous")


async def test_a_closed_dossier_is_read_only(anna: Person, binta: Person, bot: Running) -> None:
    await anna.send("/membres")
    await anna.click("Clore le dossier")
    await settled(anna)
    await binta.send("Encore un mot")
    await binta.sees("Ce dossier est clos : ce message n’a pas été gardé")
    assert not await contributions(bot, 6)
    await anna.click("Rouvrir le dossier")
    await settled(anna)
    await says(bot, 6, "Q11", "action_ponctuelle")
    assert await contributions(bot, 6)


async def test_when_the_owner_deletes_everything_the_dossier_passes_on(
    anna: Person, binta: Person, bot: Running
) -> None:
    await says(bot, 6, "Q11", "action_ponctuelle")
    await anna.send("/supprimer")
    await anna.click("Oui, tout supprimer")
    await anna.sees("Tout ce que vous aviez confié")
    await binta.send("/membres")
    await binta.sees("responsable du dossier (vous)")
    assert len(await bot.store.dossiers()) == 1


async def test_a_dossier_that_only_readers_share_does_not_outlive_its_owner(
    anna: Person, telegram: TelegramDouble, bot: Running
) -> None:
    reader = await joined(bot, telegram, 8, role=Role.READER)
    await anna.send("/supprimer")
    await anna.click("Oui, tout supprimer")
    await anna.sees("Tout ce que vous aviez confié")
    assert not await bot.store.dossiers()
    await reader.send("/projets")
    await reader.sees("aucun dossier")


# --- what one is told ------------------------------------------------------------------------------


def at_hour(hour: int) -> float:
    """A moment at that hour (UTC: that of Dakar), at least a day away."""
    day = datetime.fromtimestamp(time.time() + 2 * 86_400, UTC)
    return day.replace(hour=hour, minute=0).timestamp()


async def told(bot: Running, at: float) -> int:
    """What the chore says at that moment, through the door."""
    found = await bot.door.notices.due(at)
    for one in found:
        bot.door.announce(one)
    return len(found)


async def test_the_other_side_is_told_what_changed_and_what_waits(
    anna: Person, binta: Person, bot: Running
) -> None:
    await says(bot, 6, "Q11", "action_ponctuelle")
    await says(bot, 6, "Q14", "solidarite")
    assert await told(bot, at_hour(12)) == 1
    shown = await anna.sees("Eau de Thiès a changé")
    assert "2 réponses nouvelles : Q11, Q14" in shown.text
    assert "À vous : Q11, Q14" in shown.text
    assert await told(bot, at_hour(15)) == 0


async def test_nobody_is_told_anything_in_their_night(
    anna: Person, binta: Person, bot: Running
) -> None:
    await says(bot, 5, "Q11", "action_ponctuelle")
    assert await told(bot, at_hour(3)) == 0
    assert await told(bot, at_hour(22)) == 0
    assert await told(bot, at_hour(10)) == 1
    await binta.sees("Eau de Thiès a changé")


async def test_notices_are_silenced_by_a_button(anna: Person, binta: Person, bot: Running) -> None:
    await anna.send("/membres")
    await anna.click("Ne plus me prévenir")
    await settled(anna)
    await says(bot, 6, "Q11", "action_ponctuelle")
    assert await told(bot, at_hour(12)) == 0


async def test_quiet_hours_follow_the_city_chosen(
    anna: Person, binta: Person, bot: Running
) -> None:
    await anna.send("/membres")
    await anna.click("Heures calmes")
    await anna.sees("à l’heure de Paris")
    await anna.click("Dakar")
    await settled(anna)
    await anna.click("Heures calmes")
    await anna.sees("à l’heure de Dakar")
    await anna.press("mz:Nowhere/At_All", on=anna.last.id)
    await settled(anna)
    await says(bot, 6, "Q11", "action_ponctuelle")
    assert await told(bot, at_hour(12)) == 1


async def test_a_sleeping_dossier_is_recalled_to_those_who_asked(
    anna: Person, bot: Running
) -> None:
    later = at_hour(12) + 40 * 86_400
    assert await told(bot, later) == 0
    await anna.send("/pause")
    await anna.click("Me le rappeler s’il dort")
    await settled(anna)
    assert await told(bot, later) == 1
    await anna.sees("vous attend où vous l’aviez laissé")


async def test_what_my_side_keeps_stays_there_when_a_colleague_goes_on_from_it(
    anna: Person, binta: Person, bot: Running, telegram: TelegramDouble
) -> None:
    moussa = await joined(bot, telegram, 7)
    await says(bot, 6, "Q4", "un secret de Thiès")
    await opens_page(binta, "voices:Q4")
    await binta.click("Garder pour mon côté")
    await settled(binta)
    await says(bot, 7, "Q4", "un mot de plus")
    await opens_page(moussa, "voices:Q4")
    assert "un mot de plus" in moussa.last.text
    await opens_page(moussa, "history:Q4")
    await moussa.click("Reprendre la version 2")
    await moussa.sees("est reprise")
    await settled(moussa)
    for page in ("voices:Q4", "history:Q4"):
        await opens_page(anna, page)
        assert "secret" not in anna.last.text
        assert "un mot de plus" not in anna.last.text
    assert not (await kept(bot, "Q4")).given
